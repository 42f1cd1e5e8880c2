import type { OrderItem } from '@/lib/truemed/schemas';
import { expectedTotal } from '../api/amounts';
import type { Card, CardPayment, PaymentToken } from '../records';
import type { World } from '../world';
import { isDeclinedLater } from './magic';

/** Each card of a split payment pays at least this, in cents (section 5.9). */
export const LEAST_PART = 50;

/** What has to be paid. */
export interface Order {
  readonly total_amount: number;
  readonly order_items: readonly OrderItem[];
}

/** A card is good to the end of its month. UTC. */
export function isExpired(card: Pick<Card, 'exp_month' | 'exp_year'>, now: Date): boolean {
  return now.getTime() >= Date.UTC(card.exp_year, card.exp_month);
}

/** Whether a card can be charged now. */
export function isGoodCard({ clock }: World, card: Card): boolean {
  return !isExpired(card, clock.now()) && !isDeclinedLater(card);
}

/** Cents of an order that HSA/FSA may pay: all but the lines that the catalog calls ineligible (section 5.9; that it decides is ASSUMED). */
export function eligibleAmount(world: World, order: Order): number {
  const { catalogDecidesEligibility, discountSign } = world.switches.values;
  if (!catalogDecidesEligibility || world.store.catalog.size === 0) return order.total_amount;
  const ineligible = order.order_items.filter(({ sku }) => world.store.catalog.get(sku)?.eligibility === 'ineligible');
  if (ineligible.length === order.order_items.length) return 0;
  const cents = expectedTotal({ amount_details: null, order_items: ineligible }, discountSign);
  return Math.max(0, order.total_amount - Math.max(0, cents));
}

/**
 * Which cards of a token pay an order, and how much each: HSA/FSA what it may, an ordinary card the rest. Null where no
 * good card is there for a part of it (section 5.4).
 */
export function payersOf(world: World, token: PaymentToken, order: Order): CardPayment[] | null {
  const good = token.payment_methods.filter((card) => isGoodCard(world, card));
  const health = good.find(({ type }) => type === 'hsa_fsa');
  const ordinary = good.find(({ type }) => type === 'card');
  const hadHealth = token.payment_methods.some(({ type }) => type === 'hsa_fsa');
  const { total_amount } = order;
  if (health === undefined) {
    const isAllowed = !hadHealth || world.switches.values.ordinaryCardStepsIn;
    return ordinary === undefined || !isAllowed ? null : [{ ...ordinary, amount: total_amount }];
  }
  const eligible = eligibleAmount(world, order);
  if (eligible >= total_amount) return [{ ...health, amount: total_amount }];
  if (ordinary === undefined) return null;
  if (eligible < LEAST_PART || total_amount - eligible < LEAST_PART) return [{ ...ordinary, amount: total_amount }];
  return [
    { ...health, amount: eligible },
    { ...ordinary, amount: total_amount - eligible },
  ];
}
