import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { decideEarlyCharge, type EarlyRefusal } from '@/lib/core/early-charge';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import type { ReadinessInput } from '@/lib/core/readiness';
import { readEarlyStanding } from '@/lib/services/early-standing';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { ownSubscription } from './own-subscription';
import type { DatedAmount } from './schedule-preview';
import { type PaymentFacts, readinessInput, type SubscriptionFacts, upcomingFrom } from './subscription-facts';

/** An order before its day, as it would be charged if it is confirmed now. */
export interface ChargeNowPreview {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  payment: PaymentFacts | null;
  /** The next two charges as they stand; empty where none is to come. */
  now: DatedAmount[];
  /** The charge of today and the one that follows, or why it is refused and from which day on it is not. */
  outcome:
    | { ok: true; periodStart: LocalDate; totalCents: number; after: DatedAmount[]; readiness: ReadinessInput }
    | { ok: false; reason: EarlyRefusal; from: LocalDate | null };
}

const SHOWN = 2;

/**
 * Reads what an order before its day would be, decided by the function that the verb decides with. Throws `not_found` for a
 * subscription that is not theirs, `forbidden` for everybody who is not a customer.
 */
export async function chargeNowPreview(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<ChargeNowPreview> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, early] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readEarlyStanding(ctx.db, ctx, { customerId, subscriptionId: input.subscriptionId }),
  ]);
  if (early === null) throw notFound('This subscription');
  const subscription = ownSubscription(file, input.subscriptionId);
  const { standing, facts } = early;
  const decision = decideEarlyCharge(standing, facts, standing.nextChargeOn, ctx.now);
  const { upcoming, upcomingTotals, totalCents, followingTotalCents } = subscription;
  return {
    shell: file.shell,
    subscription,
    payment: file.payment,
    now: upcoming.slice(0, SHOWN).map((date, index) => ({ date, totalCents: upcomingTotals[index] ?? totalCents })),
    outcome: decision.ok
      ? {
          ok: true,
          periodStart: decision.plan.billed.start,
          totalCents,
          after: [
            { date: subscription.today, totalCents },
            { date: decision.nextCharges[0], totalCents: followingTotalCents },
          ],
          readiness: afterwards(subscription, file.payment, decision.nextCharges[0]),
        }
      : decision,
  };
}

function afterwards(subscription: SubscriptionFacts, payment: PaymentFacts | null, next: LocalDate): ReadinessInput {
  const { today, schedule } = subscription;
  const upcoming = [today, ...upcomingFrom(schedule, next, today)];
  return readinessInput({ ...subscription, nextChargeOn: today, upcoming }, payment);
}
