import type { Queryable } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { type LocalDate, nextStart } from '@/lib/core/calendar';
import type { SessionVerdict } from '@/lib/core/charge';
import { newId } from '@/lib/core/id';
import { audit } from './audit';
import type { CheckoutRow } from './checkout-status';
import { type SubscriptionRow, storeInvoice } from './plan-invoice';
import { settleSession } from './settle-session';

/** A payment session as it was read from Truemed. */
export interface SessionRead {
  id: string;
  verdict: SessionVerdict;
  status: string;
  /** When the payment was taken, as Truemed tells it; null where it does not. */
  capturedOn: string | null;
}

/**
 * Stores the first order, with the payment that Truemed's checkout has taken, settled like any other charge. `goesBack`: the
 * caller gives all of it back at once. Returns the attempt with its session.
 */
export async function payFirstOrder(
  tx: Queryable,
  ctx: Context,
  checkout: CheckoutRow,
  row: SubscriptionRow,
  paidOn: LocalDate,
  session: SessionRead & { goesBack?: boolean },
  cause: string,
): Promise<typeof chargeAttempts.$inferSelect> {
  const interval = { unit: checkout.intervalUnit, count: checkout.intervalCount };
  const period = { start: paidOn, end: nextStart({ anchor: paidOn, interval }, paidOn) };
  const invoice = await storeInvoice(tx, ctx, row, period, 'open');
  if (invoice === null || invoice.totalCents !== checkout.totalCents)
    throw new Error(`The first order of ${checkout.id} is not what was paid.`);
  const { requestBody, requestSha256 } = checkout;
  if (requestBody === null || requestSha256 === null) throw new Error(`Checkout ${checkout.id} sent nothing.`);
  const id = newId('chargeAttempt');
  const body = ctx.vault.open(requestBody, `checkouts.request_body:${checkout.id}`);
  const [attempt] = await tx
    .insert(chargeAttempts)
    .values({
      id,
      invoiceId: invoice.id,
      subscriptionId: row.id,
      paymentTokenId: null,
      number: 1,
      status: 'sent',
      cause: 'customer',
      amountCents: invoice.totalCents,
      idempotencyKey: checkout.id,
      requestBody: ctx.vault.seal(body, `charge_attempts.request_body:${id}`),
      requestSha256,
      tries: checkout.tries,
      sentAt: checkout.createdAt,
      createdAt: ctx.now,
    })
    .returning();
  if (attempt === undefined) throw new Error('The payment was not stored.');
  await audit(tx, ctx, {
    action: 'charge_attempt.planned',
    subject: id,
    customerId: checkout.customerId,
    cause: checkout.id,
    change: { number: 1, cause: 'customer', amountCents: invoice.totalCents },
  });
  const { id: sessionId, verdict, status, goesBack = false } = session;
  await settleSession(tx, ctx, id, { id: sessionId, verdict, status, goesBack }, cause);
  return { ...attempt, paymentSessionId: sessionId };
}
