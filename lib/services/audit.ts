import type { Queryable } from '@/db/client';
import { insertMany } from '@/db/insert-many';
import { auditLog } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { principalName } from '@/lib/core/principal';
import { recordEvents } from './record-events';

/** One line of the audit log. `change` never holds a token, a link, or anything about health. */
export interface AuditEntry {
  action: string;
  subject: string;
  customerId: Id<'customer'> | null;
  /** What led to it: the id of a delivery, an attempt, a run; null for a person's own act. */
  cause?: string | null;
  change: Record<string, unknown>;
}

/**
 * Writes audit entries in the transaction of the change itself: without them there is no change. What the merchant is told
 * of it is written here too, so that no status changes in silence; so the row must stand as it is to be told.
 */
export async function audit(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  ...entries: AuditEntry[]
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    id: newId('audit'),
    at: ctx.now,
    actor: principalName(ctx.principal),
    action: entry.action,
    subject: entry.subject,
    customerId: entry.customerId,
    cause: entry.cause ?? null,
    change: entry.change,
  }));
  await insertMany(tx, auditLog, rows);
  await recordEvents(tx, ctx, rows);
}
