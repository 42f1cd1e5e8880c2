import { eq, sql } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { importRuns } from '@/db/schema/imports';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/id';
import { principalName, requireSystem } from '@/lib/core/principal';
import { decideImport, type ImportDecision } from '@/lib/core/subscriber-change';
import { type FileProblem, readSubscribers } from '@/lib/core/subscriber-csv';
import { earliestLetters, type FileSubscription, refusalsOf } from '@/lib/core/subscriber-gather';
import type { RefusedRow } from '@/lib/core/subscriber-refusal';
import { type KnownBatch, loadKnown } from './import-known';
import type { ImportRun, TakenSubscription } from './import-terms';
import { writeTaken } from './import-write';

/** A file of existing subscribers. */
export interface ImportInput {
  /** Its name without a folder, for the record. */
  fileName: string;
  bytes: AsyncIterable<Uint8Array>;
  /** Decides the same and writes nothing. */
  isDryRun: boolean;
  /** Told after each batch how many subscriptions are done. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Subscriptions (not rows) by what became of them. */
interface Counts {
  created: number;
  updated: number;
  unchanged: number;
}

/** What an import did, or would do: its counts, and every refused row in the order of the lines. */
export interface ImportReport extends Counts {
  refused: RefusedRow[];
}

export type ImportOutcome = ({ kind: 'imported' } & ImportReport) | { kind: 'unreadable'; problem: FileProblem };

/** The lock under which imports take turns, batch by batch. */
const IMPORT_LOCK = 7_303;
const BATCH_SIZE = 500;

/**
 * Takes existing subscribers in (contract.md, "The CSV of existing subscribers"): a row equal to the one last imported
 * changes nothing, a subscription that is run here keeps all but name and state, and what cannot be taken is refused alone.
 * Nothing is charged and nobody is called. Each batch is a transaction of its own, so an import that was broken off is
 * finished by importing the file again. Throws `forbidden` for everybody but the import and the command.
 */
export async function importSubscribers(ctx: Context, input: ImportInput): Promise<ImportOutcome> {
  requireImporter(ctx);
  const file = await readSubscribers(input.bytes);
  if (file.kind === 'unreadable') return file;
  const run: ImportRun = { id: newId('importRun'), letters: earliestLetters(file.subscriptions) };
  if (!input.isDryRun) await openRun(ctx, run, input.fileName);
  const decided: Decided[] = [];
  const total = file.subscriptions.length;
  while (decided.length < total) {
    const batch = file.subscriptions.slice(decided.length, decided.length + BATCH_SIZE);
    decided.push(...(input.isDryRun ? await previewBatch(ctx, batch) : await importBatch(ctx, run, batch)));
    input.onProgress?.(decided.length, total);
  }
  const refused = [...file.refused, ...decided.flatMap(refusedOf)].sort((a, b) => a.line - b.line);
  if (!input.isDryRun) await closeRun(ctx, run, refused);
  return { kind: 'imported', ...countsOf(decided), refused };
}

function requireImporter({ principal }: Context): void {
  const { name } = requireSystem(principal);
  if (name !== 'import' && name !== 'command') throw new AppError('forbidden', 'Only an import takes subscribers in.');
}

interface Decided {
  file: FileSubscription;
  decision: ImportDecision;
}

async function importBatch(ctx: Context, run: ImportRun, batch: readonly FileSubscription[]): Promise<Decided[]> {
  return inTransaction(ctx.db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`);
    const { known, decided } = await decideBatch(tx, ctx, batch, { isLocking: true });
    await writeTaken(tx, ctx, run, decided.flatMap(takenOf), known);
    await addToRun(tx, run, countsOf(decided));
    return decided;
  });
}

async function previewBatch(ctx: Context, batch: readonly FileSubscription[]): Promise<Decided[]> {
  const { decided } = await decideBatch(ctx.db, ctx, batch, { isLocking: false });
  return decided;
}

async function decideBatch(
  tx: Queryable,
  ctx: Context,
  batch: readonly FileSubscription[],
  options: { isLocking: boolean },
): Promise<{ known: KnownBatch; decided: Decided[] }> {
  const known = await loadKnown(tx, ctx, batch, options);
  return { known, decided: batch.map((file) => ({ file, decision: decideImport(file, known.about(file)) })) };
}

function takenOf({ file, decision }: Decided): TakenSubscription[] {
  if (decision.kind === 'create') return [{ file, hasNewPerson: true, events: [] }];
  return decision.kind === 'update' ? [{ file, hasNewPerson: decision.hasNewPerson, events: decision.events }] : [];
}

function refusedOf({ file, decision }: Decided): RefusedRow[] {
  return decision.kind === 'refuse' ? refusalsOf(file, decision.reason) : [];
}

function countsOf(decided: readonly Decided[]): Counts {
  const count = (kind: ImportDecision['kind']) => decided.filter(({ decision }) => decision.kind === kind).length;
  return { created: count('create'), updated: count('update'), unchanged: count('unchanged') };
}

async function openRun(ctx: Context, run: ImportRun, fileName: string): Promise<void> {
  await ctx.db.insert(importRuns).values({
    id: run.id,
    fileName,
    actor: principalName(ctx.principal),
    created: 0,
    updated: 0,
    unchanged: 0,
    refused: [],
    at: ctx.now,
  });
}

// With each batch, so that the record of a run that was broken off is true.
async function addToRun(tx: Queryable, run: ImportRun, counts: Counts): Promise<void> {
  await tx
    .update(importRuns)
    .set({
      created: sql`${importRuns.created} + ${counts.created}`,
      updated: sql`${importRuns.updated} + ${counts.updated}`,
      unchanged: sql`${importRuns.unchanged} + ${counts.unchanged}`,
    })
    .where(eq(importRuns.id, run.id));
}

async function closeRun(ctx: Context, run: ImportRun, refused: RefusedRow[]): Promise<void> {
  await ctx.db.update(importRuns).set({ refused }).where(eq(importRuns.id, run.id));
}
