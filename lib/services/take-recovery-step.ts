import { and, eq, sql } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { localDateAt } from '@/lib/core/calendar';
import { type NextStep, planTrack } from '@/lib/core/dunning';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { tokenFingerprint } from '@/lib/core/payment-card';
import { requireSystem } from '@/lib/core/principal';
import { collectRule, isSpent } from '@/lib/core/recovery-policy';
import type { TokenDetails } from '@/lib/truemed/token-details';
import { callTruemed } from './call-truemed';
import { closeCase } from './close-recovery';
import { loseToken } from './lose-token';
import { pauseByPolicy } from './pause-by-policy';
import type { CaseRow } from './recovery';
import { type CaseView, mustReadToken, readAgain, readCase, setStepAt, stepOf } from './recovery-clock';
import { writeStepMail } from './recovery-mail';
import { refreshToken } from './refresh-token';

const ASK_AGAIN_MS = 5 * 60_000;

/**
 * Does the next step of a leased recovery case, if it is due by now: an outage, a mail to the same customer, a charge under way
 * may have moved it. Each step is written in one transaction with what it causes and with when the next is due, so a
 * worker that dies repeats the whole step, and its mail has the same key.
 */
export async function takeRecoveryStep(ctx: Context, claim: Claim): Promise<void> {
  requireSystem(ctx.principal);
  const row = await heldCase(ctx.db, claim);
  if (row === undefined) return;
  if (mustReadToken(row)) return rememberToken(ctx, claim, row);
  const view = await readCase(ctx.db, ctx, row);
  const next = view === null ? null : stepOf(view, ctx.now);
  if (view === null || next === null || next.at > ctx.now)
    return inTransaction(ctx.db, async (tx) => {
      const held = await lockCase(tx, claim);
      if (held !== undefined) await setStepAt(tx, held, next?.at ?? null);
    });
  const isRead = next.do.kind === 'collect' && collectRule(row.reason) === 'charge_if_changed';
  const read = isRead ? await readToken(ctx, row) : null;
  if (next.do.kind === 'pause') return inTransaction(ctx.db, (tx) => pauseByPolicy(tx, ctx, claim, next));
  await inTransaction(ctx.db, async (tx) => {
    await applyRead(tx, ctx, row, read);
    const held = await lockCase(tx, claim);
    if (held === undefined) return;
    if (read !== null && read.details === null) return lose(tx, ctx, held, read.token.id);
    const known = await readAgain(tx, ctx, held, next);
    if (known === null) return setStepAt(tx, held, ctx.now);
    const isMailed = await carryOut(tx, ctx, held, known, next);
    await finishStep(tx, ctx, held, known, next, isMailed);
  });
}

/** Returns whether the customer is written to. */
async function carryOut(tx: Queryable, ctx: Context, row: CaseRow, view: CaseView, next: NextStep): Promise<boolean> {
  switch (next.do.kind) {
    case 'collect':
      // After a 422 what was read has asked for the charge already, where it may be made.
      if (collectRule(row.reason) === 'charge')
        await tx
          .update(recoveryCases)
          .set({ retryAt: ctx.now, retryCause: 'recheck' })
          .where(eq(recoveryCases.id, row.id));
      return false;
    case 'remind':
    case 'last_reminder':
    case 'win_back': {
      const pauseAt = planTrack(view.policy, view.facts).find(({ do: step }) => step.kind === 'pause')?.at ?? ctx.now;
      const { timeZone } = view.facts;
      const pauseOn = localDateAt(new Date(Math.max(pauseAt.getTime() + view.stoodMs, ctx.now.getTime())), timeZone);
      await writeStepMail(tx, ctx, row, await invoiceOf(tx, row), next.do, {
        pauseOn,
        timeZone,
        isCardSpent: isSpent(view.policy, view.facts),
      });
      return true;
    }
    case 'staff_task':
      if (await isOfHighValue(tx, row))
        await tx.update(recoveryCases).set({ staffAskedAt: ctx.now }).where(eq(recoveryCases.id, row.id));
      return false;
    case 'close':
      await closeCase(tx, ctx, row, row.subscriptionId);
      return false;
    case 'pause':
      throw new Error('A pause locks more than its case.');
  }
}

/** Writes that a step is done, and when the next one is due. */
async function finishStep(
  tx: Queryable,
  ctx: Context,
  row: CaseRow,
  view: CaseView,
  done: NextStep,
  isMailed: boolean,
): Promise<void> {
  if (done.do.kind === 'close') return;
  const lastMailAt = isMailed ? ctx.now : view.facts.lastMailAt;
  const facts = { ...view.facts, step: done.index + 1, lastStepAt: ctx.now, lastMailAt };
  const next = stepOf({ ...view, facts }, ctx.now);
  await tx
    .update(recoveryCases)
    .set({ step: done.index + 1, lastStepAt: ctx.now, stepAt: next?.at ?? null, leaseUntil: null })
    .where(and(eq(recoveryCases.id, row.id), sql`${recoveryCases.status} in ('open', 'paused')`));
}

type TokenRead = {
  token: Pick<typeof paymentTokens.$inferSelect, 'id' | 'refreshedAt'>;
  details: TokenDetails | null;
};

/** Reads the customer's live token at Truemed: null details where Truemed does not know it. Null where there is none. */
async function readToken(ctx: Context, row: CaseRow): Promise<TokenRead | null> {
  const [token] = await ctx.db
    .select()
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, row.customerId), eq(paymentTokens.status, 'live')));
  if (token === undefined) return null;
  const secret = ctx.vault.open(token.token, `payment_tokens.token:${token.id}`).toString();
  const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentToken(secret));
  if (found.kind === 'unavailable')
    throw new AppError('provider_unavailable', 'The payment token could not be read.', { retryable: true });
  return { token, details: found.kind === 'found' ? found.value : null };
}

// What the token is like right after the failure is what later readings are compared with: the stored one may be old.
async function rememberToken(ctx: Context, claim: Claim, row: CaseRow): Promise<void> {
  const read = await readToken(ctx, row);
  await inTransaction(ctx.db, async (tx) => {
    await applyRead(tx, ctx, row, read);
    const held = await lockCase(tx, claim);
    if (held === undefined) return;
    if (read !== null && read.details === null) return lose(tx, ctx, held, read.token.id);
    await tx
      .update(recoveryCases)
      .set({ tokenSeen: read?.details ? tokenFingerprint(read.details) : 'none', stepAt: ctx.now, leaseUntil: null })
      .where(eq(recoveryCases.id, held.id));
  });
}

// Where another token has taken its place while Truemed was asked, the step is looked at again with that one.
async function lose(tx: Queryable, ctx: Context, held: CaseRow, tokenId: Id<'paymentToken'>): Promise<void> {
  const waits = await loseToken(tx, ctx, { id: tokenId, customerId: held.customerId }, held.id);
  if (!waits) await setStepAt(tx, held, ctx.now);
}

// Before the case is locked: whoever links a token locks that first, too.
async function applyRead(tx: Queryable, ctx: Context, row: CaseRow, read: TokenRead | null): Promise<void> {
  if (read?.details) await refreshToken(tx, ctx, read.token, read.details, row.id);
}

async function isOfHighValue(tx: Queryable, row: CaseRow): Promise<boolean> {
  const [rank] = await tx.execute<{ is_high: boolean }>(sql`
    select count(*) filter (where invoices.total_cents > (select total_cents from invoices where id = ${row.invoiceId}))
      < 0.1 * count(*) as is_high
    from recovery_cases join invoices on invoices.id = recovery_cases.invoice_id where recovery_cases.status = 'open'`);
  return rank?.is_high ?? false;
}

async function invoiceOf(tx: Queryable, row: CaseRow): Promise<typeof invoices.$inferSelect> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, row.invoiceId));
  if (invoice === undefined) throw new Error(`No invoice ${row.invoiceId}.`);
  return invoice;
}

function isHeld(claim: Claim) {
  return and(
    eq(recoveryCases.id, claim.id as Id<'recoveryCase'>),
    eq(recoveryCases.leaseEpoch, claim.epoch),
    sql`${recoveryCases.status} in ('open', 'paused')`,
  );
}

async function heldCase(db: Queryable, claim: Claim): Promise<CaseRow | undefined> {
  const [row] = await db.select().from(recoveryCases).where(isHeld(claim));
  return row;
}

/** Locks a case that this lease still holds. */
async function lockCase(tx: Queryable, claim: Claim): Promise<CaseRow | undefined> {
  const [row] = await tx.select().from(recoveryCases).where(isHeld(claim)).for('update');
  return row;
}

/** After a failure to reach Truemed the step is tried again in five minutes; nothing was done meanwhile. */
export async function postponeStep(ctx: Context, claim: Claim): Promise<void> {
  await ctx.db
    .update(recoveryCases)
    .set({ stepAt: new Date(ctx.now.getTime() + ASK_AGAIN_MS), leaseUntil: null })
    .where(isHeld(claim));
}
