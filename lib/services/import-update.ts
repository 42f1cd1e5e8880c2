import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import type { FileSubscription } from '@/lib/core/subscriber-gather';
import type { AuditEntry } from './audit';
import type { SubscriptionRow } from './import-known';
import type { SavedPerson } from './import-people';
import { type ImportRun, insertItems, type TakenSubscription, termsColumns } from './import-terms';
import { linesOf } from './order-lines';
import { changeSubscriptionStatus } from './subscription-status';

/**
 * Brings one subscription up to its row: all that differs where it is billed elsewhere, nothing of the subscription itself
 * where only its person may change. A status changes through its events, which are audited by themselves.
 */
export async function updateSubscription(
  tx: Queryable,
  ctx: Context,
  run: ImportRun,
  { file, events }: TakenSubscription,
  row: SubscriptionRow,
  person: SavedPerson,
): Promise<AuditEntry> {
  const change =
    events === null
      ? person.change
      : {
          ...person.change,
          ...(await updateTerms(tx, ctx, row, file, person.customerId)),
          ...(await updateItems(tx, row.id, file)),
        };
  for (const event of events ?? []) await changeSubscriptionStatus(tx, ctx, row.id, event, run.id);
  return { action: 'subscription.updated', subject: row.id, customerId: person.customerId, cause: run.id, change };
}

async function updateTerms(
  tx: Queryable,
  ctx: Pick<Context, 'env' | 'now'>,
  row: SubscriptionRow,
  file: FileSubscription,
  customerId: Id<'customer'>,
): Promise<Record<string, unknown>> {
  const wanted = { customerId, ...termsColumns(ctx, file) };
  const change: Record<string, unknown> = {};
  // Object.keys forgets which keys they are.
  for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
    if (!isDeepStrictEqual(row[name], wanted[name])) change[name] = { from: row[name], to: wanted[name] };
  }
  if (Object.keys(change).length === 0) return {};
  await tx
    .update(subscriptions)
    .set({ ...wanted, updatedAt: ctx.now })
    .where(eq(subscriptions.id, row.id));
  return change;
}

async function updateItems(
  tx: Queryable,
  subscriptionId: Id<'subscription'>,
  file: FileSubscription,
): Promise<Record<string, unknown>> {
  const before = await linesOf(tx, subscriptionId);
  if (isDeepStrictEqual(before, file.items)) return {};
  await tx.delete(subscriptionItems).where(eq(subscriptionItems.subscriptionId, subscriptionId));
  await insertItems(tx, [{ id: subscriptionId, file }]);
  return { items: { from: before, to: file.items } };
}
