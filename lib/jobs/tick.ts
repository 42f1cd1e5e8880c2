import { eq } from 'drizzle-orm';
import { type Claim, type Cursor, claimDue, type Queue } from '@/db/claims';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { confirmProvisionRequest } from '@/lib/services/confirm-provision-request';
import { deleteTokenAtTruemed } from '@/lib/services/delete-payment-token';
import { deliverEvent } from '@/lib/services/deliver-event';
import { endPauseOrPeriod } from '@/lib/services/end-pause-or-period';
import { numberInvoices } from '@/lib/services/number-invoices';
import { processWebhook } from '@/lib/services/process-webhook';
import { recordHolds } from '@/lib/services/record-holds';
import { refundDuplicates } from '@/lib/services/refund-duplicates';
import { renewDue } from '@/lib/services/renew-due';
import { postponeRecovery, retryRecovery } from '@/lib/services/retry-recovery';
import { sealAudit } from '@/lib/services/seal-audit';
import { driveAttempt } from '@/lib/services/send-attempt';
import { sendMail } from '@/lib/services/send-mail';
import { CALL_LEASE_SECONDS, sendProvisionRequest } from '@/lib/services/send-provision-request';
import { driveRefund } from '@/lib/services/send-refund';
import { planSweeps, sweep } from '@/lib/services/sweep';
import { postponeStep, takeRecoveryStep } from '@/lib/services/take-recovery-step';

/** How much one tick did, by queue. All zero: nothing was due. */
export type TickCounts = Record<Queue | 'renewals' | 'holds' | 'seals' | 'numbers' | 'duplicates', number>;

const BATCH = 100;

/**
 * Drains, in bounded batches, everything that is due at `ctx.now`. Any number of workers may run it against one database:
 * each row is leased by one of them. One row's failure is logged and does not stop its neighbours.
 */
export async function tick(ctx: Context): Promise<TickCounts> {
  return {
    webhooks: await drain(ctx, 'webhooks', processWebhook),
    provisionRequests: await drain(ctx, 'provisionRequests', driveProvisionRequest),
    scheduleChanges: await drain(ctx, 'scheduleChanges', endPauseOrPeriod),
    recoveries: await drain(ctx, 'recoveries', driveRecovery),
    recoverySteps: await drain(ctx, 'recoverySteps', driveRecoveryStep),
    tokenDeletions: await drain(ctx, 'tokenDeletions', deleteTokenAtTruemed),
    renewals: await batches(ctx, renewDue),
    holds: await batches(ctx, recordHolds),
    attempts: await drain(ctx, 'attempts', driveAttempt),
    duplicates: await refundDuplicates(ctx, BATCH),
    refunds: await drain(ctx, 'refunds', sendRefund),
    sweeps: await sweepTonight(ctx),
    mails: await drain(ctx, 'mails', sendMail),
    deliveries: await drain(ctx, 'deliveries', deliverEvent),
    numbers: await numberInvoices(ctx, 10 * BATCH),
    seals: await sealAudit(ctx, 10 * BATCH),
  };
}

async function batches(ctx: Context, act: (ctx: Context, limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await act(ctx, BATCH);
    total += done;
    if (done < BATCH) return total;
  }
}

/** One sweep over a queue. A batch is small enough that the common call limit lets all of it out within its lease. */
async function drain(ctx: Context, queue: Queue, act: (ctx: Context, claim: Claim) => Promise<void>): Promise<number> {
  const limit = Math.max(1, Math.min(BATCH, Math.floor((ctx.env.truemed.maxRps * CALL_LEASE_SECONDS) / 6)));
  let cursor: Cursor | null = null;
  let total = 0;
  for (;;) {
    const batch: { claims: Claim[]; cursor: Cursor | null } = await claimDue(ctx.db, queue, ctx.now, {
      limit,
      leaseSeconds: CALL_LEASE_SECONDS,
      after: cursor,
    });
    await actOnAll(ctx, queue, batch.claims, act);
    total += batch.claims.length;
    if (batch.claims.length < limit) return total;
    cursor = batch.cursor;
  }
}

async function actOnAll(
  ctx: Context,
  queue: Queue,
  claims: Claim[],
  act: (ctx: Context, claim: Claim) => Promise<void>,
): Promise<void> {
  const waiting = [...claims];
  const lane = async () => {
    for (let claim = waiting.shift(); claim !== undefined; claim = waiting.shift()) {
      try {
        await act(ctx, claim);
      } catch (error) {
        // The lease stays: the row is tried again when it has run out.
        ctx.log.error({ event: 'tick.row_failed', queue, reason: claim.id, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(ctx.env.truemed.maxConcurrency, claims.length) }, lane));
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

async function sweepTonight(ctx: Context): Promise<number> {
  await planSweeps(ctx);
  return drain(ctx, 'sweeps', sweep);
}
