import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from './client';
import type { webhookInbox } from './schema/messages';

/** One delivery as it is stored; it is due for the tick at once. */
export type NewDelivery = Pick<
  typeof webhookInbox.$inferSelect,
  'id' | 'deliveryKey' | 'eventType' | 'isSigned' | 'isLate' | 'body' | 'receivedAt'
>;

interface Waiting {
  row: NewDelivery;
  resolve: (outcome: 'stored' | 'known') => void;
  reject: (error: unknown) => void;
}

const MAX_BATCH = 200;
/** So long after one commit the next begins, where deliveries wait: under load a statement stores five of them in place of one. */
const COMMIT_GAP_MS = 5;
const queues = new WeakMap<Database, { waiting: Waiting[]; isFlushing: boolean }>();

/**
 * Stores one delivery durably; resolves after the commit, with `known` where its delivery key is there already. Deliveries
 * that arrive while a commit is on its way, or just after one, share the next, so a burst costs few flushes and a lone one
 * does not wait. Rejects when nothing was stored.
 */
export function storeDelivery(db: Database, row: NewDelivery): Promise<'stored' | 'known'> {
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
      const stored = await insert(
        db,
        batch.map(({ row }) => row),
      );
      for (const { row, resolve } of batch) resolve(stored.has(row.id) ? 'stored' : 'known');
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    await wait(COMMIT_GAP_MS);
  }
  queue.isFlushing = false;
}

/**
 * One statement with one parameter, whatever the size of the batch: it is prepared once for each connection. Built by
 * Drizzle, fifteen parameters a row, the statement cost the receiver more than its signature check and sealing together.
 */
async function insert(db: Database, rows: NewDelivery[]): Promise<Set<string>> {
  const batch = JSON.stringify(rows.map((row) => ({ ...row, body: Buffer.from(row.body).toString('base64') })));
  const stored = await db.$client<{ id: string }[]>`
    insert into webhook_inbox (id, delivery_key, event_type, is_signed, is_late, body, status, due_at, received_at)
    select "id", "deliveryKey", "eventType", "isSigned", "isLate", decode("body", 'base64'), 'received', "receivedAt", "receivedAt"
    from json_to_recordset(${batch}::text::json) as batch ("id" text, "deliveryKey" text, "eventType" text, "isSigned" boolean,
      "isLate" boolean, "body" text, "receivedAt" timestamptz)
    on conflict (delivery_key) do nothing
    returning id`;
  return new Set(stored.map(({ id }) => id));
}
