import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { importRows } from '@/db/schema/imports';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { orderTotal } from '@/lib/core/amounts';
import { newId } from '@/lib/core/id';
import { fingerprintOf, formatFingerprint } from '@/lib/core/subscriber-change';
import { type AuditEntry, audit } from './audit';
import type { KnownBatch } from './import-known';
import { type SavedPerson, savePeople } from './import-people';
import { type ImportRun, insertItems, type TakenSubscription, termsColumns } from './import-terms';
import { storeTokens } from './import-tokens';
import { updateSubscription } from './import-update';

/** Writes what was decided for a batch, with one audit entry for each subscription that is created or updated. */
export async function writeTaken(
  tx: Queryable,
  ctx: Context,
  run: ImportRun,
  taken: readonly TakenSubscription[],
  known: KnownBatch,
): Promise<void> {
  if (taken.length === 0) return;
  const people = await savePeople(tx, ctx, taken, known);
  const created: [TakenSubscription, SavedPerson][] = [];
  const entries: AuditEntry[] = [];
  for (const [one, person] of people) {
    const row = known.subscriptions.get(one.file.subscriptionId);
    if (row === undefined) created.push([one, person]);
    else entries.push(await updateSubscription(tx, ctx, run, one, row, person));
  }
  entries.push(...(await createSubscriptions(tx, ctx, run, created)));
  entries.push(...(await storeTokens(tx, ctx, run, people, known)));
  await rememberRows(tx, run, taken);
  await audit(tx, ctx, ...entries);
}

async function createSubscriptions(
  tx: Queryable,
  ctx: Context,
  run: ImportRun,
  created: readonly [TakenSubscription, SavedPerson][],
): Promise<AuditEntry[]> {
  if (created.length === 0) return [];
  const rows = created.map(([{ file }, { customerId, change }]) => ({
    id: newId('subscription'),
    file,
    customerId,
    change,
  }));
  await tx.insert(subscriptions).values(
    rows.map(({ id, file, customerId }) => ({
      id,
      externalId: file.subscriptionId,
      customerId,
      status: file.terms.status,
      ...termsColumns(ctx, file),
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })),
  );
  await insertItems(tx, rows);
  return rows.map(({ id, file, customerId, change }) => ({
    action: 'subscription.imported',
    subject: id,
    customerId,
    cause: run.id,
    change: {
      externalId: file.subscriptionId,
      status: file.terms.status,
      billingMethod: file.terms.billingMethod,
      nextChargeOn: file.terms.nextChargeOn,
      totalCents: orderTotal(file.items, file.terms),
      ...change,
    },
  }));
}

async function rememberRows(tx: Queryable, run: ImportRun, taken: readonly TakenSubscription[]): Promise<void> {
  await tx
    .insert(importRows)
    .values(
      taken.map(({ file }) => ({
        externalId: file.subscriptionId,
        runId: run.id,
        sha256: formatFingerprint(fingerprintOf(file)),
      })),
    )
    .onConflictDoUpdate({
      target: importRows.externalId,
      set: { runId: sql`excluded.run_id`, sha256: sql`excluded.sha256` },
    });
}
