import { declinesLater, magicOf } from '../magic-values';
import type { Card, HostedRequest, PaymentToken } from '../records';
import { takeTurn } from '../turns';
import type { World } from '../world';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A review that follows the survey: when it ends by itself (null: when somebody decides it), and how. */
export interface Review {
  endsAt: string | null;
  outcome: 'approve' | 'reject';
}

/** The review that a request meets once the customer is done; null for none. Tags decide, else what was chosen on the page. */
export function reviewOf(world: World, request: HostedRequest): Review | null {
  const email = request.customer_email;
  const isCheckout = request.kind === 'checkout';
  const hasSurvey = request.steps.includes('survey');
  const days = isCheckout ? (magicOf(email, 'processing') ?? 0) : 0;
  const lateDays = isCheckout && magicOf(email, 'captured_late') !== null ? 1 : 0;
  const hours = hasSurvey ? (magicOf(email, 'slow_review') ?? 0) : 0;
  const ms = Math.max(days * DAY_MS, lateDays * DAY_MS, hours * HOUR_MS);
  const fails = hasSurvey && magicOf(email, 'survey_fail') !== null;
  if (ms === 0 && !fails) return request.survey === 'reviewed_later' ? { endsAt: null, outcome: 'approve' } : null;
  return { endsAt: inMs(world, ms), outcome: fails ? 'reject' : 'approve' };
}

/** How the outcome of an unattended charge is put off by a tag: to when, and whether it is processing until then. Null for not at all. */
export function lateOutcome(world: World, email: string): { settlesAt: string; isProcessing: boolean } | null {
  const days = magicOf(email, 'processing');
  if (days !== null) return { settlesAt: inMs(world, days * DAY_MS), isProcessing: true };
  return magicOf(email, 'captured_late') === null ? null : { settlesAt: inMs(world, DAY_MS), isProcessing: false };
}

/** Whether this charge of a customer is one of the first that `declines_N_then_ok` declines. */
export function isDeclinedByTag(world: World, email: string): boolean {
  const count = magicOf(email, 'declines_then_ok');
  return count !== null && takeTurn(world.store, 'tag', 'declines_then_ok', email.toLowerCase()) <= count;
}

/** A new token with what the tags of its e-mail say of its letter, its card and its health. */
export function withTags(world: World, token: PaymentToken): PaymentToken {
  const email = token.customer_email;
  const days = magicOf(email, 'lmn_expires_in');
  const isCardExpired = magicOf(email, 'card_expired') !== null;
  return {
    ...token,
    health: magicOf(email, 'needs_survey') === null ? token.health : 'needs_survey',
    lmn_expires_at: days === null ? token.lmn_expires_at : inMs(world, days * DAY_MS),
    payment_methods: isCardExpired
      ? token.payment_methods.map((card) => ({ ...card, ...lastMonth(world) }))
      : token.payment_methods,
  };
}

/** Whether a stored card is one that is declined when it is charged. */
export function isDeclinedLater(card: Card): boolean {
  return declinesLater(card.last4);
}

function inMs({ clock }: World, ms: number): string {
  return new Date(clock.now().getTime() + ms).toISOString();
}

function lastMonth({ clock }: World): Pick<Card, 'exp_month' | 'exp_year'> {
  const now = clock.now();
  const month = now.getUTCMonth();
  return month === 0
    ? { exp_month: 12, exp_year: now.getUTCFullYear() - 1 }
    : { exp_month: month, exp_year: now.getUTCFullYear() };
}
