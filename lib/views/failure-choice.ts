import { and, eq } from 'drizzle-orm';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, nextStart } from '@/lib/core/calendar';
import { notFound } from '@/lib/core/errors';
import type { FailureChoice } from '@/lib/core/failure-choice';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { ownSubscription } from './own-subscription';
import type { SubscriptionFacts } from './subscription-facts';

/** What becomes of an order of a subscription that could not be paid, and what may be chosen. */
export interface FailureChoicePage {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  choice: FailureChoice;
  /** We charge it, and it goes on. */
  isOpen: boolean;
  /** The next order, and the one after it, which comes where that one is left out; null where none is to come. */
  example: { orderOn: LocalDate; thenOn: LocalDate } | null;
}

/** Reads it. Throws `not_found` for a subscription that is not theirs, `forbidden` for everybody who is not a customer. */
export async function failureChoicePage(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<FailureChoicePage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, [row]] = await Promise.all([
    readCustomerFile(ctx, customerId),
    ctx.db
      .select({ choice: subscriptions.failureChoice })
      .from(subscriptions)
      .where(and(eq(subscriptions.id, input.subscriptionId), eq(subscriptions.customerId, customerId))),
  ]);
  if (row === undefined) throw notFound('This subscription');
  const subscription = ownSubscription(file, input.subscriptionId);
  const { status, billingMethod, nextChargeOn, schedule, nextPeriodOn, upcoming } = subscription;
  // After an order that was paid late the next is charged on a later day than its own, the one after it on its own.
  const thenOn = upcoming[1] ?? nextStart(schedule, nextPeriodOn);
  return {
    shell: file.shell,
    subscription,
    choice: row.choice,
    isOpen: billingMethod === 'hsa_fsa' && status !== 'canceled',
    example: nextChargeOn === null ? null : { orderOn: nextChargeOn, thenOn },
  };
}
