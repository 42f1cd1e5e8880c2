import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { customerMay } from '@/lib/core/customer-switches';
import type { EarlyFacts } from '@/lib/core/early-charge';
import type { Id } from '@/lib/core/id';
import type { Standing } from '@/lib/core/schedule-change';
import { standingOf } from './change-schedule';
import type { SubscriptionRow } from './plan-invoice';
import { currentSwitches } from './switches';

/** What `decideEarlyCharge` decides by, with the row that it was read from. */
export interface EarlyStanding {
  row: SubscriptionRow;
  standing: Standing;
  facts: EarlyFacts;
}

/** Reads how a customer's own subscription stands for an order before its day, in few queries; null for one that is not theirs. */
export async function readEarlyStanding(
  tx: Queryable,
  ctx: Pick<Context, 'env'>,
  whose: { customerId: Id<'customer'>; subscriptionId: Id<'subscription'> },
): Promise<EarlyStanding | null> {
  const [found] = await tx
    .select({
      row: subscriptions,
      token: { id: paymentTokens.id, updatingUntil: paymentTokens.updatingUntil },
      hasOpenOrder: sql<boolean>`exists (select from ${invoices} where ${invoices.subscriptionId} = ${subscriptions.id}
        and ${invoices.status} = 'open')`,
      lastPaidAt: sql<string | null>`(select max(${invoices.paidAt}) from ${invoices}
        where ${invoices.subscriptionId} = ${subscriptions.id} and ${invoices.status} = 'paid')`,
    })
    .from(subscriptions)
    .leftJoin(
      paymentTokens,
      and(eq(paymentTokens.customerId, subscriptions.customerId), eq(paymentTokens.status, 'live')),
    )
    .where(and(eq(subscriptions.id, whose.subscriptionId), eq(subscriptions.customerId, whose.customerId)));
  if (found === undefined) return null;
  const { row, token, hasOpenOrder, lastPaidAt } = found;
  const standing = await standingOf(tx, ctx, row);
  return {
    row,
    standing,
    facts: {
      isAllowed: customerMay(await currentSwitches(tx), 'charge_now'),
      hasToken: token !== null,
      tokenUpdatingUntil: token?.updatingUntil ?? null,
      hasOpenOrder,
      lastPaidAt: lastPaidAt === null ? null : new Date(lastPaidAt),
      formerChargeOn: row.formerChargeOn,
    },
  };
}
