import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { recoveryCases } from '@/db/schema/billing';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { RecoveryReason } from '@/lib/core/charge';
import { type CaseFacts, type NextStep, nextStep, stepsBehind } from '@/lib/core/dunning';
import type { Id } from '@/lib/core/id';
import { collectRule, DEFAULT_POLICY, isSpent, type RecoveryPolicy, trackOf } from '@/lib/core/recovery-policy';
import { outageMillisBetween } from './outage-time';
import { lastRecoveryMailAt } from './recovery-mail';
import { currentPolicy, policyOf } from './recovery-policies';

type CaseRow = typeof recoveryCases.$inferSelect;
type Clock = Pick<
  CaseRow,
  | 'policyVersion'
  | 'step'
  | 'lastStepAt'
  | 'stepAt'
  | 'clockStartedAt'
  | 'clockStoppedAt'
  | 'clockStoodMs'
  | 'tokenSeen'
>;

const CARD_WINDOW_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * The clock of a case whose charge has just failed for `reason`. It begins with the first reason that the customer can do
 * something about, stands still while the case waits for us or for Truemed (classes W and B), and goes on where it stood;
 * a case that comes to the other track goes on there on the same day.
 */
export async function clockAfterFailure(
  tx: Queryable,
  ctx: Context,
  open: CaseRow | null,
  failure: { id: Id<'recoveryCase'>; reason: RecoveryReason; timeZone: string },
): Promise<Clock> {
  const { version, policy } =
    open === null
      ? await currentPolicy(tx, ctx)
      : { version: open.policyVersion, policy: await policyOf(tx, ctx, open.policyVersion) };
  const before = {
    policyVersion: version,
    step: open?.step ?? 0,
    lastStepAt: open?.lastStepAt ?? null,
    clockStartedAt: open?.clockStartedAt ?? null,
    clockStoodMs: open?.clockStoodMs ?? 0,
    tokenSeen: null,
  };
  const track = trackOf(failure.reason);
  if (track === null) {
    const stoppedAt = before.clockStartedAt === null ? null : (open?.clockStoppedAt ?? ctx.now);
    return { ...before, clockStoppedAt: stoppedAt, stepAt: null };
  }
  const startedAt = before.clockStartedAt ?? ctx.now;
  const stoppedAt = open?.clockStoppedAt ?? null;
  const clockStoodMs = before.clockStoodMs + (stoppedAt === null ? 0 : await waitedBetween(tx, stoppedAt, ctx.now));
  const stood = clockStoodMs + (await outageMillisBetween(tx, startedAt, ctx.now));
  const facts = { ...failure, startedAt };
  const isSameTrack = open !== null && trackOf(open.reason) === track;
  const step = isSameTrack ? before.step : stepsBehind(policy, facts, ctx.now, stood);
  return {
    ...before,
    step,
    clockStartedAt: startedAt,
    clockStoppedAt: null,
    clockStoodMs,
    // The first step reads the token as it was at the failure, or asks when the next one is due.
    stepAt: ctx.now,
  };
}

/** How long a clock stood still that was stopped, in milliseconds, without the outages of that time: those count for every clock. */
async function waitedBetween(tx: Queryable, stoppedAt: Date, now: Date): Promise<number> {
  return now.getTime() - stoppedAt.getTime() - (await outageMillisBetween(tx, stoppedAt, now));
}

/** A case with all that its next step depends on. */
export interface CaseView {
  facts: CaseFacts;
  policy: RecoveryPolicy;
  /** For how long the clock stood still since it began. */
  stoodMs: number;
}

/** Reads what the next step of a case depends on. Null where its clock does not run. */
export async function readCase(tx: Queryable, ctx: Context, row: CaseRow): Promise<CaseView | null> {
  if (row.clockStoppedAt !== null || trackOf(row.reason) === null) return null;
  const startedAt = row.clockStartedAt ?? row.openedAt;
  const [subscription] = await tx
    .select({ timeZone: subscriptions.timeZone })
    .from(subscriptions)
    .where(eq(subscriptions.id, row.subscriptionId));
  if (subscription === undefined) throw new Error(`No subscription ${row.subscriptionId}.`);
  return {
    policy: await policyOf(tx, ctx, row.policyVersion),
    stoodMs: row.clockStoodMs + (await outageMillisBetween(tx, startedAt, ctx.now)),
    facts: {
      id: row.id,
      reason: row.reason,
      startedAt,
      timeZone: subscription.timeZone,
      step: row.step,
      lastStepAt: row.lastStepAt,
      lastMailAt: await lastRecoveryMailAt(tx, row.customerId),
      ...(await attemptFacts(tx, row.invoiceId)),
      refusedOnCard: await countRefusedOnCard(tx, row.customerId, ctx.now),
    },
  };
}

/** The next step of a case, and when. */
export function stepOf({ policy, facts, stoodMs }: CaseView, now: Date): NextStep | null {
  return nextStep(policy, facts, now, stoodMs);
}

/**
 * Reads a locked case again before a step of it is done. Null where that step is not the one to do now any more, because a
 * charge was asked for, or has failed, since it was chosen: then the case is looked at anew.
 */
export async function readAgain(tx: Queryable, ctx: Context, row: CaseRow, chosen: NextStep): Promise<CaseView | null> {
  const view = await readCase(tx, ctx, row);
  const step = view === null ? null : stepOf(view, ctx.now);
  const isStill = step !== null && step.at <= ctx.now && step.index === chosen.index && step.do.kind === chosen.do.kind;
  return isStill ? view : null;
}

/** Whether the first thing to do is to read the token as it was when the charge failed. */
export function mustReadToken(row: CaseRow): boolean {
  return row.status === 'open' && row.tokenSeen === null && collectRule(row.reason) === 'charge_if_changed';
}

/**
 * How often the card that a customer pays with was refused in the last 30 days, over all orders: since it became another
 * one, where it did.
 */
export async function countRefusedOnCard(tx: Queryable, customerId: Id<'customer'>, now: Date): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`select ${refusedOnCard(sql`${customerId}`, now)} as count`);
  return row?.count ?? 0;
}

/** `countRefusedOnCard` as a part of a query. */
function refusedOnCard(customerId: SQLWrapper, now: Date): SQL<number> {
  const since = new Date(now.getTime() - CARD_WINDOW_MS).toISOString();
  return sql`(select count(*)::int from charge_attempts
    join subscriptions on subscriptions.id = charge_attempts.subscription_id
    join payment_tokens on payment_tokens.id = charge_attempts.payment_token_id and payment_tokens.status = 'live'
    where subscriptions.customer_id = ${customerId} and charge_attempts.status in ('action_required', 'rejected')
      and charge_attempts.created_at > greatest(${since}::timestamptz, payment_tokens.cards_changed_at))`;
}

/** Whether a case waits for a card that was refused so often in 30 days that only staff may try it again (product.md section 5.2). */
export async function isCardSpent(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  row: Pick<CaseRow, 'customerId' | 'policyVersion'>,
): Promise<boolean> {
  const policy = await policyOf(tx, ctx, row.policyVersion);
  return isSpent(policy, { refusedOnCard: await countRefusedOnCard(tx, row.customerId, ctx.now) });
}

/** `isCardSpent` as a part of a query that joins recovery cases: false where there is none. */
export function cardIsSpent(now: Date): SQL<boolean> {
  const { id, customerId, policyVersion } = recoveryCases;
  const most = sql`coalesce((select (policy ->> 'refusedPerCardIn30Days')::int from recovery_policies
    where version = ${policyVersion}), ${DEFAULT_POLICY.refusedPerCardIn30Days})`;
  return sql`(${id} is not null and ${refusedOnCard(customerId, now)} >= ${most})`;
}

async function attemptFacts(
  tx: Queryable,
  invoiceId: Id<'invoice'>,
): Promise<Pick<CaseFacts, 'lastScheduledAt' | 'countedAttempts' | 'hasOpenAttempt'>> {
  const [row] = await tx.execute<{ counted: number; scheduled_at: string | null; is_open: boolean | null }>(sql`
    select
      count(*) filter (where status in ('action_required', 'rejected', 'abandoned')
        or (status = 'failed' and error_code is distinct from 'SessionPending'))::int as counted,
      (max(created_at) filter (where cause in ('schedule', 'recheck')))::text as scheduled_at,
      bool_or(status in ('planned', 'sent', 'unknown', 'accepted')) as is_open
    from charge_attempts where invoice_id = ${invoiceId}`);
  return {
    countedAttempts: row?.counted ?? 0,
    lastScheduledAt: row?.scheduled_at ? new Date(row.scheduled_at) : null,
    hasOpenAttempt: row?.is_open ?? false,
  };
}

/** Writes when the next step is due, or that none is, and ends the lease. The row must be locked, or the lease held. */
export async function setStepAt(tx: Queryable, row: CaseRow, at: Date | null): Promise<void> {
  await tx.update(recoveryCases).set({ stepAt: at, leaseUntil: null }).where(eq(recoveryCases.id, row.id));
}
