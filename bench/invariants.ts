import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase, dropDatabase } from '@/db/test-databases';
import { contextFor, openRuntime } from '@/lib/context';
import { readEnv } from '@/lib/env';
import { sealAudit } from '@/lib/services/seal-audit';
import { checkInvariants } from '@/lib/views/check-invariants';
import { DATA_FOLDER, PROJECT_FOLDER } from '@/scripts/runtime';
import { keepSecrets } from '@/scripts/secrets';
import { fillBook, fillPast } from './book';
import type { Report } from './pairs';

const SMALL = 100_000;
const LARGE = 1_000_000;
const SEALS_AT_ONCE = 10_000;
/** What the book cannot keep: its sealed values open nowhere. */
const BY_OPENING = [6, 27];

/** How long `check:invariants` takes for a book of a hundred thousand and of a million subscriptions with a past, in seconds. */
export async function benchInvariants(): Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>> {
  const server = await startEmbeddedPostgres({ projectFolder: PROJECT_FOLDER, cluster: 'test' });
  try {
    const notes: string[] = [];
    const [small, large] = [await secondsFor(server.url, SMALL, []), await secondsFor(server.url, LARGE, notes)];
    return {
      ratios: { seconds_1m_over_100k_per_row: Math.round((large / small / (LARGE / SMALL)) * 1000) / 1000 },
      raw: {},
      notes: [`${small.toFixed(1)} s for ${SMALL}, ${large.toFixed(1)} s for ${LARGE} subscriptions`, ...notes],
    };
  } finally {
    await server.stop();
  }
}

async function secondsFor(serverUrl: string, count: number, notes: string[]): Promise<number> {
  const url = await createTestDatabase(serverUrl);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const settings = {
    ...keepSecrets(join(DATA_FOLDER, 'secrets.json')),
    APP_URL: 'http://localhost:3000',
    DATABASE_URL: url,
  };
  const runtime = openRuntime(readEnv(settings), { poolSize: 2, logLevel: 'silent' });
  try {
    await fillBook(sql, count);
    await fillPast(sql, count);
    while ((await sealAudit(await contextFor(runtime, { kind: 'system', name: 'worker' }), SEALS_AT_ONCE)) > 0);
    await sql`vacuum analyze audit_seals`;
    const start = performance.now();
    const results = await checkInvariants(await contextFor(runtime, { kind: 'system', name: 'command' }), null);
    const seconds = (performance.now() - start) / 1000;
    const broken = results.filter(({ number, violations }) => (violations ?? 0) > 0 && !BY_OPENING.includes(number));
    if (broken.length > 0) throw new Error(`Broken: ${broken.map(({ number }) => number).join(', ')}.`);
    const slowest = [...results].sort((a, b) => b.seconds - a.seconds).slice(0, 8);
    notes.push(slowest.map((one) => `${one.number} ${one.seconds.toFixed(1)} s`).join(', '));
    return seconds;
  } finally {
    await runtime.close();
    await sql.end();
    await dropDatabase(serverUrl, url);
  }
}
