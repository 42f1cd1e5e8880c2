import { eq } from 'drizzle-orm';
import { type Claim, type Cursor, claimDue, type Queue } from '@/db/claims';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { CALL_LEASE_SECONDS } from '@/lib/services/call-truemed';
import { confirmProvisionRequest } from '@/lib/services/confirm-provision-request';
import { deleteTokenAtTruemed } from '@/lib/services/delete-payment-token';
import { deliverEvent } from '@/lib/services/deliver-event';
import { driveCheckout } from '@/lib/services/drive-checkout';
import { endPauseOrPeriod } from '@/lib/services/end-pause-or-period';
import { numberInvoices } from '@/lib/services/number-invoices';
import { processWebhook } from '@/lib/services/process-webhook';
import { recordHolds } from '@/lib/services/record-holds';
import { refundDuplicates } from '@/lib/services/refund-duplicates';
import { postponeRecovery, retryRecovery } from '@/lib/services/retry-recovery';
import { sealAudit } from '@/lib/services/seal-audit';
import { sendMail } from '@/lib/services/send-mail';
import { sendProvisionRequest } from '@/lib/services/send-provision-request';
import { driveRefund } from '@/lib/services/send-refund';
import { planSweeps, sweep } from '@/lib/services/sweep';
import { postponeStep, takeRecoveryStep } from '@/lib/services/take-recovery-step';
import { BATCH, chargeDue } from './charge-due';

/** How much one tick did, by queue. All zero: nothing was due. */
export type TickCounts = Record<Queue | 'renewals' | 'holds' | 'seals' | 'numbers' | 'duplicates', number>;

/** As many entries of the audit log as a tick's renewals write. */
const MOST_SEALS = 200 * BATCH;
/** Batches of which even the slowest endpoint, at 15 seconds an event, takes less than five minutes. */
const MOST_TOLD = 3;
const NEVER = new AbortController().signal;

/** Queues whose work waits for others than Truemed, or goes on for long: they must not hold up a charge. */
export type ErrandCounts = Pick<TickCounts, 'sweeps' | 'mails'>;
/** The merchant's own endpoints: what tells them that an order is paid waits for no mail server. */
export type ToldCounts = Pick<TickCounts, 'deliveries'>;
export type ChargeCounts = Omit<TickCounts, keyof (ErrandCounts & ToldCounts)>;

/**
 * Drains, in bounded batches, everything that is due at `ctx.now`. Any number of workers may run it against one database:
 * each row is leased by one of them. One row's failure is logged and does not stop its neighbours. Once `stop` is given, the
 * batch in hand is finished and no other is begun.
 */
export async function tick(ctx: Context, stop: AbortSignal = NEVER): Promise<TickCounts> {
  const charged = await tickCharges(ctx, stop);
  return { ...charged, ...(await runErrands(ctx, stop)), ...(await tellMerchant(ctx, stop)) };
}

/** The part of a tick that charges, and what belongs to it. */
export async function tickCharges(ctx: Context, stop: AbortSignal): Promise<ChargeCounts> {
  const on = (queue: Queue, act: Act) => drain(ctx, stop, queue, act);
  const before = {
    webhooks: await on('webhooks', processWebhook),
    checkouts: await on('checkouts', driveCheckout),
    provisionRequests: await on('provisionRequests', driveProvisionRequest),
    scheduleChanges: await on('scheduleChanges', endPauseOrPeriod),
    recoveries: await on('recoveries', driveRecovery),
    recoverySteps: await on('recoverySteps', driveRecoveryStep),
    tokenDeletions: await on('tokenDeletions', deleteTokenAtTruemed),
  };
  const charged = stop.aborted ? { renewals: 0, attempts: 0 } : await chargeDue(ctx, stop);
  return {
    ...before,
    ...charged,
    holds: await recordAllHolds(ctx, stop),
    duplicates: stop.aborted ? 0 : await refundDuplicates(ctx, BATCH),
    refunds: await on('refunds', sendRefund),
    numbers: stop.aborted ? 0 : await numberInvoices(ctx, 10 * BATCH),
    seals: await sealAll(ctx, stop),
  };
}

/** Another part: a mail server that hangs holds up nothing but this. */
export async function runErrands(ctx: Context, stop: AbortSignal): Promise<ErrandCounts> {
  return { sweeps: await sweepTonight(ctx, stop), mails: await drain(ctx, stop, 'mails', sendMail) };
}

/**
 * The last part: an endpoint of the merchant's that hangs holds up nothing but this. Few batches, since each event is stamped
 * with `ctx.now` and receivers refuse a stamp that is five minutes old: whoever has more to tell asks for the time again.
 */
export async function tellMerchant(ctx: Context, stop: AbortSignal): Promise<ToldCounts> {
  return { deliveries: await drain(ctx, stop, 'deliveries', deliverEvent, { mostBatches: MOST_TOLD }) };
}

/** What stands on record once is not looked at again, so this ends. */
async function recordAllHolds(ctx: Context, stop: AbortSignal): Promise<number> {
  let total = 0;
  while (!stop.aborted) {
    const recorded = await recordHolds(ctx, BATCH);
    total += recorded;
    if (recorded < BATCH) break;
  }
  return total;
}

type Act = (ctx: Context, claim: Claim) => Promise<void>;

/** One sweep over a queue. A batch is small enough that the common call limit lets all of it out within its lease. */
async function drain(
  ctx: Context,
  stop: AbortSignal,
  queue: Queue,
  act: Act,
  options: { atOnce?: number; mostBatches?: number } = {},
): Promise<number> {
  const { atOnce = ctx.env.truemed.maxConcurrency, mostBatches = Number.POSITIVE_INFINITY } = options;
  const limit = Math.max(1, Math.min(BATCH, Math.floor((ctx.env.truemed.maxRps * CALL_LEASE_SECONDS) / 6)));
  let cursor: Cursor | null = null;
  let total = 0;
  for (let batches = 0; batches < mostBatches && !stop.aborted; batches += 1) {
    const began = performance.now();
    const batch: { claims: Claim[]; cursor: Cursor | null } = await claimDue(ctx.db, queue, ctx.now, {
      limit,
      leaseSeconds: CALL_LEASE_SECONDS,
      after: cursor,
    });
    const claimed = batch.claims.length;
    const failed = await actOnAll(ctx, queue, batch.claims, act, atOnce);
    if (claimed > 0) {
      const outcomes = { done: claimed - failed, failed };
      const ms = Math.round(performance.now() - began);
      ctx.log.info({ event: 'batch', queue, claimed, settled: outcomes.done, outcomes, ms });
    }
    total += batch.claims.length;
    if (batch.claims.length < limit) break;
    cursor = batch.cursor;
  }
  return total;
}

/** Seals what there is, as far as it goes: each charge writes several entries. */
async function sealAll(ctx: Context, stop: AbortSignal): Promise<number> {
  const most = 10 * BATCH;
  let total = 0;
  while (!stop.aborted && total < MOST_SEALS) {
    const sealed = await sealAudit(ctx, most);
    total += sealed;
    if (sealed < most) break;
  }
  return total;
}

/** Returns for how many of them it failed. */
async function actOnAll(ctx: Context, queue: Queue, claims: Claim[], act: Act, atOnce: number): Promise<number> {
  const waiting = [...claims];
  let failed = 0;
  const lane = async () => {
    for (let claim = waiting.shift(); claim !== undefined; claim = waiting.shift()) {
      try {
        await act(ctx, claim);
      } catch (error) {
        // The lease stays: the row is tried again when it has run out.
        failed += 1;
        ctx.log.error({ event: 'tick.row_failed', queue, reason: claim.id, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, claims.length) }, lane));
  return failed;
}

async function driveProvisionRequest(ctx: Context, claim: Claim): Promise<void> {
  const [request] = await ctx.db
    .select()
    .from(provisionRequests)
    .where(eq(provisionRequests.id, claim.id as Id<'provisionRequest'>));
  if (request?.status === 'planned') await sendProvisionRequest(ctx, claim);
  else if (request?.status === 'open') await confirmProvisionRequest(ctx, request, 'backfill', 'backfill');
}

async function sendRefund(ctx: Context, claim: Claim): Promise<void> {
  await driveRefund(ctx, claim);
}

async function driveRecovery(ctx: Context, claim: Claim): Promise<void> {
  try {
    await retryRecovery(ctx, claim);
  } catch (error) {
    if (!(error instanceof AppError && error.retryable)) throw error;
    await postponeRecovery(ctx, claim);
  }
}

async function driveRecoveryStep(ctx: Context, claim: Claim): Promise<void> {
  try {
    await takeRecoveryStep(ctx, claim);
  } catch (error) {
    if (!(error instanceof AppError && error.retryable)) throw error;
    await postponeStep(ctx, claim);
  }
}

async function sweepTonight(ctx: Context, stop: AbortSignal): Promise<number> {
  await planSweeps(ctx);
  // After a night without a worker all are due at once: one after the other, in the order of their hours.
  return drain(ctx, stop, 'sweeps', sweep, { atOnce: 1 });
}
