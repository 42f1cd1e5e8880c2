import { createHash } from 'node:crypto';
import { and, asc, eq, max } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts, invoiceLines, type invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { AttemptCause } from '@/lib/core/charge';
import { newId } from '@/lib/core/id';
import { renewalBytes } from '@/lib/truemed/bodies';
import type { AttemptRow } from './attempt-status';
import { audit } from './audit';

/**
 * Plans the next attempt to collect an invoice: the complete request body as bytes, under a key of its own, due now. The
 * caller has made sure that no attempt is open; the database refuses a second one. Null where the customer has no live token.
 */
export async function planAttempt(
  tx: Queryable,
  ctx: Context,
  invoice: typeof invoices.$inferSelect,
  cause: AttemptCause,
): Promise<AttemptRow | null> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, invoice.customerId));
  if (customer === undefined) throw new Error(`No customer ${invoice.customerId}.`);
  const [token] = await tx
    .select()
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, invoice.customerId), eq(paymentTokens.status, 'live')));
  if (token === undefined) return null;
  const lines = await tx
    .select()
    .from(invoiceLines)
    .where(eq(invoiceLines.invoiceId, invoice.id))
    .orderBy(asc(invoiceLines.position));
  const [last] = await tx
    .select({ number: max(chargeAttempts.number) })
    .from(chargeAttempts)
    .where(eq(chargeAttempts.invoiceId, invoice.id));

  const id = newId('chargeAttempt');
  const page = `${ctx.env.appUrl}/account/subscriptions/${invoice.subscriptionId}`;
  const body = renewalBytes(
    customer,
    { lines, extras: invoice },
    ctx.vault.open(token.token, `payment_tokens.token:${token.id}`).toString(),
    { successUrl: `${page}?from=truemed`, failureUrl: page, idempotencyKey: id, metadata: invoice.id },
    ctx.env.truemed.discountSign,
  );
  const [attempt] = await tx
    .insert(chargeAttempts)
    .values({
      id,
      invoiceId: invoice.id,
      subscriptionId: invoice.subscriptionId,
      paymentTokenId: token.id,
      number: (last?.number ?? 0) + 1,
      status: 'planned',
      cause,
      amountCents: invoice.totalCents,
      idempotencyKey: id,
      requestBody: ctx.vault.seal(body, `charge_attempts.request_body:${id}`),
      requestSha256: createHash('sha256').update(body).digest('hex'),
      dueAt: ctx.now,
      createdAt: ctx.now,
    })
    .returning();
  if (attempt === undefined) throw new Error('The attempt was not stored.');
  await audit(tx, ctx, {
    action: 'charge_attempt.planned',
    subject: id,
    customerId: invoice.customerId,
    cause: invoice.id,
    change: { number: attempt.number, cause, amountCents: attempt.amountCents },
  });
  return attempt;
}
