import type { Tone } from '@/components/ui/chip';
import type { IconName } from '@/components/ui/icon-shapes';
import {
  type AttemptCause,
  type AttemptStatus,
  KEY_EXPIRED,
  NOT_CHARGED,
  RECOVERY_REASONS,
  type RecoveryReason,
  UNKNOWN_REASONS,
} from '@/lib/core/charge';
import type { ChargeRefusal } from '@/lib/services/charge-now';
import type { ChargeState } from '@/lib/views/charge-state';

interface Look {
  word: string;
  tone: Tone;
  icon: IconName;
}

/** One attempt in a chip. */
export const ATTEMPT_LOOKS: Record<AttemptStatus, Look> = {
  planned: { word: 'Planned', tone: 'wait', icon: 'calendar-clock' },
  sent: { word: 'Sent', tone: 'wait', icon: 'clock' },
  unknown: { word: 'Outcome unknown', tone: 'bad', icon: 'scan-search' },
  accepted: { word: 'Waiting for Truemed', tone: 'wait', icon: 'clock' },
  captured: { word: 'Captured', tone: 'ok', icon: 'check' },
  action_required: { word: 'Action needed', tone: 'attn', icon: 'circle-alert' },
  rejected: { word: 'Rejected', tone: 'bad', icon: 'circle-x' },
  failed: { word: 'Not taken', tone: 'bad', icon: 'circle-x' },
  abandoned: { word: 'Not made', tone: 'off', icon: 'circle-slash' },
};

/** An open order in a chip. */
export const ORDER_LOOKS: Record<ChargeState, Look> = {
  paid: { word: 'Paid', tone: 'ok', icon: 'check' },
  skipped: { word: 'Skipped', tone: 'off', icon: 'skip-forward' },
  left_out: { word: 'Left out by choice', tone: 'off', icon: 'skip-forward' },
  canceled: { word: 'Canceled', tone: 'off', icon: 'circle-slash' },
  on_its_way: { word: 'Waiting for Truemed', tone: 'wait', icon: 'clock' },
  in_progress: { word: 'Being charged', tone: 'wait', icon: 'clock' },
  outcome_unknown: { word: 'Outcome unknown', tone: 'bad', icon: 'scan-search' },
  waits_for_survey: { word: 'On hold', tone: 'attn', icon: 'circle-pause' },
  waits_for_card: { word: 'On hold', tone: 'attn', icon: 'circle-pause' },
  card_spent: { word: 'On hold', tone: 'attn', icon: 'circle-pause' },
  letter_not_issued: { word: 'Not taken', tone: 'bad', icon: 'circle-x' },
  not_taken: { word: 'Not taken', tone: 'bad', icon: 'circle-x' },
  needs_attention: { word: 'Needs attention', tone: 'bad', icon: 'circle-alert' },
  card_gone: { word: 'Needs attention', tone: 'bad', icon: 'circle-alert' },
  with_us: { word: 'On hold', tone: 'attn', icon: 'circle-pause' },
};

/** Why an attempt was made. */
export const CAUSE_WORDS: Record<AttemptCause, string> = {
  schedule: 'by the schedule',
  recheck: 'by a re-check',
  token_updated: 'after a token update',
  customer: 'by the customer',
  staff: 'by staff',
};

/** What an order on hold waits for, after "A renewal of $48.30 …". */
export const HOLD_WORDS: Record<RecoveryReason, string> = {
  take_health_survey: 'waits for the health survey',
  update_payment_method: 'waits for the customer’s card',
  unknown_action: 'waits for something that we do not know',
  declined: 'was not taken',
  session_pending: 'waits for an earlier payment session',
  token_gone: 'has no payment token',
  our_error: 'was refused because of an error of ours',
};

/** Orders on hold, counted by what they wait for, in the order in which staff see them. */
const HELD_WORDS: Record<RecoveryReason, string> = {
  update_payment_method: 'for a card',
  take_health_survey: 'for the health survey',
  unknown_action: 'for something that we do not know',
  declined: 'not taken',
  token_gone: 'without a payment token',
  session_pending: 'for an earlier payment session',
  our_error: 'for us',
};

/** How many orders were captured, and how many are on hold by what Truemed answered. `say` writes a count. */
export function orderCounts(
  paid: number,
  held: Record<RecoveryReason, number>,
  say: (count: number) => string,
): string {
  const waiting = RECOVERY_REASONS.filter((reason) => held[reason] > 0).map(
    (reason) => `${say(held[reason])} ${HELD_WORDS[reason]}`,
  );
  return `${paid.toLocaleString('en-US')} captured, ${waiting.length === 0 ? 'none on hold' : `on hold: ${waiting.join(', ')}`}`;
}

/** Why `Charge now` is not offered, and what came of one that was. */
export const CHARGE_REFUSALS: Record<ChargeRefusal, string> = {
  billed_elsewhere: 'the former processor bills this subscription.',
  not_chargeable: 'this subscription is paused or canceled.',
  no_token: 'the customer has no live payment token.',
  hand_over_not_confirmed: 'the hand-over is not confirmed yet.',
  charge_in_progress: 'a charge for this order is under way, and a second one is never made beside it.',
  changed_meanwhile: 'this order has changed in the meantime. Nothing was charged.',
  too_many_tries: 'it was tried too often today.',
  card_spent: 'the card was refused too often in 30 days.',
};

/** What came of a charge that staff made, by where its order stands now. Accepted is not paid. */
export function chargeOutcome(state: ChargeState): string {
  switch (state) {
    case 'paid':
      return 'The order is paid.';
    case 'on_its_way':
      return 'Truemed has accepted the charge. It is paid when Truemed says that it is captured.';
    case 'in_progress':
      return 'The charge is being made.';
    case 'outcome_unknown':
      return 'Truemed’s answer was lost. We ask again whether it was paid; it is charged once at most.';
    default:
      return 'The charge was not taken. Nothing was charged.';
  }
}

// Why there was no answer, and what we have marked ourselves.
const NO_ANSWERS: ReadonlySet<string> = new Set([...UNKNOWN_REASONS, KEY_EXPIRED, NOT_CHARGED]);

/** What Truemed answered to a charge, to end a sentence with; nothing where it did not. */
export function answered(errorCode: string | null): string {
  return errorCode === null || NO_ANSWERS.has(errorCode) ? '' : `; Truemed answered ${errorCode}`;
}
