import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cursor, claimDue } from './claims';
import { databaseOn } from './client';
import { aDatabase, type TestDatabase } from './testing';

const ROWS = 6_000;
const BATCH = 50;
const NOW = new Date('2027-01-12T15:00:00Z');

let database: TestDatabase;
let watched: postgres.Sql;
/** The claims that went out, as PostgreSQL was told them. */
const claims: { text: string; parameters: string[] }[] = [];
beforeAll(async () => {
  database = await aDatabase();
  watched = postgres(database.url, {
    max: 1,
    onnotice: () => {},
    debug: (_connection, text, parameters) => void claims.push({ text, parameters }),
  });
});
afterAll(async () => {
  await watched.end();
  await database.drop();
});

it('a claim under a long snapshot does not visit what was claimed before it', async () => {
  const { sql } = database;
  await sql`insert into customers (id, email, name, created_at, updated_at) values ('cus_1', 'maya@example.com', 'Maya', ${NOW}, ${NOW})`;
  await sql`
    insert into outbox (id, customer_id, template, dedupe_key, message, status, due_at, created_at)
    select 'msg_' || lpad(n::text, 22, '0'), 'cus_1', 'payment_received', n::text, '', 'queued', ${NOW}::timestamptz - interval '1 hour', ${NOW}
    from generate_series(1, ${ROWS}::int) n`;
  await sql`vacuum analyze outbox`;
  const snapshot = await sql.reserve();
  await snapshot`begin isolation level repeatable read`;
  await snapshot`select count(*) from outbox`;

  const db = databaseOn(watched);
  const pages: number[] = [];
  let cursor: Cursor | null = null;
  for (let claimed = BATCH; claimed <= ROWS; claimed += BATCH) {
    const batch: Awaited<ReturnType<typeof claimDue>> = await claimDue(db, 'mails', NOW, {
      limit: BATCH,
      leaseSeconds: 60,
      after: cursor,
    });
    expect(batch.claims).toHaveLength(BATCH);
    cursor = batch.cursor;
    if (claimed === 2 * BATCH || claimed === ROWS - BATCH) pages.push(await pagesOfNext(claims.at(-1)));
  }
  await snapshot`rollback`;
  snapshot.release();
  const [first = 0, last = Number.NaN] = pages;
  expect(first).toBeGreaterThan(0);
  expect(last / first).toBeLessThanOrEqual(1.3);
});

/** How many pages the same statement reads once more, for the rows behind those that it took. What it takes is given back. */
async function pagesOfNext(claim: { text: string; parameters: string[] } | undefined): Promise<number> {
  if (claim === undefined) throw new Error('There was no claim.');
  await watched`begin`;
  const [row] = await watched.unsafe<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }[]>(
    `explain (analyze, buffers, format json) ${claim.text}`,
    claim.parameters,
  );
  await watched`rollback`;
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}
