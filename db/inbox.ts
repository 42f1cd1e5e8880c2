import type { Database } from './client';
import { webhookInbox } from './schema/messages';

type Row = typeof webhookInbox.$inferInsert;
interface Waiting {
  row: Row;
  resolve: (outcome: 'stored' | 'known') => void;
  reject: (error: unknown) => void;
}

const MAX_BATCH = 200;
const queues = new WeakMap<Database, { waiting: Waiting[]; isFlushing: boolean }>();

/**
 * Stores one delivery durably; resolves after the commit, with `known` where its delivery key is there already. Deliveries
 * that arrive while a commit is on its way share the next one, so a burst costs few flushes. Rejects when nothing was stored.
 */
export function storeDelivery(db: Database, row: Row): Promise<'stored' | 'known'> {
  const queue = queues.get(db) ?? { waiting: [], isFlushing: false };
  queues.set(db, queue);
  return new Promise((resolve, reject) => {
    queue.waiting.push({ row, resolve, reject });
    if (!queue.isFlushing) void flush(db, queue);
  });
}

async function flush(db: Database, queue: { waiting: Waiting[]; isFlushing: boolean }): Promise<void> {
  queue.isFlushing = true;
  while (queue.waiting.length > 0) {
    const batch = queue.waiting.splice(0, MAX_BATCH);
    try {
      const stored = await db
        .insert(webhookInbox)
        .values(batch.map(({ row }) => row))
        .onConflictDoNothing({ target: webhookInbox.deliveryKey })
        .returning({ id: webhookInbox.id });
      const ids = new Set<string>(stored.map(({ id }) => id));
      for (const { row, resolve } of batch) resolve(ids.has(row.id) ? 'stored' : 'known');
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  queue.isFlushing = false;
}
