import type { OrderItem } from '@/lib/truemed/schemas';
import { addMonths } from '../clock';
import { newPaymentToken } from '../ids';
import type { Card, PaymentToken } from '../records';
import type { World } from '../world';
import { withTags } from './magic';
import { isGoodCard, type Order, payersOf } from './payers';

/** A letter of medical necessity is valid for 12 months (section 5.8). */
const LETTER_MONTHS = 12;

/** What a 422 asks for (section 3.1). */
export type RequiredAction = 'UpdatePaymentMethod' | 'TakeHealthSurvey';

/** The token of an e-mail, whatever its case; undefined where there is none or it was deleted. */
export function tokenOfEmail(world: World, email: string): PaymentToken | undefined {
  return world.store.tokens.find('email', email.toLowerCase())[0];
}

/** A token that exists for the API; undefined for an unknown or deleted one. */
export function liveToken(world: World, paymentToken: string): PaymentToken | undefined {
  const token = world.store.tokens.get(paymentToken);
  return token?.health === 'deleted' ? undefined : token;
}

/** When a letter that is issued now ends. */
export function newLetterExpiry(world: World): string {
  return addMonths(world.clock.now(), LETTER_MONTHS).toISOString();
}

/** A token as good as new: a fresh letter for these items and one HSA/FSA card. */
export function issueToken(
  world: World,
  owner: {
    email: string;
    name: string;
    cards: readonly Card[];
    skus: readonly string[] | null;
    paymentToken?: string | undefined;
  },
): PaymentToken {
  const token: PaymentToken = {
    payment_token: owner.paymentToken ?? newPaymentToken(),
    customer_email: owner.email.toLowerCase(),
    customer_name: owner.name,
    created_at: world.clock.nowIso(),
    health: 'ok',
    lmn_expires_at: newLetterExpiry(world),
    covered_skus: owner.skus,
    payment_methods: owner.cards,
  };
  return world.store.tokens.put(withTags(world, token));
}

/** Puts new cards in the place of the old ones: of all, or of those of their kind, as the switch says. */
export function replaceCards(world: World, token: PaymentToken, cards: readonly Card[]): PaymentToken {
  const health = token.health === 'needs_card' ? 'ok' : token.health;
  const isKept = (old: Card) =>
    world.switches.values.newCardReplaces === 'same_type' && !cards.some(({ type }) => type === old.type);
  return world.store.tokens.put({
    ...token,
    health,
    payment_methods: [...cards, ...token.payment_methods.filter(isKept)],
  });
}

/** Issues a new letter, which covers what the old one did and these items. */
export function renewLetter(world: World, token: PaymentToken, items: readonly OrderItem[]): PaymentToken {
  const health = token.health === 'needs_survey' ? 'ok' : token.health;
  const covered_skus = token.covered_skus === null ? null : union(token.covered_skus, skusOf(items));
  return world.store.tokens.put({ ...token, health, covered_skus, lmn_expires_at: newLetterExpiry(world) });
}

/**
 * What the customer must do before this token can be charged for this order; null for nothing. Where both are needed the
 * switch says which comes first (ASSUMED, section 10.4).
 */
export function requiredAction(world: World, token: PaymentToken, order: Order): RequiredAction | null {
  const asked: RequiredAction[] = [];
  if (needsSurvey(world, token, order.order_items)) asked.push('TakeHealthSurvey');
  if (token.health === 'needs_card' || payersOf(world, token, order) === null) asked.push('UpdatePaymentMethod');
  const wanted = world.switches.values.surveyBeforeCard ? asked[0] : asked.at(-1);
  return wanted ?? null;
}

/** Whether the letter ended, never was, does not cover an item, or the token is scripted to need a survey. */
export function needsSurvey(world: World, token: PaymentToken, items: readonly OrderItem[]): boolean {
  if (token.health === 'needs_survey' || token.lmn_expires_at === null) return true;
  if (new Date(token.lmn_expires_at) <= world.clock.now()) return true;
  const covered = token.covered_skus;
  return (
    covered !== null && world.switches.values.lettersCoverItems && items.some((item) => !covered.includes(item.sku))
  );
}

/** Whether no card can be charged, or the token is scripted to need one. */
export function needsCard(world: World, token: PaymentToken): boolean {
  return token.health === 'needs_card' || !token.payment_methods.some((card) => isGoodCard(world, card));
}

/** A good HSA/FSA card, which expires at the end of the same month two years ahead. */
export function sampleCard(now: Date): Card {
  return {
    type: 'hsa_fsa',
    brand: 'visa',
    last4: '4417',
    exp_month: now.getUTCMonth() + 1,
    exp_year: now.getUTCFullYear() + 2,
  };
}

/** The SKUs of some items, each once. */
export function skusOf(items: readonly OrderItem[]): string[] {
  return union(
    [],
    items.map((item) => item.sku),
  );
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
