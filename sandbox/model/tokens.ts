import type { OrderItem } from '@/lib/truemed/schemas';
import { addMonths } from '../clock';
import { newPaymentToken } from '../ids';
import type { Card, PaymentToken } from '../records';
import type { World } from '../world';
import { isDeclinedLater, withTags } from './magic';

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
  owner: { email: string; name: string; card: Card; skus: readonly string[] | null; paymentToken?: string | undefined },
): PaymentToken {
  const token: PaymentToken = {
    payment_token: owner.paymentToken ?? newPaymentToken(),
    customer_email: owner.email.toLowerCase(),
    customer_name: owner.name,
    created_at: world.clock.nowIso(),
    health: 'ok',
    lmn_expires_at: newLetterExpiry(world),
    covered_skus: owner.skus,
    payment_methods: [owner.card],
  };
  return world.store.tokens.put(withTags(world, token));
}

/** Puts a new card in the place of the old ones. */
export function replaceCard(world: World, token: PaymentToken, card: Card): PaymentToken {
  const health = token.health === 'needs_card' ? 'ok' : token.health;
  return world.store.tokens.put({ ...token, health, payment_methods: [card] });
}

/** Issues a new letter, which covers what the old one did and these items. */
export function renewLetter(world: World, token: PaymentToken, items: readonly OrderItem[]): PaymentToken {
  const health = token.health === 'needs_survey' ? 'ok' : token.health;
  const covered_skus = token.covered_skus === null ? null : union(token.covered_skus, skusOf(items));
  return world.store.tokens.put({ ...token, health, covered_skus, lmn_expires_at: newLetterExpiry(world) });
}

/**
 * What the customer must do before this token can be charged for these items; null for nothing. The survey comes first
 * where both are needed (ASSUMED, section 10.4).
 */
export function requiredAction(world: World, token: PaymentToken, items: readonly OrderItem[]): RequiredAction | null {
  if (needsSurvey(world, token, items)) return 'TakeHealthSurvey';
  return needsCard(world, token) ? 'UpdatePaymentMethod' : null;
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
  const isGood = (card: Card) => !isExpired(card, world.clock.now()) && !isDeclinedLater(card);
  return token.health === 'needs_card' || !token.payment_methods.some(isGood);
}

/** A card is good to the end of its month. UTC. */
export function isExpired(card: Pick<Card, 'exp_month' | 'exp_year'>, now: Date): boolean {
  return now.getTime() >= Date.UTC(card.exp_year, card.exp_month);
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
