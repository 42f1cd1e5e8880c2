import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { draftInvoice } from '@/lib/core/draft-invoice';
import { orderFactsOf } from './order-lines';
import type { SubscriptionRow } from './plan-invoice';
import { queueMail } from './queue-mail';

/** Writes to the customer that the trial of a new subscription has begun, when it ends, and what is charged then. */
export async function writeTrialMail(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'env' | 'vault'>,
  row: SubscriptionRow,
): Promise<void> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, row.customerId));
  if (customer === undefined) throw new Error(`No customer ${row.customerId}.`);
  await queueMail(tx, ctx, {
    template: 'trial_begun',
    dedupeKey: `trial_begun:${row.id}`,
    customerId: customer.id,
    to: customer.email,
    facts: {
      name: customer.name,
      endsOn: row.nextChargeOn,
      amountCents: draftInvoice(await orderFactsOf(tx, row)).totalCents,
      interval: { unit: row.intervalUnit, count: row.intervalCount },
      link: `${ctx.env.appUrl}/account/subscriptions/${row.id}`,
    },
  });
}
