import { and, eq, inArray, sql } from 'drizzle-orm';
import { isAmong } from '@/db/among';
import type { Claim } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { isKeyStillGood, KEY_VIOLATED } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import type { SubscriptionStatus } from '@/lib/core/subscription';
import { type AttemptRow, changeAttemptStatus } from './attempt-status';
import { planAttempt } from './plan-attempt';
import { openRecovery } from './recovery';

/** Statuses in which what is planned for a subscription is charged. */
const CHARGED: SubscriptionStatus[] = ['trialing', 'active', 'past_due'];

/** An attempt that is marked as sent: its bytes go out next. */
export interface Outgoing {
  /** As it stood before it was marked. */
  before: AttemptRow;
  claim: Claim;
  body: Uint8Array;
}

/** What leased attempts that are due lead to. */
export interface OpenedBatch {
  outgoing: Outgoing[];
  /** Accepted before, or sent so long ago that the key may be forgotten, or under a key that Truemed knows for another body: to be read at Truemed, not to be sent. */
  toLookUp: AttemptRow[];
}

/**
 * Commits that calls are about to go out, for a whole batch in one transaction: attempts whose lease is still ours, planned
 * ones only where the charge is still wanted, and those whose outcome is unknown only while the provider can be trusted
 * to know their key. Bodies are opened here, so that one that does not open is never marked.
 */
export async function markSent(ctx: Context, claims: readonly Claim[]): Promise<OpenedBatch> {
  const claimOf = new Map(claims.map((claim) => [claim.id, claim]));
  return inTransaction(ctx.db, async (tx) => {
    const leased = await lockLeased(tx, claims);
    const toLookUp = leased.filter(
      ({ status, sentAt, errorCode }) =>
        status === 'accepted' ||
        (status === 'unknown' && errorCode === KEY_VIOLATED) ||
        ((status === 'unknown' || status === 'sent') && !isKeyStillGood(sentAt, ctx.now)),
    );
    const planned = leased.filter(({ status }) => status === 'planned');
    const wanted = await stillWanted(tx, planned);
    for (const attempt of planned) if (!wanted.has(attempt.id)) await giveUp(tx, ctx, attempt);
    const outgoing = leased
      .filter((attempt) => !toLookUp.includes(attempt))
      .filter(({ id, status }) => wanted.has(id) || status === 'sent' || status === 'unknown')
      .flatMap((before) => {
        const claim = claimOf.get(before.id);
        const body = openBody(ctx, before);
        return claim === undefined || body === null ? [] : [{ before, claim, body }];
      });
    await writeSent(
      tx,
      ctx,
      outgoing.map(({ before }) => before.id),
    );
    return { outgoing, toLookUp };
  });
}

/** Takes back the mark of attempts that were never called: they are as they were, and free for any worker. */
export async function unmarkSent(ctx: Pick<Context, 'db'>, uncalled: readonly Outgoing[]): Promise<void> {
  if (uncalled.length === 0) return;
  const rows = uncalled.map(({ before: { id, status, tries, sentAt }, claim: { epoch } }) => ({
    id,
    status,
    tries,
    sentAt,
    epoch,
  }));
  await ctx.db.execute(sql`
    update ${chargeAttempts} set status = before.status, tries = before.tries, sent_at = before."sentAt", lease_until = null
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as before (id text, status text, tries int, "sentAt" timestamptz, epoch int)
    where ${chargeAttempts.id} = before.id and ${chargeAttempts.status} = 'sent' and ${chargeAttempts.leaseEpoch} = before.epoch`);
}

/** Locks those of the claimed attempts whose lease is still the claim's own. */
async function lockLeased(tx: Queryable, claims: readonly Claim[]): Promise<AttemptRow[]> {
  const epochs = new Map(claims.map(({ id, epoch }) => [id, epoch]));
  const rows = await tx
    .select()
    .from(chargeAttempts)
    .where(isAmong(chargeAttempts.id, epochs.keys()))
    .orderBy(chargeAttempts.dueAt, chargeAttempts.id)
    .for('update');
  return rows.filter(({ id, leaseEpoch }) => epochs.get(id) === leaseEpoch);
}

// Nothing is known to have left for a planned attempt, so this is the last moment at which it can be taken back.
async function stillWanted(tx: Queryable, planned: readonly AttemptRow[]): Promise<ReadonlySet<string>> {
  if (planned.length === 0) return new Set();
  const rows = await tx
    .select({ id: chargeAttempts.id })
    .from(chargeAttempts)
    .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
    .innerJoin(subscriptions, eq(subscriptions.id, invoices.subscriptionId))
    .innerJoin(paymentTokens, eq(paymentTokens.id, chargeAttempts.paymentTokenId))
    .where(
      and(
        isAmong(
          chargeAttempts.id,
          planned.map(({ id }) => id),
        ),
        eq(invoices.status, 'open'),
        eq(subscriptions.billingMethod, 'hsa_fsa'),
        inArray(subscriptions.status, CHARGED),
        eq(paymentTokens.status, 'live'),
      ),
    )
    .for('no key update', { of: subscriptions });
  return new Set(rows.map(({ id }) => id));
}

function openBody(ctx: Context, attempt: AttemptRow): Uint8Array | null {
  try {
    return ctx.vault.open(attempt.requestBody, `charge_attempts.request_body:${attempt.id}`);
  } catch (error) {
    // Its neighbours go out; the lease stays, and it is looked at again when that has run out.
    ctx.log.error({ event: 'charge.body_does_not_open', attemptId: attempt.id, error });
    return null;
  }
}

async function writeSent(tx: Queryable, ctx: Context, ids: readonly Id<'chargeAttempt'>[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(chargeAttempts)
    .set({
      status: 'sent',
      tries: sql`${chargeAttempts.tries} + 1`,
      sentAt: sql`coalesce(${chargeAttempts.sentAt}, ${ctx.now.toISOString()}::timestamptz)`,
    })
    .where(isAmong(chargeAttempts.id, ids));
}

async function giveUp(tx: Queryable, ctx: Context, attempt: AttemptRow): Promise<void> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, attempt.invoiceId)).for('update');
  const [subscription] = await tx.select().from(subscriptions).where(eq(subscriptions.id, attempt.subscriptionId));
  if (invoice === undefined || subscription === undefined) throw new Error(`Attempt ${attempt.id} stands alone.`);
  await changeAttemptStatus(
    tx,
    ctx,
    attempt,
    'abandoned',
    { errorCode: 'not_wanted' },
    invoice.customerId,
    subscription.id,
  );
  if (invoice.status !== 'open') return;
  if (subscription.billingMethod === 'hsa_fsa' && CHARGED.includes(subscription.status)) {
    // What has changed is its card. Where another one has taken its place, that is charged: nothing had left for the former.
    const cause = attempt.cause === 'recheck' ? 'token_updated' : attempt.cause;
    if ((await planAttempt(tx, ctx, invoice, cause)) !== null) return;
  }
  await openRecovery(tx, ctx, { invoice, attemptId: attempt.id, reason: 'token_gone', redirectUrl: null });
}
