import postgres from 'postgres';
import { claimDue, lockDueSubscriptions } from '@/db/claims';
import { openDatabase } from '@/db/client';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { PROJECT_FOLDER } from '@/scripts/runtime';
import { fillBook } from './book';
import { interleaved, median, medianRatio, type Report } from './pairs';

const BATCH = 100;
const SMALL = 10_000;
const LARGE = 1_000_000;
const READS = 100;
/** Claims in each book: as many rows as a book of ten thousand has, so that both do the same. */
const DUE = 10_000;
/** How many claims are made while a snapshot holds back the cleaning of what they leave behind. */
const PINNED_CLAIMS = 100_000;
const FIRST_CLAIMS = 50;

/**
 * What it takes to find and to lease what is due: in a book of a million subscriptions over one of ten thousand, and after a
 * hundred thousand claims that a long snapshot has kept from being cleaned up, over the first fifty.
 */
export async function benchDue(): Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>> {
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  try {
    const [small, large] = [await aBook(server.url, SMALL), await aBook(server.url, LARGE)];
    const raw = await interleaved({
      read_10k: () => readsPerSecond(small),
      read_1m: () => readsPerSecond(large),
      claim_10k: () => claimsPerSecond(small),
      claim_1m: () => claimsPerSecond(large),
    });
    const pinned = await claimsUnderPin(small);
    const report = {
      ratios: {
        // The figures are rows per second; the ratios are of the time that a row takes.
        read_1m_over_10k: medianRatio(raw.read_10k, raw.read_1m),
        claim_1m_over_10k: medianRatio(raw.claim_10k, raw.claim_1m),
        claim_pinned_over_fresh: Math.round((pinned.last / pinned.first) * 1000) / 1000,
      },
      raw,
      notes: [
        `a claim of ${BATCH} under the snapshot: ${pinned.first.toFixed(2)} ms at first, ${pinned.last.toFixed(2)} ms at the end`,
      ],
    };
    for (const book of [small, large]) {
      await book.close();
      await dropDatabase(server.url, book.url);
    }
    return report;
  } finally {
    await server.stop();
  }
}

type Book = Awaited<ReturnType<typeof aBook>>;

async function aBook(serverUrl: string, count: number) {
  const url = await createTestDatabase(serverUrl);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await fillBook(sql, count);
  await sql`update subscriptions set next_charge_at = now() - make_interval(secs => right(id, 4)::int) where id in (select 'sub_idle' || n from generate_series(1000, ${BATCH + 999}::int) n)`;
  const { db, close } = openDatabase(url, { poolSize: 2 });
  return { url, sql, db, close: async () => Promise.all([close(), sql.end()]) };
}

/** Rows per second of the engine's own query, in a transaction that is undone. */
async function readsPerSecond({ db }: Book): Promise<number> {
  const now = new Date();
  let rows = 0;
  const start = performance.now();
  for (let n = 0; n < READS; n += 1) {
    await db
      .transaction(async (tx) => {
        rows += (await lockDueSubscriptions(tx, now, BATCH)).length;
        tx.rollback();
      })
      .catch(() => {});
  }
  if (rows !== READS * BATCH) throw new Error(`${rows} rows were due in place of ${READS * BATCH}.`);
  return (rows * 1000) / (performance.now() - start);
}

/** Rows per second, leased batch by batch as a tick does it. */
async function claimsPerSecond(book: Book): Promise<number> {
  await makeDue(book);
  return (BATCH * 1000) / median(await claimAll(book));
}

async function makeDue({ sql }: Book): Promise<void> {
  await sql`update charge_attempts set due_at = now() - interval '1 minute', lease_until = null
    where id in (select 'att_idle' || n from generate_series(1, ${DUE}::int) n)`;
}

async function claimAll({ db }: Book): Promise<number[]> {
  const times: number[] = [];
  const now = new Date();
  for (let after = null; ; ) {
    const start = performance.now();
    const batch = await claimDue(db, 'attempts', now, { limit: BATCH, leaseSeconds: 60, after });
    if (batch.claims.length < BATCH) return times;
    times.push(performance.now() - start);
    after = batch.cursor;
  }
}

/** The median of the first claims and of the last ones, in milliseconds. */
async function claimsUnderPin(book: Book): Promise<{ first: number; last: number }> {
  const pin = postgres(book.url, { max: 1, onnotice: () => {} });
  const times: number[] = [];
  try {
    await pin.begin('isolation level repeatable read', async (snapshot) => {
      await snapshot`select count(*) from charge_attempts`;
      while (times.length * BATCH < PINNED_CLAIMS) {
        await makeDue(book);
        times.push(...(await claimAll(book)));
      }
    });
  } finally {
    await pin.end();
  }
  return { first: median(times.slice(0, FIRST_CLAIMS)), last: median(times.slice(-FIRST_CLAIMS)) };
}
