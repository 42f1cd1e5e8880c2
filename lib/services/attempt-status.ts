import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { type AttemptStatus, mayBecome, OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { audit } from './audit';

export type AttemptRow = typeof chargeAttempts.$inferSelect;

/**
 * The one function that changes `charge_attempts.status`, with whatever goes with the change. The row must be locked by the
 * caller. Ends the lease, stamps the closing, writes the audit entry. Throws on a change that core does not allow: a bug.
 */
export async function changeAttemptStatus(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  attempt: AttemptRow,
  status: AttemptStatus,
  fields: Partial<
    Pick<AttemptRow, 'paymentSessionId' | 'errorCode' | 'dueAt' | 'acceptedAt' | 'actionRequiredAt' | 'duplicateOf'>
  >,
  customerId: Id<'customer'>,
  cause: string | null,
): Promise<void> {
  if (!mayBecome(attempt.status, status))
    throw new Error(`Attempt ${attempt.id} may not go from ${attempt.status} to ${status}.`);
  const isOpen = OPEN_ATTEMPT_STATUSES.some((open) => open === status);
  await tx
    .update(chargeAttempts)
    .set({ dueAt: null, leaseUntil: null, ...fields, status, closedAt: isOpen ? null : ctx.now })
    .where(eq(chargeAttempts.id, attempt.id));
  await audit(tx, ctx, {
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
  });
}
