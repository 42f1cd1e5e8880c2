import { eq, isNull, sql } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { outageMode, outages } from '@/db/schema/outages';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { type AnsweredCalls, countAnswers, endDrain, giveCalls, NO_OUTAGE, type OutageState } from '@/lib/core/outage';
import { callTruemed, failureOf } from './call-truemed';

/** How many charges may go out now, and under which turn of outage mode they begin. */
export interface CallGrant {
  calls: number;
  turn: number;
  /** The one call is to ask whether Truemed is back. */
  isProbe: boolean;
  /** Truemed is back, and what has waited goes out: whoever finds nothing that waits says so. */
  isDrain: boolean;
}

/** Which share of TRUEMED_MAX_RPS goes out after an outage, until nothing waits any more. */
const DRAIN_SHARE = 0.5;

/** Under which turn of outage mode calls begin that a person asked for: those go out always, and are counted. */
export async function turnOfOutageMode(ctx: Pick<Context, 'db'>): Promise<number> {
  return (await read(ctx.db)).turn;
}

/** Whether charges that nobody asked for wait now, or go out after their turn. */
export async function areChargesHeld(ctx: Pick<Context, 'db'>): Promise<boolean> {
  return (await read(ctx.db)).mode !== 'closed';
}

/** Asks for charges to go out: all that are wanted, or, during and after an outage, what outage mode lets out. */
export async function askForCalls(ctx: Context, wanted: number): Promise<CallGrant> {
  const now = ctx.now.getTime();
  const rate = ctx.env.truemed.maxRps * DRAIN_SHARE;
  const seen = giveCalls(await read(ctx.db), wanted, now, rate);
  if (seen.state.mode === 'closed' || seen.calls === 0)
    return { calls: seen.calls, turn: seen.state.turn, isProbe: false, isDrain: false };
  return inTransaction(ctx.db, async (tx) => {
    const { state, calls, isProbe } = giveCalls(await lock(tx), wanted, now, rate);
    await tx.update(outageMode).set({ state }).where(eq(outageMode.id, 1));
    return { calls, turn: state.turn, isProbe, isDrain: state.mode === 'half_open' };
  });
}

/** Counts how charges ended, which may begin or end an outage. */
export async function reportCalls(ctx: Context, answered: AnsweredCalls): Promise<void> {
  if (answered.calls === 0) return;
  await change(ctx, (state) => countAnswers(state, answered, ctx.now.getTime()));
}

/** Nothing that was due during an outage waits any more. */
export async function reportNothingWaits(ctx: Context, turn: number): Promise<void> {
  await change(ctx, (state) => endDrain(state, turn, ctx.now.getTime()));
}

/** Asks whether Truemed is back by a call that changes nothing: where no charge is due that could ask. */
export async function probeByReading(ctx: Context, turn: number): Promise<void> {
  const answer = await callTruemed(ctx, (truemed) => truemed.listPaymentSessionPage({ page: 1, pageSize: 1 })).catch(
    (error) => {
      if (error instanceof AppError && error.code === 'provider_unavailable') return null;
      throw error;
    },
  );
  // Truemed has asked for a pause: the next probe asks.
  if (answer === null) return;
  const failure = failureOf(answer);
  if (failure?.reason === 'rate_limited') return;
  await reportCalls(ctx, { turn, calls: 1, failures: failure === null ? 0 : 1 });
}

async function change(ctx: Context, next: (state: OutageState) => OutageState): Promise<void> {
  const [before, after] = await inTransaction(ctx.db, async (tx) => {
    const state = await lock(tx);
    const changed = next(state);
    if (changed === state) return [state, state];
    await tx.update(outageMode).set({ state: changed }).where(eq(outageMode.id, 1));
    if (changed.mode !== state.mode) await writeOutage(tx, ctx, changed.mode);
    return [state, changed];
  });
  if (before.mode === after.mode) return;
  const event = ({ open: 'outage.began', half_open: 'outage.over', closed: 'outage.caught_up' } as const)[after.mode];
  ctx.log.warn({ event });
}

async function writeOutage(tx: Queryable, ctx: Context, mode: OutageState['mode']): Promise<void> {
  if (mode === 'open') await tx.insert(outages).values({ startedAt: ctx.now });
  // A process whose clock is behind may be the one that sees the end.
  if (mode === 'half_open')
    await tx
      .update(outages)
      .set({ endedAt: sql`greatest(${outages.startedAt}, ${ctx.now.toISOString()}::timestamptz)` })
      .where(isNull(outages.endedAt));
}

async function read(db: Queryable): Promise<OutageState> {
  const [row] = await db.select({ state: outageMode.state }).from(outageMode);
  return row?.state ?? NO_OUTAGE;
}

async function lock(tx: Queryable): Promise<OutageState> {
  const locked = () => tx.select({ state: outageMode.state }).from(outageMode).for('update');
  const [row] = await locked();
  if (row !== undefined) return row.state;
  await tx.insert(outageMode).values({ id: 1, state: NO_OUTAGE }).onConflictDoNothing();
  const [first] = await locked();
  return first?.state ?? NO_OUTAGE;
}
