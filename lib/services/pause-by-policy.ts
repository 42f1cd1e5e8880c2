import { and, eq } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import type { Queryable } from '@/db/client';
import { invoices, recoveryCases } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { localDateAt } from '@/lib/core/calendar';
import type { NextStep } from '@/lib/core/dunning';
import type { Id } from '@/lib/core/id';
import { decideCancelNow, decidePause } from '@/lib/core/schedule-change';
import { audit } from './audit';
import { carryOut, standingOf } from './change-schedule';
import { cancelMailOf } from './close-recovery';
import { readAgain, setStepAt, stepOf } from './recovery-clock';
import { writeStepMail } from './recovery-mail';
import { lockWithCollecting, stopCollecting } from './stop-collecting';

/**
 * The end of a track (product.md section 5.4): the order is given up and the subscription paused, its token kept; from now on
 * the case only asks the customer back. One that is to end with its period ends now. Whether it still is to be done, or a
 * charge that somebody has asked for meanwhile comes first, is read under the locks, taken in the order of charging.
 */
export async function pauseByPolicy(tx: Queryable, ctx: Context, claim: Claim, done: NextStep): Promise<void> {
  const caseId = claim.id as Id<'recoveryCase'>;
  const [found] = await tx
    .select({ subscriptionId: recoveryCases.subscriptionId })
    .from(recoveryCases)
    .where(eq(recoveryCases.id, caseId));
  const subscription = found === undefined ? null : await lockWithCollecting(tx, found.subscriptionId);
  const isIt = and(
    eq(recoveryCases.id, caseId),
    eq(recoveryCases.leaseEpoch, claim.epoch),
    eq(recoveryCases.status, 'open'),
  );
  const [row] = await tx.select().from(recoveryCases).where(isIt).for('update');
  if (row === undefined || subscription === null) return;
  const view = await readAgain(tx, ctx, row, done);
  if (view === null) return setStepAt(tx, row, ctx.now);
  const standing = await standingOf(tx, ctx, subscription);
  const pause = decidePause(standing, null, ctx.now);
  if (!pause.ok) {
    const end = decideCancelNow(standing);
    return end.ok
      ? carryOut(tx, ctx, subscription, end.change, 'subscription.canceled')
      : stopCollecting(tx, ctx, subscription);
  }
  const facts = { ...view.facts, step: done.index + 1, lastStepAt: ctx.now, lastMailAt: ctx.now };
  // No longer open, so that giving the order up does not end it.
  await tx
    .update(recoveryCases)
    .set({
      status: 'paused',
      redirectUrl: null,
      retryAt: null,
      retryCause: null,
      leaseUntil: null,
      step: done.index + 1,
      lastStepAt: ctx.now,
      stepAt: stepOf({ ...view, facts: { ...facts, hasOpenAttempt: false } }, ctx.now)?.at ?? null,
    })
    .where(eq(recoveryCases.id, caseId));
  await cancelMailOf(tx, row);
  await carryOut(tx, ctx, subscription, pause.change, 'subscription.paused');
  await audit(tx, ctx, {
    action: 'recovery_case.paused',
    subject: caseId,
    customerId: row.customerId,
    cause: row.invoiceId,
    change: { reason: row.reason },
  });
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, row.invoiceId));
  if (invoice === undefined) throw new Error(`No invoice ${row.invoiceId}.`);
  const { timeZone } = view.facts;
  await writeStepMail(tx, ctx, row, invoice, done.do, {
    pauseOn: localDateAt(ctx.now, timeZone),
    timeZone,
    isCardSpent: false,
  });
}
