import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import type { NamedCard } from '@/lib/core/card-words';
import { type CheckoutTerms, checkoutTerms, MOST_OF_A_PLAN, type WantedOrder } from '@/lib/core/checkout';
import { CONSENT_VERSION, consentText } from '@/lib/core/checkout-consent';
import { ownDeeds } from '@/lib/core/customer-switches';
import { type Id, newId } from '@/lib/core/id';
import { namedCard } from '@/lib/core/payment-card';
import type { PostalAddress } from '@/lib/core/postal-address';
import type { BuyerPrincipal } from '@/lib/core/principal';
import { buyerZone, type OfferedPlan, planFor, readOfferedPlans } from '@/lib/services/offered-plan';
import { currentSwitches } from '@/lib/services/switches';

/** What the checkout shows before anything is ordered. */
export interface CheckoutOffer {
  plan: OfferedPlan;
  today: LocalDate;
  /** Who orders; null for the signed-out, who prove their address first. */
  buyer: CheckoutBuyer | null;
  /** What its customer may do by themselves later, in words. */
  ownDeeds: string;
  /** What would follow; null until quantity and interval are chosen. */
  preview: CheckoutPreview | null;
}

export interface CheckoutBuyer {
  email: string;
  /** Null for a newcomer, who is asked. */
  name: string | null;
  /** Where they live, with which Truemed's health survey begins; null where it begins with where the order is sent. */
  state: string | null;
  /** What is known of where their orders are sent, to be seen and changed in the form; null: nothing. */
  sendTo: PostalAddress | null;
  /** The connected card, which then pays; null where Truemed asks for one. */
  card: NamedCard | null;
}

/** An order as it would be made: the verb decides by the same function. */
export interface CheckoutPreview {
  /** For the form, so that it makes one order. */
  checkoutId: Id<'checkout'>;
  wanted: WantedOrder;
  terms: CheckoutTerms;
  consent: { version: string; text: string };
}

/**
 * Reads what ordering a plan would lead to, for whoever asks: nothing of anybody's is in it but of the one who is signed in.
 * Null for a plan that is not offered.
 */
export async function checkoutOffer(
  ctx: Pick<Context, 'db' | 'env' | 'now'>,
  input: {
    planId: Id<'plan'>;
    wanted: WantedOrder | null;
    buyer: BuyerPrincipal | null;
    /** The canceled subscription that is had again by it, whose own address it keeps; one of somebody else's is none. */
    again?: Id<'subscription'> | null;
  },
): Promise<CheckoutOffer | null> {
  const { db, env, now } = ctx;
  const customerId = input.buyer?.kind === 'customer' ? input.buyer.customerId : null;
  const [[found], timeZone, buyer, switches] = await Promise.all([
    readOfferedPlans(db, { planId: input.planId }),
    buyerZone(db, ctx, customerId),
    readBuyer(ctx, input.buyer, input.again ?? null),
    currentSwitches(db),
  ]);
  if (found === undefined) return null;
  const plan = await planFor(db, found, customerId);
  const today = localDateAt(now, timeZone);
  const { wanted } = input;
  const offer = { plan, today, buyer, ownDeeds: ownDeeds(switches) };
  if (wanted === null || !isOrderable(plan, wanted)) return { ...offer, preview: null };
  const terms = checkoutTerms(plan, wanted, today);
  const text = consentText(env.merchant.name, terms, wanted.interval, today, buyer?.card != null);
  const preview = { checkoutId: newId('checkout'), wanted, terms, consent: { version: CONSENT_VERSION, text } };
  return { ...offer, preview };
}

function isOrderable(plan: OfferedPlan, { quantity, interval }: WantedOrder): boolean {
  const isOffered = plan.intervals.some(({ unit, count }) => unit === interval.unit && count === interval.count);
  return isOffered && Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= MOST_OF_A_PLAN;
}

async function readBuyer(
  { db }: Pick<Context, 'db'>,
  buyer: BuyerPrincipal | null,
  again: Id<'subscription'> | null,
): Promise<CheckoutBuyer | null> {
  if (buyer === null) return null;
  if (buyer.kind === 'newcomer') return { email: buyer.email, name: null, state: null, sendTo: null, card: null };
  const [row] = await db
    .select({
      email: customers.email,
      name: customers.name,
      state: customers.state,
      address: customers.address,
      cards: paymentTokens.cards,
    })
    .from(customers)
    .leftJoin(paymentTokens, and(eq(paymentTokens.customerId, customers.id), eq(paymentTokens.status, 'live')))
    .where(eq(customers.id, buyer.customerId));
  if (row === undefined) return null;
  const { email, name, state, cards } = row;
  const kept = again === null ? null : await lastOwnAddress(db, buyer.customerId, again);
  const known = kept ?? row.address ?? (await lastOwnAddress(db, buyer.customerId));
  const sendTo = known ?? (state === null ? null : { line1: '', line2: '', city: '', state, postalCode: '' });
  return { email, name, state, sendTo, card: cards === null ? null : namedCard(cards) };
}

/** The address of its own that the latest of a customer's subscriptions has, or this one; null where none has one. */
async function lastOwnAddress(
  db: Context['db'],
  customerId: Id<'customer'>,
  only?: Id<'subscription'>,
): Promise<PostalAddress | null> {
  const isIt = only === undefined ? undefined : eq(subscriptions.id, only);
  const [latest] = await db
    .select({ address: subscriptions.address })
    .from(subscriptions)
    .where(and(eq(subscriptions.customerId, customerId), isIt, isNotNull(subscriptions.address)))
    .orderBy(desc(subscriptions.createdAt), desc(subscriptions.id))
    .limit(1);
  return latest?.address ?? null;
}
