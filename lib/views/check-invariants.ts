import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/context';
import { requireStaff } from '@/lib/core/principal';
import { countBrokenSeals } from './audit-chain';
import { countViolations, INVARIANTS } from './invariants';
import { SHOWN_BY_TESTS } from './invariants-by-tests';
import { compareWithLedger, type Ledger, readOurSide } from './ledger-invariants';
import { countBrokenSealed } from './sealed-invariants';

/** One invariant of reliability.md section 2 and how often it is broken. */
export interface InvariantResult {
  number: number;
  title: string;
  /** Null: no query shows it, or it needs the provider's ledger, which was not there. */
  violations: number | null;
  checkedAgainst: 'tables' | 'tables and ledger' | 'sealed values' | 'tests' | 'not checked';
  /** The tests that show it, as `file: name`, where no query can. */
  shownBy?: readonly string[];
  /** How long our own tables took to show it. */
  seconds: number;
}

/** What only the ledger can show. */
const LEDGER_ONLY = [
  { number: 15, title: 'What was acknowledged is in the inbox' },
  { number: 20, title: 'No event of the last seven days is lost' },
];
/** What the sealed values themselves show, once they are opened. */
const BY_OPENING = {
  otherBytes: { number: 6, title: 'What would be sent again is byte by byte what was sent' },
  notOpening: { number: 27, title: 'What is sealed opens in its own place' },
};
/** The entries of the audit log are counted as missing, and their seals as broken, under one number. */
const AUDIT = 28;

/**
 * Counts the violations of every invariant that can be shown, in the order of their numbers, on one snapshot of the database.
 * `readLedger` gives the sandbox's ledger, or null where it does not answer; it is null itself where the provider is no sandbox.
 * Open to staff and to commands.
 */
export async function checkInvariants(
  ctx: Context,
  readLedger: (() => Promise<Ledger | null>) | null,
): Promise<InvariantResult[]> {
  if (ctx.principal.kind !== 'system') requireStaff(ctx.principal, 'read');
  const took = new Map<number, number>();
  const ours = await ctx.db.transaction(
    async (tx) => {
      // Sets of a million rows are joined and grouped in memory; what PostgreSQL gives by default sends them to disk.
      await tx.execute(sql`set local work_mem = '128MB'`);
      const counts = new Map<number, number>();
      for (const invariant of INVARIANTS)
        counts.set(invariant.number, await timed(took, invariant.number, countViolations(tx, invariant)));
      counts.set(AUDIT, (counts.get(AUDIT) ?? 0) + (await timed(took, AUDIT, countBrokenSeals(tx))));
      const sealed = await timed(took, BY_OPENING.notOpening.number, countBrokenSealed(tx, ctx.vault));
      return { counts, side: readLedger === null ? null : await readOurSide(tx), sealed };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
  // Read after our side, so that a charge in the middle of this is only ever missing with us, where it has its time.
  const ledger = readLedger === null ? null : await readLedger();
  const byLedger = ledger === null || ours.side === null ? null : compareWithLedger(ctx, ours.side, ledger);
  const results = INVARIANTS.map(({ number, title }) => {
    const also = byLedger?.get(number);
    const violations = (ours.counts.get(number) ?? 0) + (also ?? 0);
    return { number, title, violations, checkedAgainst: also === undefined ? 'tables' : 'tables and ledger' } as const;
  });
  const ledgerOnly = LEDGER_ONLY.map(({ number, title }) => {
    const violations = byLedger?.get(number) ?? null;
    return {
      number,
      title,
      violations,
      checkedAgainst: violations === null ? 'not checked' : 'tables and ledger',
    } as const;
  });
  const sealed = (['otherBytes', 'notOpening'] as const).map(
    (kind) => ({ ...BY_OPENING[kind], violations: ours.sealed[kind], checkedAgainst: 'sealed values' }) as const,
  );
  const byTests = SHOWN_BY_TESTS.map((one) => ({ ...one, violations: null, checkedAgainst: 'tests' }) as const);
  return [...results, ...ledgerOnly, ...sealed, ...byTests]
    .map((one) => ({ ...one, seconds: took.get(one.number) ?? 0 }))
    .sort((a, b) => a.number - b.number);
}

async function timed<T>(took: Map<number, number>, number: number, work: Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work;
  took.set(number, (took.get(number) ?? 0) + (performance.now() - start) / 1000);
  return result;
}
