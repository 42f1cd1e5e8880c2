import { and, eq, inArray, ne } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { localDateAt } from '@/lib/core/calendar';
import { draftInvoice } from '@/lib/core/draft-invoice';
import { formerChargeOn } from '@/lib/core/early-charge';
import type { Id } from '@/lib/core/id';
import { namedCard } from '@/lib/core/payment-card';
import { purposeOf } from '@/lib/core/provisioning';
import { chargeInstant, firstChargeAfterMove } from '@/lib/core/subscription';
import { audit } from './audit';
import { writeDetailsMail } from './details-mail';
import { nameItemsAgain } from './name-items-again';
import { orderFactsOf } from './order-lines';
import { changeProvisionStatus, type ProvisionRow } from './provision-status';
import { queueMail } from './queue-mail';

/**
 * Completes a provision request whose customer has a live token: the subscription's billing method becomes `hsa_fsa`, its
 * first charge is set at least HANDOVER_DAYS away, staff get a hand-over entry, and the customer a mail. Does nothing to a
 * subscription that has moved already. Where only card or letter were asked for, the mail says that, unless Truemed had
 * nothing to ask: then nothing is another. Where the orders have become others meanwhile, Truemed is told of them.
 */
export async function finishMove(
  tx: Queryable,
  ctx: Context,
  request: ProvisionRow,
  truemedRequestId: string | null,
  cause: string,
): Promise<void> {
  const isNews = request.status !== 'connected';
  await changeProvisionStatus(
    tx,
    ctx,
    request,
    'connected',
    { connectedAt: request.connectedAt ?? ctx.now, ...(truemedRequestId === null ? {} : { truemedRequestId }) },
    cause,
  );
  const { subscriptionId } = request;
  const hasMoved = subscriptionId !== null && (await moveSubscription(tx, ctx, subscriptionId, request.id));
  const purpose = purposeOf(request);
  const isUpToDate = purpose === 'survey' && request.redirectUrl === null;
  if (!hasMoved && !isUpToDate && purpose !== 'move' && purpose !== 'items')
    await writeDetailsMail(tx, ctx, request, purpose);
  if (isNews) await nameItemsAgain(tx, ctx, request);
  if (subscriptionId !== null) await closeSiblings(tx, ctx, request);
}

async function moveSubscription(
  tx: Queryable,
  ctx: Context,
  subscriptionId: Id<'subscription'>,
  cause: string,
): Promise<boolean> {
  const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId)).for('no key update');
  if (row === undefined || row.billingMethod === 'hsa_fsa' || row.status === 'canceled') return false;
  const today = localDateAt(ctx.now, row.timeZone);
  const schedule = { anchor: row.anchorDate, interval: { unit: row.intervalUnit, count: row.intervalCount } };
  const { firstChargeOn, lastExternalOn } = firstChargeAfterMove(
    schedule,
    row.nextChargeOn,
    today,
    ctx.env.handoverDays,
  );
  const isScheduled = ctx.env.handOver === 'automatic';
  await tx
    .update(subscriptions)
    .set({
      billingMethod: 'hsa_fsa',
      movedAt: ctx.now,
      formerChargeOn: formerChargeOn(schedule, today, ctx.env.handoverDays),
      nextChargeOn: firstChargeOn,
      nextChargeAt: isScheduled ? chargeInstant(firstChargeOn, row.timeZone, ctx.env.merchant.billingHour) : null,
      updatedAt: ctx.now,
    })
    .where(eq(subscriptions.id, row.id));
  await audit(tx, ctx, {
    action: 'subscription.moved',
    subject: row.id,
    customerId: row.customerId,
    cause,
    change: {
      billingMethod: { from: 'external', to: 'hsa_fsa' },
      nextChargeOn: { from: row.nextChargeOn, to: firstChargeOn },
      lastExternalOn,
    },
  });
  await writeToCustomer(tx, ctx, row, firstChargeOn);
  return true;
}

async function writeToCustomer(
  tx: Queryable,
  ctx: Context,
  row: typeof subscriptions.$inferSelect,
  firstChargeOn: (typeof subscriptions.$inferSelect)['nextChargeOn'],
): Promise<void> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, row.customerId));
  const [token] = await tx
    .select({ cards: paymentTokens.cards })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, row.customerId), eq(paymentTokens.status, 'live')));
  if (customer === undefined) throw new Error(`No customer ${row.customerId}.`);
  await queueMail(tx, ctx, {
    template: 'moved_to_hsa_fsa',
    dedupeKey: `moved_to_hsa_fsa:${row.id}`,
    customerId: customer.id,
    to: customer.email,
    facts: {
      name: customer.name,
      amountCents: draftInvoice(await orderFactsOf(tx, row)).totalCents,
      nextChargeOn: row.status === 'paused' ? null : firstChargeOn,
      awaitsHandOver: ctx.env.handOver === 'confirmed',
      card: namedCard(token?.cards ?? []),
      link: `${ctx.env.appUrl}/account/subscriptions/${row.id}`,
    },
  });
}

// Older requests for the same subscription have nothing left to do; one that is still open may yet bring a token, which is taken.
async function closeSiblings(tx: Queryable, ctx: Context, request: ProvisionRow): Promise<void> {
  if (request.subscriptionId === null) return;
  const siblings = await tx
    .select()
    .from(provisionRequests)
    .where(
      and(
        eq(provisionRequests.subscriptionId, request.subscriptionId),
        ne(provisionRequests.id, request.id),
        inArray(provisionRequests.status, [
          'open',
          'waiting_verification',
          'already_provisioned',
          'refused',
          'abandoned',
        ]),
      ),
    );
  for (const sibling of siblings)
    await changeProvisionStatus(tx, ctx, sibling, 'connected', { connectedAt: ctx.now }, request.id);
}
