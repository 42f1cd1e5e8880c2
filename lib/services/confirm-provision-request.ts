import { and, eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { provisionRequests, type TokenSource } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { nextBackfillAt } from '@/lib/core/provisioning';
import { callTruemed } from './call-truemed';
import { finishMove } from './finish-move';
import { linkToken } from './link-token';
import { changeProvisionStatus, type ProvisionRow } from './provision-status';

const MINUTE_MS = 60_000;
const NOT_FOUND = 'NotFound';

/** What asking Truemed about a provision request found. `deleted`: a token whose deletion was asked for, which is not linked. */
export type Confirmation = 'connected' | 'not_yet' | 'unavailable' | 'abandoned' | 'deleted';

/**
 * Asks Truemed whether a provision request has its token, and connects it if so: the one way in which a token is linked,
 * whether a webhook told us to look or the backfill did (design.md section 3). Truemed's answer decides, never the payload
 * and never an e-mail. Throws `conflict` where the token is another customer's.
 */
export async function confirmProvisionRequest(
  ctx: Context,
  request: ProvisionRow,
  source: TokenSource,
  cause: string,
): Promise<Confirmation> {
  const { truemedRequestId } = request;
  if (truemedRequestId === null)
    throw new AppError('conflict', 'This request has no answer from Truemed yet.', { retryable: true });
  const asked = await callTruemed(ctx, (truemed) => truemed.retrieveProvisionRequest(truemedRequestId));
  if (asked.kind !== 'found') return postpone(ctx, request, asked.kind === 'not_found' ? NOT_FOUND : asked.reason);
  if (asked.value === null) return waitFurther(ctx, request);
  const paymentToken = asked.value;
  const details = await callTruemed(ctx, (truemed) => truemed.retrievePaymentToken(paymentToken));
  if (details.kind !== 'found')
    return postpone(ctx, request, details.kind === 'not_found' ? NOT_FOUND : details.reason);

  return inTransaction(ctx.db, async (tx) => {
    const outcome = await linkToken(tx, ctx, request.customerId, details.value, source, cause);
    const [current] = await tx
      .select()
      .from(provisionRequests)
      .where(eq(provisionRequests.id, request.id))
      .for('update');
    if (current === undefined) return 'abandoned';
    if (outcome === 'deleted') {
      // What was connected before stays on record: a repeated webhook takes nothing back.
      if (current.status !== 'connected')
        await changeProvisionStatus(tx, ctx, current, 'refused', { errorCode: 'TokenDeleted' }, cause);
      return 'deleted';
    }
    await finishMove(tx, ctx, current, null, cause);
    return 'connected';
  });
}

// What was decided while the question was on its way, or is another worker's by now, stays as it is.
function asItStood({ id, status, leaseEpoch }: ProvisionRow) {
  return and(
    eq(provisionRequests.id, id),
    eq(provisionRequests.status, status),
    eq(provisionRequests.leaseEpoch, leaseEpoch),
  );
}

async function waitFurther(ctx: Context, request: ProvisionRow): Promise<Confirmation> {
  const dueAt = nextBackfillAt(request.createdAt, request.returnedAt, ctx.now);
  await inTransaction(ctx.db, async (tx) => {
    const asked = await tx
      .update(provisionRequests)
      .set({ lastAskedAt: ctx.now })
      .where(asItStood(request))
      .returning({ id: provisionRequests.id });
    if (asked.length === 0 || request.status !== 'open') return;
    await changeProvisionStatus(tx, ctx, request, dueAt === null ? 'abandoned' : 'open', { dueAt });
  });
  return dueAt === null ? 'abandoned' : 'not_yet';
}

// Of one that is not open any more only a webhook asks, and that comes again by itself.
async function postpone(ctx: Context, request: ProvisionRow, reason: string): Promise<Confirmation> {
  if (request.status !== 'open') return 'unavailable';
  const isOver = nextBackfillAt(request.createdAt, request.returnedAt, ctx.now) === null;
  if (isOver && reason === NOT_FOUND) return waitFurther(ctx, request);
  // Its last question too needs an answer: a request that nobody asks about any more would stay open for ever.
  await ctx.db
    .update(provisionRequests)
    .set({ errorCode: reason, leaseUntil: null, dueAt: new Date(ctx.now.getTime() + MINUTE_MS) })
    .where(asItStood(request));
  return 'unavailable';
}
