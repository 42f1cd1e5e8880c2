import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { checkouts } from '@/db/schema/checkouts';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { type AttemptStatus, readSessionStatus } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import { type Id, isId } from '@/lib/core/id';
import type { TruemedEvent } from '@/lib/truemed/events';
import type { AttemptRow } from './attempt-status';
import { callTruemed } from './call-truemed';
import type { CheckoutRow } from './checkout-status';
import { confirmProvisionRequest } from './confirm-provision-request';
import { linkCheckoutToken } from './link-checkout-token';
import { linkToken } from './link-token';
import { settleCheckout } from './settle-checkout';
import { settleSession } from './settle-session';

const DELETED = 'About a payment token whose deletion was asked for: nothing was changed.';

/** What an event led to. `ignored`: it is kept, and nothing of ours is about it. */
export interface Effect {
  status: 'processed' | 'ignored';
  effect: string;
}

/**
 * Applies one event: finds what it is about, reads that again from Truemed, converges. The payload only says where to look,
 * so signed or not, twice, late or out of order makes no difference. Throws `provider_unavailable` (retryable) when Truemed
 * does not answer, `conflict` where the event fits nothing of ours.
 */
export async function applyEvent(ctx: Context, event: TruemedEvent, cause: string): Promise<Effect> {
  if (event.kind === 'ignored') return { status: 'ignored', effect: 'An event of a type that we do not use.' };
  return event.kind === 'session' ? applySession(ctx, event, cause) : applyToken(ctx, event, cause);
}

async function applySession(
  ctx: Context,
  event: Extract<TruemedEvent, { kind: 'session' }>,
  cause: string,
): Promise<Effect> {
  const { attempt, isTheOne } = await findAttempt(ctx, event.sessionId, event.metadata);
  if (attempt === null) {
    const checkout = await findCheckout(ctx, event.sessionId, event.metadata);
    if (checkout !== null) return applyCheckout(ctx, checkout, event, cause);
    return { status: 'ignored', effect: 'A payment session that is not one of ours.' };
  }
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(event.sessionId));
  if (found.kind === 'unavailable') throw unavailable('The payment session', found.reason);
  if (found.kind === 'not_found')
    throw new AppError('conflict', 'Truemed does not know the session that the event names.');
  if (attempt.paymentSessionId === null && found.value.metadata !== attempt.invoiceId) {
    throw new AppError('conflict', 'The session carries another reference than the event.');
  }
  const verdict = readSessionStatus(found.value.status);
  // Whoever may be another's must not close this one: it would be charged anew while its own outcome is not known.
  if (!isTheOne && (verdict === 'rejected' || verdict === 'canceled'))
    return {
      status: 'processed',
      effect: `${found.value.status}, by one of several charges whose session is not known yet.`,
    };
  const session = { id: event.sessionId, verdict, status: found.value.status };
  const effect = await inTransaction(ctx.db, (tx) => settleSession(tx, ctx, attempt.id, session, cause));
  return { status: 'processed', effect };
}

/** The checkout of a session: by its id, or, while our own call has not been answered, by our reference in its metadata. */
async function findCheckout(ctx: Context, sessionId: string, metadata: string | null): Promise<CheckoutRow | null> {
  const [known] = await ctx.db.select().from(checkouts).where(eq(checkouts.paymentSessionId, sessionId));
  if (known !== undefined) return known;
  if (!isId('checkout', metadata)) return null;
  const [unanswered] = await ctx.db
    .select()
    .from(checkouts)
    .where(and(eq(checkouts.id, metadata), isNull(checkouts.paymentSessionId), eq(checkouts.path, 'session')));
  return unanswered ?? null;
}

async function applyCheckout(
  ctx: Context,
  checkout: CheckoutRow,
  { sessionId }: Extract<TruemedEvent, { kind: 'session' }>,
  cause: string,
): Promise<Effect> {
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind === 'unavailable') throw unavailable('The payment session', found.reason);
  if (found.kind === 'not_found')
    throw new AppError('conflict', 'Truemed does not know the session that the event names.');
  if (checkout.paymentSessionId === null && found.value.metadata !== checkout.id)
    throw new AppError('conflict', 'The session carries another reference than the event.');
  const { status, capturedOn } = found.value;
  const session = { id: sessionId, verdict: readSessionStatus(status), status, capturedOn };
  const effect = await inTransaction(ctx.db, (tx) => settleCheckout(tx, ctx, checkout.id, session, cause));
  return { status: 'processed', effect };
}

/** Statuses of attempts that have a session at Truemed which we may not know: a 422 need not name its own. */
const MAY_HAVE_SESSION: readonly AttemptStatus[] = ['sent', 'unknown', 'action_required'];

/**
 * The attempt of a session: by its id, or, while our own call has not been answered, by our reference in its metadata; and
 * whether it can be no other's.
 */
async function findAttempt(
  ctx: Context,
  sessionId: string,
  metadata: string | null,
): Promise<{ attempt: AttemptRow | null; isTheOne: boolean }> {
  const [known] = await ctx.db.select().from(chargeAttempts).where(eq(chargeAttempts.paymentSessionId, sessionId));
  if (known !== undefined) return { attempt: known, isTheOne: true };
  if (!isId('invoice', metadata)) return { attempt: null, isTheOne: false };
  const unanswered = await ctx.db
    .select()
    .from(chargeAttempts)
    .where(
      and(
        eq(chargeAttempts.invoiceId, metadata),
        isNull(chargeAttempts.paymentSessionId),
        inArray(chargeAttempts.status, ['sent', 'unknown', 'action_required', 'failed', 'abandoned']),
      ),
    )
    .orderBy(desc(chargeAttempts.number));
  const candidates = unanswered.filter(({ status }) => MAY_HAVE_SESSION.includes(status));
  return { attempt: unanswered[0] ?? null, isTheOne: candidates.length < 2 };
}

async function applyToken(
  ctx: Context,
  event: Extract<TruemedEvent, { kind: 'token' }>,
  cause: string,
): Promise<Effect> {
  if (event.provisionTokenRequestId !== null) {
    const [request] = await ctx.db
      .select()
      .from(provisionRequests)
      .where(eq(provisionRequests.truemedRequestId, event.provisionTokenRequestId));
    if (request === undefined) throw new AppError('conflict', 'No request of ours has the id that the event names.');
    const outcome = await confirmProvisionRequest(ctx, request, 'webhook', cause);
    if (outcome === 'deleted') return { status: 'processed', effect: DELETED };
    if (outcome !== 'connected') throw unavailable('The provision request', outcome);
    return { status: 'processed', effect: 'The payment token is linked.' };
  }
  const checkout =
    event.paymentSessionId === null ? null : await findCheckout(ctx, event.paymentSessionId, event.metadata);
  if (checkout !== null) return applyCheckoutToken(ctx, checkout, event, cause);
  const customerId = await customerOfToken(ctx, event);
  if (customerId === null)
    throw new AppError('conflict', 'No request, charge or token of ours is the one that the event names.');
  if (event.failedPaymentSessionId !== null) await nameFailedSession(ctx, customerId, event.failedPaymentSessionId);
  const details = await callTruemed(ctx, (truemed) => truemed.retrievePaymentToken(event.paymentToken));
  if (details.kind === 'unavailable') throw unavailable('The payment token', details.reason);
  if (details.kind === 'not_found')
    throw new AppError('conflict', 'Truemed does not know the token that the event names.');
  const linked = await inTransaction(ctx.db, (tx) => linkToken(tx, ctx, customerId, details.value, 'webhook', cause));
  return { status: 'processed', effect: linked === 'deleted' ? DELETED : 'The payment token was read again.' };
}

/**
 * A 422 need not name its session, and the event of the repair does (truemed-api.md section 7.7): the attempt learns it, so that
 * it is read before the invoice is charged again. It carries the reference of an invoice of this customer's, or is left alone.
 */
async function nameFailedSession(ctx: Context, customerId: Id<'customer'>, sessionId: string): Promise<void> {
  const [known] = await ctx.db
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .where(eq(chargeAttempts.paymentSessionId, sessionId));
  if (known !== undefined) return;
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));
  if (found.kind === 'unavailable') throw unavailable('The failed payment session', found.reason);
  const invoiceId = found.kind === 'found' ? found.value.metadata : null;
  if (!isId('invoice', invoiceId)) return;
  await inTransaction(ctx.db, async (tx) => {
    const [attempt] = await tx
      .select({ id: chargeAttempts.id })
      .from(chargeAttempts)
      .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
      .where(
        and(
          eq(chargeAttempts.invoiceId, invoiceId),
          eq(invoices.customerId, customerId),
          eq(chargeAttempts.status, 'action_required'),
          isNull(chargeAttempts.paymentSessionId),
        ),
      )
      .orderBy(desc(chargeAttempts.number))
      .limit(1)
      .for('update', { of: chargeAttempts });
    if (attempt === undefined) return;
    await tx.update(chargeAttempts).set({ paymentSessionId: sessionId }).where(eq(chargeAttempts.id, attempt.id));
  });
}

async function applyCheckoutToken(
  ctx: Context,
  checkout: CheckoutRow,
  { paymentToken }: Extract<TruemedEvent, { kind: 'token' }>,
  cause: string,
): Promise<Effect> {
  const outcome = await linkCheckoutToken(ctx, checkout, paymentToken, 'webhook', cause);
  if (outcome === 'deleted') return { status: 'processed', effect: DELETED };
  if (outcome !== 'linked') throw unavailable('The payment token', outcome);
  return { status: 'processed', effect: 'The payment token is linked.' };
}

/** Whose token an event without a provision request is about: only a token that we hold already, never an e-mail. */
async function customerOfToken(
  ctx: Context,
  event: Extract<TruemedEvent, { kind: 'token' }>,
): Promise<Id<'customer'> | null> {
  const lookups = ctx.vault.lookups(event.paymentToken);
  const [token] = await ctx.db
    .select({ customerId: paymentTokens.customerId })
    .from(paymentTokens)
    .where(inArray(paymentTokens.tokenLookup, lookups));
  return token?.customerId ?? null;
}

function unavailable(what: string, reason: string): AppError {
  return new AppError('provider_unavailable', `${what} could not be read: ${reason}.`, { retryable: true });
}
