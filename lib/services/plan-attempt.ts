import { createHash } from 'node:crypto';
import { and, asc, eq, max } from 'drizzle-orm';
import { isAmong } from '@/db/among';
import type { Queryable } from '@/db/client';
import { insertMany } from '@/db/insert-many';
import { chargeAttempts, invoiceLines, type invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import type { AttemptCause } from '@/lib/core/charge';
import { type Id, newId } from '@/lib/core/id';
import { renewalBytes } from '@/lib/truemed/bodies';
import { audit } from './audit';

/** An attempt that is stored and not yet sent. */
export interface PlannedAttempt {
  id: Id<'chargeAttempt'>;
  invoiceId: Id<'invoice'>;
}

/** An invoice to be collected. `dueAt`: since when; the oldest goes out first. */
export interface InvoiceToCollect {
  invoice: typeof invoices.$inferSelect;
  dueAt: Date;
}

/**
 * Plans the next attempt to collect an invoice: the complete request body as bytes, under a key of its own, due now. The
 * caller has made sure that no attempt is open; the database refuses a second one. Null where the customer has no live token.
 */
export async function planAttempt(
  tx: Queryable,
  ctx: Context,
  invoice: typeof invoices.$inferSelect,
  cause: AttemptCause,
): Promise<PlannedAttempt | null> {
  return (await planAttempts(tx, ctx, [{ invoice, dueAt: ctx.now }], cause)).get(invoice.id) ?? null;
}

/** Plans an attempt for each of several invoices, by few statements for all. An invoice without a live token has none in the answer. */
export async function planAttempts(
  tx: Queryable,
  ctx: Context,
  collect: readonly InvoiceToCollect[],
  cause: AttemptCause,
): Promise<ReadonlyMap<Id<'invoice'>, PlannedAttempt>> {
  if (collect.length === 0) return new Map();
  const invoicesToCollect = collect.map(({ invoice }) => invoice);
  const people = await peopleOf(tx, invoicesToCollect);
  const chargeable = collect.filter(({ invoice }) => people.get(invoice.customerId)?.token != null);
  const { lines, numbers } = await ordersOf(
    tx,
    chargeable.map(({ invoice }) => invoice.id),
  );
  const planned = chargeable.map(({ invoice, dueAt }) => {
    const { customer, token } = people.get(invoice.customerId) ?? {};
    if (customer === undefined || token == null) throw new Error(`No customer ${invoice.customerId}.`);
    const id = newId('chargeAttempt');
    const page = `${ctx.env.appUrl}/account/subscriptions/${invoice.subscriptionId}`;
    const body = renewalBytes(
      customer,
      { lines: lines.get(invoice.id) ?? [], extras: invoice },
      ctx.vault.open(token.token, `payment_tokens.token:${token.id}`).toString(),
      { successUrl: `${page}?from=truemed`, failureUrl: page, idempotencyKey: id, metadata: invoice.id },
      ctx.env.truemed.discountSign,
    );
    return {
      id,
      invoiceId: invoice.id,
      subscriptionId: invoice.subscriptionId,
      paymentTokenId: token.id,
      number: (numbers.get(invoice.id) ?? 0) + 1,
      status: 'planned' as const,
      cause,
      amountCents: invoice.totalCents,
      idempotencyKey: id,
      requestBody: ctx.vault.seal(body, `charge_attempts.request_body:${id}`),
      requestSha256: createHash('sha256').update(body).digest('hex'),
      dueAt,
      createdAt: ctx.now,
    };
  });
  await insertMany(tx, chargeAttempts, planned);
  const customerOf = new Map(invoicesToCollect.map(({ id, customerId }) => [id, customerId]));
  await audit(
    tx,
    ctx,
    ...planned.map(({ id, invoiceId, number, amountCents }) => ({
      action: 'charge_attempt.planned',
      subject: id,
      customerId: customerOf.get(invoiceId) ?? null,
      cause: invoiceId,
      change: { number, cause, amountCents },
    })),
  );
  return new Map(planned.map(({ id, invoiceId }) => [invoiceId, { id, invoiceId }]));
}

async function peopleOf(tx: Queryable, of: readonly { customerId: Id<'customer'> }[]) {
  const rows = await tx
    .select({
      customer: { id: customers.id, email: customers.email, name: customers.name, state: customers.state },
      token: { id: paymentTokens.id, token: paymentTokens.token },
    })
    .from(customers)
    .leftJoin(paymentTokens, and(eq(paymentTokens.customerId, customers.id), eq(paymentTokens.status, 'live')))
    .where(isAmong(customers.id, new Set(of.map(({ customerId }) => customerId))));
  return new Map(rows.map((row) => [row.customer.id, row]));
}

async function ordersOf(tx: Queryable, ids: readonly Id<'invoice'>[]) {
  const lines = new Map<Id<'invoice'>, Line[]>();
  if (ids.length === 0) return { lines, numbers: new Map<Id<'invoice'>, number>() };
  const { invoiceId, sku, name, quantity, unitPriceCents, position } = invoiceLines;
  const rows = await tx
    .select({ invoiceId, sku, name, quantity, unitPriceCents })
    .from(invoiceLines)
    .where(isAmong(invoiceId, ids))
    .orderBy(asc(position));
  for (const { invoiceId: id, ...line } of rows) lines.set(id, [...(lines.get(id) ?? []), line]);
  const last = await tx
    .select({ invoiceId: chargeAttempts.invoiceId, number: max(chargeAttempts.number) })
    .from(chargeAttempts)
    .where(isAmong(chargeAttempts.invoiceId, ids))
    .groupBy(chargeAttempts.invoiceId);
  return { lines, numbers: new Map(last.map((row) => [row.invoiceId, row.number ?? 0])) };
}
