import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, gt, inArray, isNull, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import { inTransaction } from '@/db/client';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { LONGEST_RETRY_AFTER_MS } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { tokenFingerprint } from '@/lib/core/payment-card';
import type { TokenDetails } from '@/lib/truemed/token-details';
import { callTruemed } from './call-truemed';
import { loseToken } from './lose-token';
import { refreshToken } from './refresh-token';
import type { SweepPiece, SweepRow } from './sweep';

const PAGE_SIZE = 100;
/** Of one piece: few enough for its lease. */
const PAGES = 5;
const MISSING_TOKENS = 25;
const ASK_AGAIN_MS = 5 * 60_000;
/** What was read so shortly before may be newer than a page that was asked for at that time: it has its turn the next night. */
const JUST_READ_MS = 60 * 60_000;

/** Where the sweep stands: at a page of Truemed's list, or, after that, behind one of our own tokens that it did not list. */
const Place = z.union([z.object({ page: z.number().int().min(1) }), z.object({ after: z.string() })]);
type Place = z.infer<typeof Place>;

/**
 * Goes over all that Truemed lists and refreshes cards and letter of the live tokens that we know; one that we do not know is
 * left for staff. A live token of ours that was not listed is read by itself, and revoked only where Truemed no longer
 * knows it: a list whose pages shifted proves nothing.
 */
export async function sweepTokens(ctx: Context, row: SweepRow): Promise<SweepPiece> {
  const startedAt = row.startedAt ?? ctx.now;
  let place: Place = row.cursor === null ? { page: 1 } : Place.parse(JSON.parse(row.cursor));
  const goOn = (waitMs: number): SweepPiece => ({ cursor: JSON.stringify(place), waitMs });
  let before: readonly TokenDetails[] = [];
  for (let pages = 0; pages < PAGES && 'page' in place; pages += 1) {
    const { page }: { page: number } = place;
    const answer = await callTruemed(ctx, (truemed) => truemed.listPaymentTokenPage({ page, pageSize: PAGE_SIZE }));
    if (answer.kind === 'unavailable') {
      const asked = Math.min((answer.retryAfterSeconds ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
      return goOn(Math.max(ASK_AGAIN_MS, asked));
    }
    if (answer.kind === 'refused') {
      ctx.log.error({ event: 'sweep.refused', reason: answer.code });
      return 'done';
    }
    const { items, lastPage } = answer.value;
    await refreshListed(ctx, items);
    // Where no last page is told, the number of a page may be ignored, too.
    const isLast = items.length === 0 || (lastPage === null ? isDeepStrictEqual(items, before) : page >= lastPage);
    place = isLast ? { after: '' } : { page: page + 1 };
    before = items;
  }
  if ('page' in place) return goOn(0);
  const last = await readMissing(ctx, place.after, startedAt);
  if (last === 'unavailable') return goOn(ASK_AGAIN_MS);
  if (last === null) return 'done';
  place = { after: last };
  return goOn(0);
}

async function refreshListed(ctx: Context, listed: readonly TokenDetails[]): Promise<void> {
  const byLookup = new Map(
    listed.flatMap((details) => ctx.vault.lookups(details.paymentToken).map((lookup) => [lookup, details] as const)),
  );
  if (byLookup.size === 0) return;
  const known = await ctx.db
    .select()
    .from(paymentTokens)
    .where(
      and(
        inArray(paymentTokens.tokenLookup, [...byLookup.keys()]),
        eq(paymentTokens.status, 'live'),
        or(isNull(paymentTokens.refreshedAt), lt(paymentTokens.refreshedAt, justBefore(ctx.now))),
      ),
    );
  const same: Id<'paymentToken'>[] = [];
  for (const token of known) {
    const details = byLookup.get(token.tokenLookup);
    if (details === undefined) continue;
    const isSame = token.refreshedAt !== null && tokenFingerprint(token) === tokenFingerprint(details);
    if (isSame) same.push(token.id);
    else await inTransaction(ctx.db, (tx) => refreshToken(tx, ctx, token, details, 'sweep'));
  }
  if (same.length === 0) return;
  // A token that an event has refreshed meanwhile is not made older.
  await ctx.db
    .update(paymentTokens)
    .set({ refreshedAt: ctx.now })
    .where(and(inArray(paymentTokens.id, same), lt(paymentTokens.refreshedAt, ctx.now)));
}

/** Reads the next tokens that were not listed; returns the last of them, null where there was none. */
async function readMissing(ctx: Context, after: string, startedAt: Date): Promise<string | null | 'unavailable'> {
  const missing = await ctx.db
    .select()
    .from(paymentTokens)
    .where(
      and(
        eq(paymentTokens.status, 'live'),
        gt(paymentTokens.id, after as Id<'paymentToken'>),
        lt(paymentTokens.createdAt, startedAt),
        or(isNull(paymentTokens.refreshedAt), lt(paymentTokens.refreshedAt, justBefore(startedAt))),
      ),
    )
    .orderBy(asc(paymentTokens.id))
    .limit(MISSING_TOKENS);
  for (const token of missing) {
    const secret = ctx.vault.open(token.token, `payment_tokens.token:${token.id}`).toString();
    const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentToken(secret));
    if (found.kind === 'unavailable') return 'unavailable';
    await inTransaction(ctx.db, async (tx) => {
      if (found.kind === 'found') await refreshToken(tx, ctx, token, found.value, 'sweep');
      else await loseToken(tx, ctx, token, 'sweep');
    });
  }
  return missing.at(-1)?.id ?? null;
}

const justBefore = (at: Date) => new Date(at.getTime() - JUST_READ_MS);
