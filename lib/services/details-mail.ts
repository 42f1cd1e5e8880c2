import { and, asc, eq, gte, inArray, isNotNull, isNull, ne, or } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { chargeDay } from '@/lib/core/charge-spacing';
import { draftInvoice } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import { namedCard } from '@/lib/core/payment-card';
import type { UpdatedDetails } from '@/lib/mail/templates/payment-details-updated';
import { orderFactsOf } from './order-lines';
import type { ProvisionRow } from './provision-status';
import { queueMail } from './queue-mail';

/**
 * Writes to the customer that what they asked for of card or letter is done. Not where an order waited for it when they asked: it
 * is tried at once, maybe before this, and the mail that says how that ended says this too.
 */
export async function writeDetailsMail(
  tx: Queryable,
  ctx: Context,
  request: Pick<ProvisionRow, 'id' | 'customerId' | 'createdAt'>,
  what: UpdatedDetails,
): Promise<void> {
  const { customerId, createdAt } = request;
  const { status, closedAt } = recoveryCases;
  const waiting = await tx
    .select({ id: recoveryCases.id })
    .from(recoveryCases)
    .where(and(eq(recoveryCases.customerId, customerId), or(eq(status, 'open'), gte(closedAt, createdAt))))
    .limit(1);
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId));
  const [token] = await tx
    .select({ cards: paymentTokens.cards, letterExpiresOn: paymentTokens.letterExpiresOn })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  if (waiting.length > 0 || customer === undefined || token === undefined) return;
  await queueMail(tx, ctx, {
    template: 'payment_details_updated',
    dedupeKey: `payment_details_updated:${request.id}`,
    customerId,
    to: customer.email,
    facts: {
      name: customer.name,
      what,
      card: namedCard(token.cards),
      letterExpiresOn: token.letterExpiresOn,
      next: await nextOf(tx, customerId),
      hasMoved: await hasMoved(tx, customerId),
      link: `${ctx.env.appUrl}/account/payment-methods`,
    },
  });
}

async function nextOf(tx: Queryable, customerId: Id<'customer'>) {
  const [row] = await tx
    .select()
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        eq(subscriptions.billingMethod, 'hsa_fsa'),
        inArray(subscriptions.status, ['trialing', 'active']),
        isNull(subscriptions.cancelOn),
        // One whose hand-over staff have yet to confirm has no day.
        isNotNull(subscriptions.nextChargeAt),
      ),
    )
    .orderBy(asc(subscriptions.nextChargeAt), asc(subscriptions.nextChargeOn), asc(subscriptions.id))
    .limit(1);
  if (row === undefined) return null;
  return { on: chargeDay(row), amountCents: draftInvoice(await orderFactsOf(tx, row)).totalCents };
}

async function hasMoved(tx: Queryable, customerId: Id<'customer'>): Promise<boolean> {
  const { id, billingMethod, status } = subscriptions;
  const isOnCard = and(eq(billingMethod, 'hsa_fsa'), ne(status, 'canceled'));
  const onCard = await tx
    .select({ id })
    .from(subscriptions)
    .where(and(eq(subscriptions.customerId, customerId), isOnCard))
    .limit(1);
  return onCard.length > 0;
}
