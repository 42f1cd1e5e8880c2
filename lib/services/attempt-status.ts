import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { type AttemptStatus, mayBecome, OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { audit } from './audit';

export type AttemptRow = typeof chargeAttempts.$inferSelect;

/** What may change with an attempt's status. A missing `dueAt` is null; everything else that is missing stays. */
export type AttemptFields = Partial<
  Pick<AttemptRow, 'paymentSessionId' | 'errorCode' | 'dueAt' | 'acceptedAt' | 'actionRequiredAt' | 'duplicateOf'>
>;

/** One change of an attempt's status, as the row was when it was locked. */
export interface AttemptChange {
  attempt: AttemptRow;
  status: AttemptStatus;
  fields: AttemptFields;
  customerId: Id<'customer'>;
  cause: string | null;
}

/** Changes the status of one attempt: see `changeAttemptStatuses`. */
export async function changeAttemptStatus(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  attempt: AttemptRow,
  status: AttemptStatus,
  fields: AttemptFields,
  customerId: Id<'customer'>,
  cause: string | null,
): Promise<void> {
  await changeAttemptStatuses(tx, ctx, [{ attempt, status, fields, customerId, cause }]);
}

/**
 * The one function that settles `charge_attempts.status`, of many attempts by one statement, with whatever goes with the
 * change. The rows must be locked by the caller. Ends their leases, stamps the closing, writes the audit entries. Throws on
 * a change that core does not allow: a bug.
 */
export async function changeAttemptStatuses(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  changes: readonly AttemptChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ attempt, status, fields }) => {
    if (!mayBecome(attempt.status, status))
      throw new Error(`Attempt ${attempt.id} may not go from ${attempt.status} to ${status}.`);
    const { id, paymentSessionId, errorCode, acceptedAt, actionRequiredAt, duplicateOf } = attempt;
    const isOpen = OPEN_ATTEMPT_STATUSES.some((open) => open === status);
    const kept = { paymentSessionId, errorCode, acceptedAt, actionRequiredAt, duplicateOf };
    return { id, status, closedAt: isOpen ? null : ctx.now, dueAt: null, ...kept, ...fields };
  });
  await tx.execute(sql`
    update ${chargeAttempts} set status = next.status, due_at = next."dueAt", lease_until = null, closed_at = next."closedAt",
      payment_session_id = next."paymentSessionId", error_code = next."errorCode", accepted_at = next."acceptedAt",
      action_required_at = next."actionRequiredAt", duplicate_of = next."duplicateOf"
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as next (id text, status text, "dueAt" timestamptz,
      "closedAt" timestamptz, "paymentSessionId" text, "errorCode" text, "acceptedAt" timestamptz,
      "actionRequiredAt" timestamptz, "duplicateOf" text)
    where ${chargeAttempts.id} = next.id`);
  await audit(
    tx,
    ctx,
    ...changes.map(({ attempt, status, fields, customerId, cause }) => ({
      action: 'charge_attempt.status_changed',
      subject: attempt.id,
      customerId,
      cause,
      change: {
        from: attempt.status,
        to: status,
        ...(fields.errorCode ? { errorCode: fields.errorCode } : {}),
        ...(fields.duplicateOf ? { duplicateOf: fields.duplicateOf } : {}),
      },
    })),
  );
}
