import postgres from 'postgres';
import { claimDue, lockDueSubscriptions } from '@/db/claims';
import { openDatabase } from '@/db/client';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { PROJECT_FOLDER } from '@/scripts/runtime';
import { fillBook } from './book';
import { interleaved, median, medianRatio, type Report } from './pairs';

const BATCH = 100;
const SIZES = { '10k': 10_000, '100k': 100_000, '1m': 1_000_000 } as const;
const READS = 100;
/** Claims in each book: as many rows as a book of ten thousand has, so that all do the same. */
const DUE = 10_000;
/** How many claims are made while a snapshot holds back the cleaning of what they leave behind. */
const PINNED_CLAIMS = 100_000;
const FIRST_CLAIMS = 50;

/**
 * What it takes to find, to lock and to lease what is due: in books of a hundred thousand and of a million subscriptions
 * over one of ten thousand, and after a hundred thousand claims that a long snapshot has kept from being cleaned up, over
 * the first fifty. Says from what the first hundred that are due are read.
 */
export async function benchDue(): Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>> {
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  const books: Book[] = [];
  const aBookOf = async (count: number): Promise<Book> => {
    const book = await aBook(server.url, count);
    books.push(book);
    return book;
  };
  try {
    const [small, middle, large] = [
      await aBookOf(SIZES['10k']),
      await aBookOf(SIZES['100k']),
      await aBookOf(SIZES['1m']),
    ];
    const notes: string[] = [];
    for (const [n, name] of Object.keys(SIZES).entries()) {
      const book = books[n];
      if (book !== undefined) notes.push(`the first ${BATCH} due of ${name}: ${await planOfRead(book)}`);
    }
    const raw = await interleaved({
      read_10k: () => readsPerSecond(small),
      read_100k: () => readsPerSecond(middle),
      read_1m: () => readsPerSecond(large),
      lock_10k: () => locksPerSecond(small),
      lock_100k: () => locksPerSecond(middle),
      lock_1m: () => locksPerSecond(large),
      claim_10k: () => claimsPerSecond(small),
      claim_100k: () => claimsPerSecond(middle),
      claim_1m: () => claimsPerSecond(large),
    });
    const pinned = await claimsUnderPin(small);
    notes.push(
      `a claim of ${BATCH} under the snapshot: ${pinned.first.toFixed(2)} ms at first, ${pinned.last.toFixed(2)} ms at the end`,
    );
    return {
      ratios: {
        // The figures are rows per second; the ratios are of the time that a row takes.
        read_100k_over_10k: medianRatio(raw.read_10k, raw.read_100k),
        read_1m_over_10k: medianRatio(raw.read_10k, raw.read_1m),
        lock_100k_over_10k: medianRatio(raw.lock_10k, raw.lock_100k),
        lock_1m_over_10k: medianRatio(raw.lock_10k, raw.lock_1m),
        claim_100k_over_10k: medianRatio(raw.claim_10k, raw.claim_100k),
        claim_1m_over_10k: medianRatio(raw.claim_10k, raw.claim_1m),
        claim_pinned_over_fresh: Math.round((pinned.last / pinned.first) * 1000) / 1000,
      },
      raw,
      notes,
    };
  } finally {
    for (const book of books) {
      await book.close();
      await dropDatabase(server.url, book.url);
    }
    await server.stop();
  }
}

type Book = Awaited<ReturnType<typeof aBook>>;

async function aBook(serverUrl: string, count: number) {
  const url = await createTestDatabase(serverUrl);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await fillBook(sql, count);
  await sql`update subscriptions set next_charge_at = now() - make_interval(secs => right(id, 4)::int) where id in (select 'sub_idle' || n from generate_series(1000, ${BATCH + 999}::int) n)`;
  await sql`vacuum analyze subscriptions`;
  const { db, close } = openDatabase(url, { poolSize: 2 });
  return { url, sql, db, close: async () => Promise.all([close(), sql.end()]) };
}

/** The ids of what is due first, by the conditions of the engine's own query. */
const READ = `select id from subscriptions where billing_method = 'hsa_fsa' and status in ('active', 'trialing')
  and cancel_on is null and next_charge_at <= $1::timestamptz order by next_charge_at, id limit ${BATCH}`;

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Heap Fetches'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** What PostgreSQL reads it from, and how many pages that takes. Throws where that is not the index alone. */
async function planOfRead({ sql }: Book): Promise<string> {
  // The first time this connection also reads what PostgreSQL knows of the table.
  await sql.unsafe(READ, [new Date().toISOString()]);
  const [row] = await sql.unsafe<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(
    `explain (analyze, buffers, format json) ${READ}`,
    [new Date().toISOString()],
  );
  const limit = row?.['QUERY PLAN'][0]?.Plan;
  const scan = limit?.Plans?.[0];
  if (limit === undefined || scan?.['Node Type'] !== 'Index Only Scan')
    throw new Error(`What is due is read by ${scan?.['Node Type']}.`);
  const pages = limit['Shared Hit Blocks'] + limit['Shared Read Blocks'];
  return `${scan['Node Type']} of ${scan['Index Name']}, ${pages} pages, ${scan['Heap Fetches']} of the table`;
}

/** Rows per second that are found, and nothing more. */
async function readsPerSecond({ sql }: Book): Promise<number> {
  const now = new Date().toISOString();
  let rows = 0;
  const start = performance.now();
  for (let n = 0; n < READS; n += 1) rows += (await sql.unsafe(READ, [now], { prepare: true })).length;
  return perSecond(rows, start);
}

/** Rows per second of the engine's own query, which locks them, in a transaction that is undone. */
async function locksPerSecond({ db }: Book): Promise<number> {
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
  return perSecond(rows, start);
}

function perSecond(rows: number, start: number): number {
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
