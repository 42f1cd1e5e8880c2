import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { recoveryCases } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { audit } from './audit';

type CaseRow = typeof recoveryCases.$inferSelect;

/** What a case that has ended no longer has: nothing is due, and its link leads nowhere. */
const ENDED = { redirectUrl: null, retryAt: null, retryCause: null, stepAt: null, leaseUntil: null } as const;

/**
 * The invoice of a case was paid, or is no longer wanted: the case ends, waits for nothing, and its queued mail is not
 * sent. Late money also ends a case that has paused its subscription. Returns how many ended.
 */
export async function closeRecovery(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  invoiceId: Id<'invoice'>,
  status: 'recovered' | 'closed',
  cause: string,
): Promise<number> {
  const closed = await tx
    .update(recoveryCases)
    .set({ ...ENDED, status, closedAt: ctx.now })
    .where(
      and(
        eq(recoveryCases.invoiceId, invoiceId),
        inArray(recoveryCases.status, status === 'recovered' ? ['open', 'paused'] : ['open']),
      ),
    )
    .returning();
  await afterClose(tx, ctx, closed, cause);
  return closed.length;
}

/** A subscription that its recovery had paused goes on, or ends: nobody is asked back any more. */
export async function closePausedCases(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  subscriptionId: Id<'subscription'>,
): Promise<void> {
  const closed = await tx
    .update(recoveryCases)
    .set({ ...ENDED, status: 'closed', closedAt: ctx.now })
    .where(and(eq(recoveryCases.subscriptionId, subscriptionId), eq(recoveryCases.status, 'paused')))
    .returning();
  await afterClose(tx, ctx, closed, subscriptionId);
}

/** Ends one case by its id, whatever it waits for; the row must be locked by the caller. */
export async function closeCase(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  row: CaseRow,
  cause: string,
): Promise<void> {
  await tx
    .update(recoveryCases)
    .set({ ...ENDED, status: 'closed', closedAt: ctx.now })
    .where(eq(recoveryCases.id, row.id));
  await afterClose(tx, ctx, [{ ...row, status: 'closed' }], cause);
}

/** Takes back the mail of a case that has not gone out. Every mail of a case has a key that ends with the case's id. */
export async function cancelMailOf(
  tx: Queryable,
  row: Pick<CaseRow, 'id' | 'customerId'>,
  templates: readonly string[] | null = null,
): Promise<void> {
  await tx
    .update(outbox)
    .set({ status: 'canceled', dueAt: null, leaseUntil: null })
    .where(
      and(
        eq(outbox.customerId, row.customerId),
        eq(outbox.status, 'queued'),
        sql`split_part(${outbox.dedupeKey}, ':', 2) = ${row.id}`,
        templates === null ? undefined : inArray(outbox.template, [...templates]),
      ),
    );
}

async function afterClose(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  closed: CaseRow[],
  cause: string,
): Promise<void> {
  for (const row of closed) await cancelMailOf(tx, row);
  await audit(
    tx,
    ctx,
    ...closed.map((row) => ({
      action: `recovery_case.${row.status}`,
      subject: row.id,
      customerId: row.customerId,
      cause,
      change: { reason: row.reason },
    })),
  );
}
