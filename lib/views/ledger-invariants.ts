import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { chargeAttempts } from '@/db/schema/billing';
import { checkouts } from '@/db/schema/checkouts';
import { webhookInbox } from '@/db/schema/messages';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { type AttemptStatus, OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import { type CheckoutStatus, LIVE_CHECKOUT_STATUSES } from '@/lib/core/checkout';

/** What the sandbox really did, as far as it is compared: `GET /__sandbox/ledger`. Amounts in cents, instants in ISO. */
export const Ledger = z.object({
  charges: z.array(
    z.object({
      session_id: z.string(),
      amount: z.number(),
      metadata: z.string().nullable(),
      idempotency_key: z.string(),
      at: z.string(),
    }),
  ),
  events: z.array(z.object({ id: z.string(), data: z.record(z.string(), z.unknown()), at: z.string() })),
  deliveries: z.array(
    z.object({
      id: z.string(),
      event_id: z.string(),
      log: z.array(z.object({ status: z.number().nullable(), request: z.object({ body: z.string() }) })),
    }),
  ),
  requests: z.array(
    z.object({ operation: z.string().nullable(), error: z.string().nullable(), fault: z.string().nullable() }),
  ),
});
export type Ledger = z.infer<typeof Ledger>;

/** What is on its way may be missing with us for so long: the longest wait of the backfill, and some hours of outage. */
const IN_FLIGHT_MS = 26 * 60 * 60 * 1000;
/** Truemed repeats an event for seven days. */
const EVENT_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** Our side of the comparison. Read it before the ledger: then what is only in the ledger may still be on its way. */
export interface OurSide {
  attempts: Pick<
    typeof chargeAttempts.$inferSelect,
    'idempotencyKey' | 'paymentSessionId' | 'status' | 'amountCents'
  >[];
  deliveryKeys: Set<string>;
  tokenLookups: Set<string>;
}

/** Reads all that the ledger is compared with. Made for a sandbox: it holds every attempt in memory. */
export async function readOurSide(db: Queryable): Promise<OurSide> {
  const attempts = await db
    .select({
      idempotencyKey: chargeAttempts.idempotencyKey,
      paymentSessionId: chargeAttempts.paymentSessionId,
      status: chargeAttempts.status,
      amountCents: chargeAttempts.amountCents,
    })
    .from(chargeAttempts);
  const orders = await db
    .select({
      idempotencyKey: checkouts.id,
      paymentSessionId: checkouts.paymentSessionId,
      status: checkouts.status,
      totalCents: checkouts.totalCents,
      trialEndsOn: checkouts.trialEndsOn,
    })
    .from(checkouts)
    .where(eq(checkouts.path, 'session'));
  const inbox = await db.select({ key: webhookInbox.deliveryKey }).from(webhookInbox);
  const tokens = await db.select({ lookup: paymentTokens.tokenLookup }).from(paymentTokens);
  return {
    // Once it is paid, a checkout is the attempt that has its key; before that, and for a trial, it stands for itself.
    attempts: [...orders.map(asAttempt), ...attempts],
    deliveryKeys: new Set(inbox.map(({ key }) => key)),
    tokenLookups: new Set(tokens.map(({ lookup }) => lookup)),
  };
}

function asAttempt({
  status,
  totalCents,
  trialEndsOn,
  ...keys
}: {
  idempotencyKey: string;
  paymentSessionId: string | null;
  status: CheckoutStatus;
  totalCents: number;
  trialEndsOn: string | null;
}): OurSide['attempts'][number] {
  const isLive = LIVE_CHECKOUT_STATUSES.some((live) => live === status);
  const isPaid = status === 'completed' || status === 'duplicate';
  const amountCents = trialEndsOn === null ? totalCents : 0;
  return { ...keys, amountCents, status: isPaid ? 'captured' : isLive ? 'accepted' : 'abandoned' };
}

/** Violations of reliability.md's invariants 1, 2, 5, 15 and 20, by number, in a ledger that was read after `ours`. */
export function compareWithLedger(
  ctx: Pick<Context, 'now' | 'vault'>,
  ours: OurSide,
  ledger: Ledger,
): Map<number, number> {
  return new Map([
    [1, countChargedTwice(ledger)],
    [2, countUnmatchedCharges(ctx.now, ours, ledger)],
    [5, ledger.requests.filter(isIdempotencyViolation).length],
    [15, countLostDeliveries(ours, ledger)],
    [20, countLostEvents(ctx, ours, ledger)],
  ]);
}

function countChargedTwice(ledger: Ledger): number {
  const charged = new Set<string>();
  const twice = new Set<string>();
  for (const { metadata } of ledger.charges) {
    if (metadata !== null) (charged.has(metadata) ? twice : charged).add(metadata);
  }
  return twice.size;
}

function countUnmatchedCharges(now: Date, ours: OurSide, ledger: Ledger): number {
  const byKey = new Map(ours.attempts.map((attempt) => [attempt.idempotencyKey, attempt]));
  const isOpen = (status: string) => OPEN_ATTEMPT_STATUSES.some((open) => open === status);
  const onlyTheirs = ledger.charges.filter((charge) => {
    const attempt = byKey.get(charge.idempotency_key);
    if (attempt === undefined || attempt.amountCents !== charge.amount) return true;
    if (attempt.status === 'captured') return attempt.paymentSessionId !== charge.session_id;
    return !isOpen(attempt.status) || now.getTime() - Date.parse(charge.at) > IN_FLIGHT_MS;
  });
  const charged = new Set(ledger.charges.map((charge) => charge.session_id));
  const onlyOurs = ours.attempts.filter(
    ({ status, paymentSessionId, amountCents }) =>
      status === 'captured' && amountCents > 0 && !charged.has(paymentSessionId ?? ''),
  );
  return onlyTheirs.length + onlyOurs.length;
}

// An injected fault answers what it was told to, so it says nothing about what we sent.
function isIdempotencyViolation(request: Ledger['requests'][number]): boolean {
  const { operation, error, fault } = request;
  return operation === 'createPaymentSession' && error === 'IdempotencyViolation' && fault === null;
}

function countLostDeliveries(ours: OurSide, ledger: Ledger): number {
  return ledger.deliveries.filter(
    ({ id, log }) => log.some(({ status }) => status === 204) && !isInInbox(ours, id, log),
  ).length;
}

function isInInbox(ours: OurSide, id: string, log: Ledger['deliveries'][number]['log']): boolean {
  const digest = (body: string) => createHash('sha256').update(body).digest('hex');
  return (
    ours.deliveryKeys.has(`signed:${id}`) ||
    log.some(({ request }) => ours.deliveryKeys.has(`unsigned:${digest(request.body)}`))
  );
}

function countLostEvents(ctx: Pick<Context, 'now' | 'vault'>, ours: OurSide, ledger: Ledger): number {
  const arrivedEvents = new Set(
    ledger.deliveries.filter(({ id, log }) => isInInbox(ours, id, log)).map((delivery) => delivery.event_id),
  );
  const bySession = new Map(ours.attempts.map(({ paymentSessionId, status }) => [paymentSessionId, status]));
  return ledger.events.filter((event) => {
    const age = ctx.now.getTime() - Date.parse(event.at);
    if (age < IN_FLIGHT_MS || age > EVENT_AGE_MS) return false;
    return !arrivedEvents.has(event.id) && !hasEqualEffect(ctx, ours, bySession, event.data);
  }).length;
}

function hasEqualEffect(
  ctx: Pick<Context, 'vault'>,
  ours: OurSide,
  bySession: ReadonlyMap<unknown, AttemptStatus>,
  data: Record<string, unknown>,
): boolean {
  if (typeof data.payment_token === 'string' && data.status === undefined) {
    return ctx.vault.lookups(data.payment_token).some((lookup) => ours.tokenLookups.has(lookup));
  }
  const sessionId = data.payment_session_id ?? data.payment_id ?? data.id;
  const status = bySession.get(sessionId);
  if (status === undefined) return false;
  if (data.status === 'captured') return status === 'captured';
  // What was refused is not waited for any more.
  const isOver = data.status === 'rejected' || data.status === 'canceled';
  return !isOver || !OPEN_ATTEMPT_STATUSES.some((open) => open === status);
}
