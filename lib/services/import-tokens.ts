import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import type { AuditEntry } from './audit';
import { freeSubscriptions } from './free-subscriptions';
import type { KnownBatch } from './import-known';
import type { SavedPeople } from './import-people';
import type { ImportRun } from './import-terms';
import { retryRecoveries } from './link-token';

/**
 * Stores the tokens of a batch that are new to us, each once, as the live token of its customer, and frees what waited for
 * one: orders, and subscriptions that were past due for want of a token. Returns what to audit.
 */
export async function storeTokens(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'vault' | 'env' | 'principal'>,
  run: ImportRun,
  people: SavedPeople,
  known: KnownBatch,
): Promise<AuditEntry[]> {
  const owners = new Map<string, Id<'customer'>>();
  for (const [{ file }, { customerId }] of people) {
    if (file.paymentToken !== null && known.about(file).token === 'unknown') owners.set(file.paymentToken, customerId);
  }
  if (owners.size === 0) return [];
  const rows = [...owners].map(([paymentToken, customerId]) => {
    const id = newId('paymentToken');
    return {
      id,
      customerId,
      status: 'live' as const,
      source: 'import' as const,
      token: ctx.vault.seal(paymentToken, `payment_tokens.token:${id}`),
      tokenLookup: ctx.vault.lookup(paymentToken),
      letterExpiresOn: run.letters.get(paymentToken) ?? null,
      createdAt: ctx.now,
    };
  });
  await tx.insert(paymentTokens).values(rows);
  const customerIds = [...owners.values()];
  await retryRecoveries(tx, ctx, customerIds);
  const waiting = await tx
    .selectDistinct({ customerId: subscriptions.customerId })
    .from(subscriptions)
    .where(and(inArray(subscriptions.customerId, customerIds), eq(subscriptions.status, 'past_due')));
  for (const { customerId } of waiting) await freeSubscriptions(tx, ctx, customerId, run.id);
  return rows.map(({ id, customerId, source }) => ({
    action: 'payment_token.linked',
    subject: id,
    customerId,
    cause: run.id,
    change: { source, replaces: null },
  }));
}
