import { and, eq } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { sweeps } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import { addDays, instantAt, localDateAt } from '@/lib/core/calendar';
import { requireSystem } from '@/lib/core/principal';
import { forgetOldHits } from './forget-old-hits';
import { sealLeftBehind } from './seal-audit';
import { sendNotices } from './send-notices';
import { sweepTokens } from './sweep-tokens';

export type SweepRow = typeof sweeps.$inferSelect;

/** How a piece of a sweep ended: where it goes on and after which wait, or that it is through. */
export type SweepPiece = { cursor: string; waitMs: number } | 'done';

/** What goes over whole tables once a night, and the merchant's hour at which it begins: tokens before notices, which tell of them. */
const SWEEPS = {
  seals: { hour: 2, run: sealLeftBehind },
  tokens: { hour: 3, run: sweepTokens },
  rateLimits: { hour: 4, run: forgetOldHits },
  notices: { hour: 5, run: sendNotices },
} satisfies Record<string, { hour: number; run: (ctx: Context, row: SweepRow) => Promise<SweepPiece> }>;
type SweepName = keyof typeof SWEEPS;

/** Makes sure that every sweep has its row; the first of each begins in the night that comes. */
export async function planSweeps(ctx: Context): Promise<void> {
  requireSystem(ctx.principal);
  await ctx.db
    .insert(sweeps)
    .values(
      Object.keys(SWEEPS)
        .filter(isSweep)
        .map((id) => ({ id, dueAt: nextNight(ctx, id) })),
    )
    .onConflictDoNothing();
}

/** Does one bounded piece of a leased sweep, and writes where it goes on: it resumes there, also in another process. */
export async function sweep(ctx: Context, claim: Claim): Promise<void> {
  requireSystem(ctx.principal);
  const isOurs = and(eq(sweeps.id, claim.id), eq(sweeps.leaseEpoch, claim.epoch));
  const [row] = await ctx.db.select().from(sweeps).where(isOurs);
  if (row === undefined || !isSweep(row.id)) return;
  const startedAt = row.startedAt ?? ctx.now;
  if (row.startedAt === null) await ctx.db.update(sweeps).set({ startedAt, cursor: null }).where(isOurs);
  const piece = await SWEEPS[row.id].run(ctx, { ...row, startedAt });
  const next =
    piece === 'done'
      ? { dueAt: nextNight(ctx, row.id), startedAt: null, cursor: null, finishedAt: ctx.now }
      : { dueAt: new Date(ctx.now.getTime() + piece.waitMs), cursor: piece.cursor };
  await ctx.db
    .update(sweeps)
    .set({ ...next, leaseUntil: null })
    .where(isOurs);
}

function nextNight({ now, env }: Context, name: SweepName): Date {
  const { timeZone } = env.merchant;
  const today = localDateAt(now, timeZone);
  const tonight = instantAt(today, SWEEPS[name].hour, timeZone);
  return tonight > now ? tonight : instantAt(addDays(today, 1), SWEEPS[name].hour, timeZone);
}

const isSweep = (name: string): name is SweepName => Object.hasOwn(SWEEPS, name);
