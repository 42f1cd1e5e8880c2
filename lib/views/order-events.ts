import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { chargeAttempts, recoveryCases } from '@/db/schema/billing';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import type { AttemptCause } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import type { AttemptTold, RefundTold } from './order-story';

/** What happened to some orders, by order. */
export interface OrderEvents {
  attempts: Map<Id<'invoice'>, (AttemptTold & { cause: AttemptCause })[]>;
  refunds: Map<Id<'invoice'>, RefundTold[]>;
}

/** Reads what happened to orders whose customer has been asked before, in two queries made at once. Second captures are left out. */
export async function readOrderEvents(
  ctx: Pick<Context, 'db'>,
  invoiceIds: readonly Id<'invoice'>[],
): Promise<OrderEvents> {
  if (invoiceIds.length === 0) return { attempts: new Map(), refunds: new Map() };
  const [attempts, given] = await Promise.all([selectAttempts(ctx, invoiceIds), selectRefunds(ctx, invoiceIds)]);
  return { attempts: byOrder(attempts), refunds: byOrder(given) };
}

function selectAttempts({ db }: Pick<Context, 'db'>, invoiceIds: readonly Id<'invoice'>[]) {
  return db
    .select({
      invoiceId: chargeAttempts.invoiceId,
      status: chargeAttempts.status,
      cause: chargeAttempts.cause,
      amountCents: chargeAttempts.amountCents,
      sentAt: chargeAttempts.sentAt,
      acceptedAt: chargeAttempts.acceptedAt,
      actionRequiredAt: chargeAttempts.actionRequiredAt,
      closedAt: chargeAttempts.closedAt,
      reason: recoveryCases.reason,
    })
    .from(chargeAttempts)
    .leftJoin(recoveryCases, eq(recoveryCases.attemptId, chargeAttempts.id))
    .where(and(inArray(chargeAttempts.invoiceId, [...invoiceIds]), isNull(chargeAttempts.duplicateOf)))
    .orderBy(asc(chargeAttempts.number));
}

function selectRefunds({ db }: Pick<Context, 'db'>, invoiceIds: readonly Id<'invoice'>[]) {
  return db
    .select({
      invoiceId: refunds.invoiceId,
      status: refunds.status,
      amountCents: refunds.amountCents,
      createdAt: refunds.createdAt,
      closedAt: refunds.closedAt,
    })
    .from(refunds)
    .innerJoin(chargeAttempts, and(eq(chargeAttempts.id, refunds.attemptId), isNull(chargeAttempts.duplicateOf)))
    .where(inArray(refunds.invoiceId, [...invoiceIds]))
    .orderBy(asc(refunds.createdAt));
}

function byOrder<Row extends { invoiceId: Id<'invoice'> }>(rows: readonly Row[]): Map<Id<'invoice'>, Row[]> {
  const found = new Map<Id<'invoice'>, Row[]>();
  for (const row of rows) found.set(row.invoiceId, [...(found.get(row.invoiceId) ?? []), row]);
  return found;
}
