import { setTimeout as wait } from 'node:timers/promises';
import { reserveCall } from '@/db/call-budget';
import type { Context } from '@/lib/context';
import type { TruemedClient } from '@/lib/truemed/client';

/** Calls Truemed when the common limit of all processes (TRUEMED_MAX_RPS) lets this call out. */
export async function callTruemed<T>(
  ctx: Pick<Context, 'db' | 'env' | 'truemed'>,
  call: (truemed: TruemedClient) => Promise<T>,
): Promise<T> {
  const waitMs = await reserveCall(ctx.db, ctx.env.truemed.maxRps);
  if (waitMs >= 1) await wait(waitMs);
  return call(ctx.truemed);
}
