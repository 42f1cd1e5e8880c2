import { setTimeout as delay } from 'node:timers/promises';
import { eq, isNotNull, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDue } from '@/db/claims';
import { invoices, recoveryCases } from '@/db/schema/billing';
import { webhookInbox } from '@/db/schema/messages';
import { DEFAULT_POLICY } from '@/lib/core/recovery-policy';
import { tryAgain } from '@/lib/services/charge-now';
import { chooseOnFailure } from '@/lib/services/choose-on-failure';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { planAttempt } from '@/lib/services/plan-attempt';
import { replayWebhook } from '@/lib/services/process-webhook';
import { takeRecoveryStep } from '@/lib/services/take-recovery-step';
import { atTruemed } from './at-truemed';
import { closeChecked } from './close-checked';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeEach(async () => {
  world = await aWorld();
});
afterEach(() => closeChecked(world));
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, templatesOf, chargesOf } = recordsOf(() => world);

/** A yearly order whose charge of today was answered 422, with or without the name of its session. */
async function aHeld(namesSession: boolean): Promise<Subscriber> {
  await world.truemed.setSwitches({ includeIdIn422: namesSession });
  const maya = await world.aCharged({ unit: 'year' });
  await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
  await world.settle();
  await world.truemed.setSwitches({ includeIdIn422: true });
  expect(await attemptsOf(maya)).toMatchObject([{ status: 'action_required' }]);
  return maya;
}

/** Truemed does not list the sessions the next time, so that the unnamed one of a 422 is not found. */
const doNotList = () =>
  world.truemed.addFault({
    match: { operation: 'listPaymentSessions' },
    times: 1,
    fault: { status: 403, body: { error: 'Forbidden', message: 'This key may not list sessions.' } },
  });

/** The sessions of a customer at Truemed, oldest first. */
async function sessionsOf(who: Subscriber): Promise<string[]> {
  const { sessions } = await world.truemed.state(who.email);
  return [...sessions].sort((a, b) => a.created_at.localeCompare(b.created_at)).map(({ id }) => id);
}

/** A second charge of such an order is in progress, beside the unnamed session of the first. */
async function aSecondTry(): Promise<Subscriber> {
  const maya = await aHeld(false);
  await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
  await world.truemed.setSwitches({ captureAs: 'processing' });
  await world.advance({ minutes: 1 });
  await doNotList();
  await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
  await world.settle();
  expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'accepted']);
  return maya;
}

/** The customer repairs the token by the link of the mail. */
async function repair(who: Subscriber): Promise<void> {
  const ctx = await world.as({ kind: 'system', name: 'mailed_link' });
  const link = await followRepairLink(ctx, { caseId: (await caseOf(who)).id });
  if (link.kind !== 'truemed') throw new Error(link.kind);
  await atTruemed(link.redirectUrl).completes();
}

/** Truemed goes on with a session by itself, and the webhook that tells of it is lost. */
async function goesOnUnheard(session: string): Promise<void> {
  await world.truemed.addDeliveryFault({ fault: 'drop', times: 1 });
  await world.truemed.decideSession({ session_id: session, status: 'processing' });
  await world.truemed.settle();
  await world.truemed.clearDeliveryFaults();
}

/** The order waits for this session, and is paid by it alone. */
async function expectOneCharge(who: Subscriber, session: string): Promise<void> {
  expect(await attemptsOf(who)).toMatchObject([{ status: 'accepted', paymentSessionId: session }]);
  await world.truemed.decideSession({ session_id: session, status: 'captured' });
  await world.settle();
  expect(await invoicesOf(who)).toMatchObject([{ status: 'paid' }]);
  expect(await chargesOf(who)).toHaveLength(1);
}

describe('an order that was captured late', () => {
  it('by its first charge is not put on hold when the second is rejected', async () => {
    const maya = await aSecondTry();
    const [first = '', second = ''] = await sessionsOf(maya);
    await world.truemed.decideSession({ session_id: first, status: 'captured' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    await world.truemed.decideSession({ session_id: second, status: 'rejected' });
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['captured', 'rejected']);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await caseOf(maya)).toMatchObject({ status: 'recovered' });
    expect(await templatesOf(maya)).toEqual(['action_needed_payment_method', 'payment_received']);
  });

  it('is paid by whichever of its two charges is captured, told of the first one’s processing while the second is under way', async () => {
    const maya = await aSecondTry();
    const [first = '', second = ''] = await sessionsOf(maya);
    await world.truemed.decideSession({ session_id: first, status: 'processing' });
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'accepted']);
    const failed = await world.runtime.db.select().from(webhookInbox).where(isNotNull(webhookInbox.lastError));
    expect(failed).toEqual([]);
    await world.truemed.decideSession({ session_id: first, status: 'captured' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    await world.truemed.decideSession({ session_id: second, status: 'rejected' });
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['captured', 'rejected']);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
  });

  it('or was left out, and whose charge is rejected late, changes nothing more', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await chooseOnFailure(await world.as(maya.principal), { subscriptionId: maya.subscriptionId, choice: 'skip' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    const [session = ''] = await sessionsOf(maya);
    for (const status of ['processing', 'rejected'] as const) {
      await world.truemed.decideSession({ session_id: session, status });
      await world.settle();
    }
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'rejected', dueAt: null }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'void' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await templatesOf(maya)).toEqual(['payment_not_taken']);
  });

  it('and was left out long ago does not take the next one off hold', async () => {
    const maya = await world.aCharged({ unit: 'week' });
    const { subscriptionId } = maya;
    await chooseOnFailure(await world.as(maya.principal), { subscriptionId, choice: 'skip' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    await chooseOnFailure(await world.as(maya.principal), { subscriptionId, choice: 'wait' });
    await world.advance({ days: 7 });
    await world.settle();
    expect((await invoicesOf(maya)).map(({ status }) => status)).toEqual(['void', 'open']);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    const [first = ''] = await sessionsOf(maya);
    await world.truemed.decideSession({ session_id: first, status: 'captured' });
    await world.settle();
    expect((await invoicesOf(maya)).map(({ status }) => status)).toEqual(['paid', 'open']);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
  });
});

describe('a repair', () => {
  it('that names the session of a 422 has it read first: what Truemed charges itself is not charged again', async () => {
    const maya = await aHeld(false);
    const [session = ''] = await sessionsOf(maya);
    await goesOnUnheard(session);
    await repair(maya);
    await world.settle();
    await expectOneCharge(maya, session);
  });

  it('that is not told of has the session looked for that a 422 did not name', async () => {
    const maya = await aHeld(false);
    const [session = ''] = await sessionsOf(maya);
    await goesOnUnheard(session);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    await expectOneCharge(maya, session);
  });

  it('is charged under a new key once the session that a 422 did not name is canceled', async () => {
    const maya = await aHeld(false);
    const [session = ''] = await sessionsOf(maya);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    await world.settle();
    const { sessions } = await world.truemed.state(maya.email);
    expect(sessions.find(({ id }) => id === session)).toMatchObject({ status: 'canceled' });
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('that comes while a charge is without an answer is not forgotten when that answer is a 422', async () => {
    const maya = await aHeld(true);
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'reset_after' });
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'unknown']);
    await repair(maya);
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'unknown']);
    // The same bytes again bring the stored answer, which is about the card of before.
    await world.advance({ minutes: 1 });
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status, cause }) => `${status} ${cause}`)).toEqual([
      'action_required schedule',
      'action_required customer',
      'captured token_updated',
    ]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});

describe('the session of a 422 that had no name', () => {
  it('and that took nothing does not decide a later charge without an answer', async () => {
    const maya = await aHeld(false);
    const [first = ''] = await sessionsOf(maya);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 1 });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'reset_after' });
    await doNotList();
    await tryAgain(await world.as(maya.principal), { caseId: (await caseOf(maya)).id });
    await world.truemed.settle();
    await world.truemed.clearDeliveryFaults();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'unknown']);
    await world.truemed.decideSession({ session_id: first, status: 'rejected' });
    await world.settle();
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'unknown']);
    for (let rounds = 0; rounds < 4; rounds += 1) {
      await world.advance({ hours: 24 });
      await world.settle();
    }
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'captured']);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});

describe('an order that was paid late', () => {
  it('keeps its five days to the next, also when Truemed tells of the repair twice', async () => {
    const maya = await world.aCharged({ unit: 'week' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_card' });
    await world.settle();
    await world.advance({ days: 9 });
    await world.settle();
    await repair(maya);
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
    const { nextChargeAt } = await subscriptionOf(maya);
    const [told] = await world.runtime.db
      .select()
      .from(webhookInbox)
      .where(eq(webhookInbox.eventType, 'payment_token.updated'));
    if (told === undefined) throw new Error('Nobody told of the repair.');
    await replayWebhook(await world.as(world.aStaffMember()), { webhookId: told.id });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
    expect((await subscriptionOf(maya)).nextChargeAt).toEqual(nextChargeAt);
    await world.advance({ days: 6 });
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(2);
  });
});

/** Until a transaction waits for another. */
async function somebodyWaits(): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    const waiting = await world.runtime.db.execute(
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
    await delay(20);
  }
  throw new Error('Nobody waits.');
}

describe('a pause by the policy', () => {
  it('lets a charge go first that somebody asks for at the same moment', async () => {
    const maya = await aHeld(true);
    await world.advance({ hours: 25 });
    const ctx = await world.system();
    const { id } = await caseOf(maya);
    const [invoice] = await invoicesOf(maya);
    if (invoice === undefined) throw new Error('There is no invoice.');
    // All but the pause is behind it.
    const began = new Date(ctx.now.getTime() - 22 * 24 * 60 * 60_000);
    const step = DEFAULT_POLICY.tracks.payment.findIndex(({ kind }) => kind === 'pause');
    await ctx.db
      .update(recoveryCases)
      .set({ tokenSeen: 'read', openedAt: began, clockStartedAt: began, step, stepAt: began })
      .where(eq(recoveryCases.id, id));
    const { claims } = await claimDue(ctx.db, 'recoverySteps', ctx.now, { limit: 1, leaseSeconds: 60, after: null });
    const [claim] = claims;
    if (claim === undefined) throw new Error('No step is due.');
    // Somebody's charge is planned, and not committed yet, while the worker decides to pause.
    const { taken } = await ctx.db.transaction(async (tx) => {
      await tx.select().from(invoices).where(eq(invoices.id, invoice.id)).for('update');
      await planAttempt(tx, ctx, invoice, 'customer');
      const under = takeRecoveryStep(ctx, claim);
      await somebodyWaits();
      return { taken: under };
    });
    await taken;
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    expect(await caseOf(maya)).toMatchObject({ status: 'open' });
    expect((await attemptsOf(maya)).map(({ status }) => status)).toEqual(['action_required', 'planned']);
  });
});
