import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { nextBackfillAt, type ProvisionAnswer, RESEND_REQUEST_AFTER_MS } from '@/lib/core/provisioning';
import { isAllowedRedirect } from '@/lib/truemed/redirect';
import { callTruemed } from './call-truemed';
import { finishMove } from './finish-move';
import { hasLiveToken } from './live-token';
import { loseToken } from './lose-token';
import { changeProvisionStatus, type ProvisionRow } from './provision-status';

/** A token whose update waits for the customer is not charged for this long at most (design.md section 4). */
export const UPDATE_HOLDS_CHARGES_MS = 24 * 60 * 60 * 1000;

/**
 * Sends a planned provision request and settles the answer: call outside, then one transaction that is fenced by the lease's
 * epoch. `ServerError` is tried once more at once, with the same key and bytes; after that the tick does it.
 * Returns the row as it stands afterwards, null where another process has taken over.
 */
export async function sendProvisionRequest(ctx: Context, claim: Claim): Promise<ProvisionRow | null> {
  const id = claim.id as Id<'provisionRequest'>;
  const [request] = await ctx.db
    .update(provisionRequests)
    .set({ tries: sql`${provisionRequests.tries} + 1` })
    .where(
      and(
        eq(provisionRequests.id, id),
        eq(provisionRequests.leaseEpoch, claim.epoch),
        eq(provisionRequests.status, 'planned'),
      ),
    )
    .returning();
  if (request === undefined) return null;
  const first = await call(ctx, request);
  const asked =
    first.answer.kind === 'unknown' && first.answer.reason === 'server_error' && request.tries === 1
      ? await call(ctx, request)
      : first;
  return inTransaction(ctx.db, (tx) => settle(tx, ctx, claim, request.customerId, asked));
}

/** What Truemed answered, and the token of ours that it was asked about; null where a new one was asked for, or there is none. */
interface Asked {
  answer: ProvisionAnswer;
  tokenId: Id<'paymentToken'> | null;
}

async function call(ctx: Context, request: ProvisionRow): Promise<Asked> {
  const body = ctx.vault.open(request.requestBody, `provision_requests.request_body:${request.id}`);
  if (request.kind === 'create')
    return { answer: await callTruemed(ctx, (truemed) => truemed.createPaymentToken(body)), tokenId: null };
  const [token] = await ctx.db
    .select()
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, request.customerId), eq(paymentTokens.status, 'live')));
  if (token === undefined) {
    const message = 'It was revoked after the update was planned.';
    return { answer: { kind: 'token_not_found', message }, tokenId: null };
  }
  const paymentToken = ctx.vault.open(token.token, `payment_tokens.token:${token.id}`).toString();
  const answer = await callTruemed(ctx, (truemed) => truemed.updatePaymentToken(paymentToken, body));
  return { answer, tokenId: token.id };
}

async function settle(
  tx: Queryable,
  ctx: Context,
  claim: Claim,
  customerId: Id<'customer'>,
  asked: Asked,
): Promise<ProvisionRow | null> {
  const id = claim.id as Id<'provisionRequest'>;
  // Before the request is locked: whoever links or deletes a token locks its customer first, too.
  await tx.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId)).for('no key update');
  const [request] = await tx
    .select()
    .from(provisionRequests)
    .where(
      and(
        eq(provisionRequests.id, id),
        eq(provisionRequests.leaseEpoch, claim.epoch),
        eq(provisionRequests.status, 'planned'),
      ),
    )
    .for('update');
  if (request === undefined) return noteLate(tx, claim, asked.answer);
  await settleAnswer(tx, ctx, request, asked);
  const [after] = await tx.select().from(provisionRequests).where(eq(provisionRequests.id, id));
  return after ?? null;
}

// It was taken back while it was on its way. Its answer changes nothing, but what Truemed still says of it has its name.
async function noteLate(tx: Queryable, claim: Claim, answer: ProvisionAnswer): Promise<null> {
  if ((answer.kind !== 'open' && answer.kind !== 'done') || answer.requestId === null) return null;
  await tx
    .update(provisionRequests)
    .set({ truemedRequestId: answer.requestId })
    .where(
      and(
        eq(provisionRequests.id, claim.id as Id<'provisionRequest'>),
        eq(provisionRequests.leaseEpoch, claim.epoch),
        eq(provisionRequests.status, 'abandoned'),
        isNull(provisionRequests.truemedRequestId),
      ),
    );
  return null;
}

async function settleAnswer(
  tx: Queryable,
  ctx: Context,
  request: ProvisionRow,
  { answer, tokenId }: Asked,
): Promise<void> {
  switch (answer.kind) {
    case 'open':
      return settleOpen(tx, ctx, request, answer);
    case 'done':
      // It was deleted while Truemed was asked: nothing moves to a card that is gone.
      if (!(await hasLiveToken(tx, request.customerId)))
        return changeProvisionStatus(tx, ctx, request, 'refused', {
          truemedRequestId: answer.requestId,
          errorCode: 'TokenDeleted',
        });
      return finishMove(tx, ctx, request, answer.requestId, 'truemed asked for nothing');
    case 'waiting_verification':
      return changeProvisionStatus(tx, ctx, request, 'waiting_verification', { errorCode: 'WaitingForVerification' });
    case 'idempotency_violation':
      // Our key is fresh and its bytes never change, so on a create the other cause holds: the e-mail has a token (C15).
      return changeProvisionStatus(tx, ctx, request, request.kind === 'create' ? 'already_provisioned' : 'refused', {
        errorCode: 'IdempotencyViolation',
      });
    case 'token_not_found':
      if (tokenId !== null) await loseToken(tx, ctx, { id: tokenId, customerId: request.customerId }, request.id);
      return changeProvisionStatus(tx, ctx, request, 'refused', { errorCode: 'NotFound' });
    case 'refused':
      return changeProvisionStatus(tx, ctx, request, 'refused', { errorCode: answer.code });
    case 'unknown': {
      const wait = RESEND_REQUEST_AFTER_MS[request.tries - 1];
      if (wait === undefined) return changeProvisionStatus(tx, ctx, request, 'refused', { errorCode: answer.reason });
      return changeProvisionStatus(tx, ctx, request, 'planned', {
        errorCode: answer.reason,
        dueAt: new Date(ctx.now.getTime() + wait),
      });
    }
  }
}

async function settleOpen(
  tx: Queryable,
  ctx: Context,
  request: ProvisionRow,
  answer: Extract<ProvisionAnswer, { kind: 'open' }>,
): Promise<void> {
  if (!isAllowedRedirect(answer.redirectUrl, ctx.env.truemed.redirectOrigins)) {
    return changeProvisionStatus(tx, ctx, request, 'refused', {
      truemedRequestId: answer.requestId,
      // Kept as evidence; no page and no redirect reads the link of a refused request.
      redirectUrl: ctx.vault.seal(answer.redirectUrl, `provision_requests.redirect_url:${request.id}`),
      errorCode: 'ForeignRedirect',
    });
  }
  if (request.kind === 'update') await holdCharges(tx, ctx, request);
  return changeProvisionStatus(tx, ctx, request, 'open', {
    truemedRequestId: answer.requestId,
    redirectUrl: ctx.vault.seal(answer.redirectUrl, `provision_requests.redirect_url:${request.id}`),
    errorCode: null,
    dueAt: nextBackfillAt(request.createdAt, request.returnedAt, ctx.now),
  });
}

// Where an order waits already, another update makes it wait no longer: a day is the most (design.md section 4).
async function holdCharges(tx: Queryable, ctx: Context, { customerId }: ProvisionRow): Promise<void> {
  const now = sql`${ctx.now.toISOString()}::timestamptz`;
  const { updatingUntil } = paymentTokens;
  const isWaitedFor = sql`${updatingUntil} > ${now} and exists (select from ${subscriptions}
    where ${subscriptions.customerId} = ${customerId} and ${subscriptions.billingMethod} = 'hsa_fsa'
      and ${subscriptions.status} in ('active', 'trialing') and ${subscriptions.cancelOn} is null
      and ${subscriptions.nextChargeOn} <= (${now} at time zone ${subscriptions.timeZone})::date)`;
  const inADay = sql`${new Date(ctx.now.getTime() + UPDATE_HOLDS_CHARGES_MS).toISOString()}::timestamptz`;
  await tx
    .update(paymentTokens)
    .set({ updatingUntil: sql`case when ${isWaitedFor} then ${updatingUntil} else ${inADay} end` })
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
}
