import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chargeAttempts } from '@/db/schema/billing';
import { auditLog } from '@/db/schema/operations';
import { refunds } from '@/db/schema/refunds';
import { newId } from '@/lib/core/id';
import { type StaffRole, SUPPORT_REFUND_LIMIT_CENTS } from '@/lib/core/principal';
import { noteReturned, returnAgain } from '@/lib/services/return-payment';
import { staffSubscriptionPage } from '@/lib/views/admin-subscription';
import { readTasks } from '@/lib/views/admin-tasks';
import { recordsOf } from './records';
import { aSecondCapture } from './second-capture';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { subjectsOf } = recordsOf(() => world);

const as = (role: StaffRole) => world.as({ ...world.aStaffMember(), role } as ReturnType<TestWorld['aStaffMember']>);
const refundsOf = (who: Subscriber) =>
  world.runtime.db
    .select()
    .from(refunds)
    .where(eq(refunds.customerId, who.customerId))
    .orderBy(asc(refunds.createdAt), asc(refunds.id));
const returned = async (sessionId: string) =>
  (await world.truemed.ledger()).refunds.filter((refund) => refund.session_id === sessionId);
const waitingOn = async (who: Subscriber, role: StaffRole = 'owner') =>
  (await staffSubscriptionPage(await as(role), who)).unreturned;
const isTask = async (kind: 'refund_unsettled' | 'captured_twice') =>
  (await readTasks(await as('owner'))).some((task) => task.kind === kind);

/** A second payment that could not be returned by itself, since the customer's bank disputes it. */
async function aDisputed() {
  const maya = await world.aCharged();
  await world.settle();
  const { sessionId } = await aSecondCapture(world, maya);
  await world.truemed.disputeSession({ session_id: sessionId, state: 'opened' });
  await world.settle();
  const [refused] = await refundsOf(maya);
  if (refused === undefined) throw new Error('Nothing was to be returned.');
  expect(refused).toMatchObject({ isAutomatic: true, status: 'failed', errorCode: 'ChargeDisputed' });
  expect(await waitingOn(maya)).toMatchObject({ refundId: refused.id, amountCents: 4830, mayReturn: true });
  return { maya, sessionId, refundId: refused.id };
}

describe('a second payment that could not be returned by itself', () => {
  it('is returned by staff once the dispute is over, under another key, and is a task no more', async () => {
    const { maya, sessionId, refundId } = await aDisputed();
    await world.advance({ days: 10 });
    expect(await isTask('refund_unsettled')).toBe(true);
    expect(await returnAgain(await as('finance'), { refundId })).toEqual({ ok: false, reason: 'disputed' });
    expect(await waitingOn(maya)).toMatchObject({ refundId });
    await world.advance({ days: 1 });
    await world.truemed.disputeSession({ session_id: sessionId, state: 'won' });
    expect(await returnAgain(await as('finance'), { refundId })).toEqual({ ok: true, status: 'succeeded' });
    const all = await refundsOf(maya);
    expect(all.map(({ status, isAutomatic }) => [status, isAutomatic])).toEqual([
      ['failed', true],
      ['failed', false],
      ['succeeded', false],
    ]);
    expect(new Set(all.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
    expect(await returned(sessionId)).toMatchObject([{ amount: 4830, reason: 'duplicate_payment' }]);
    expect(await waitingOn(maya)).toBeNull();
    expect(await returnAgain(await as('finance'), { refundId })).toEqual({ ok: false, reason: 'not_waiting' });
    expect(await isTask('refund_unsettled')).toBe(false);
    expect(await isTask('captured_twice')).toBe(false);
    const [actor] = await world.runtime.db
      .select({ actor: auditLog.actor })
      .from(auditLog)
      .where(eq(auditLog.subject, all[2]?.id ?? refundId));
    expect(actor?.actor).toMatch(/^staff:/);
    expect(await subjectsOf(maya)).toHaveLength(2);
  });

  it('is a task no more where staff say that it went back another way, as by a dispute that was lost', async () => {
    const { maya, sessionId, refundId } = await aDisputed();
    await world.truemed.disputeSession({ session_id: sessionId, state: 'lost' });
    await world.advance({ days: 10 });
    expect(await returnAgain(await as('owner'), { refundId })).toMatchObject({ ok: false });
    expect(await noteReturned(await as('owner'), { refundId })).toEqual({ ok: true });
    expect(await waitingOn(maya)).toBeNull();
    expect(await noteReturned(await as('owner'), { refundId })).toEqual({ ok: false, reason: 'not_waiting' });
    expect(await returnAgain(await as('owner'), { refundId })).toEqual({ ok: false, reason: 'not_waiting' });
    expect(await isTask('refund_unsettled')).toBe(false);
    expect(await isTask('captured_twice')).toBe(false);
    const log = await world.runtime.db
      .select({ change: auditLog.change })
      .from(auditLog)
      .where(eq(auditLog.action, 'refund.settled_elsewhere'));
    expect(log).toEqual([{ change: { amountCents: 4830, errorCode: 'ChargeDisputed' } }]);
  });

  it('is returned once by two presses at once', async () => {
    const { maya, sessionId, refundId } = await aDisputed();
    await world.truemed.disputeSession({ session_id: sessionId, state: 'won' });
    const [one, two] = [await as('owner'), await as('admin')];
    const results = await Promise.all([returnAgain(one, { refundId }), returnAgain(two, { refundId })]);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await returned(sessionId)).toHaveLength(1);
    expect(await refundsOf(maya)).toHaveLength(2);
  });

  it('is for roles that may give back as much', async () => {
    const { maya, refundId } = await aDisputed();
    expect(await waitingOn(maya, 'viewer')).toMatchObject({ mayReturn: false });
    for (const verb of [returnAgain, noteReturned]) {
      await expect(verb(await as('viewer'), { refundId })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(verb(await world.as(maya.principal), { refundId })).rejects.toMatchObject({ code: 'not_found' });
      await expect(verb(await as('owner'), { refundId: newId('refund') })).rejects.toMatchObject({ code: 'not_found' });
    }
    const amountCents = SUPPORT_REFUND_LIMIT_CENTS + 1;
    const { db } = world.runtime;
    const [refused] = await refundsOf(maya);
    await db
      .update(chargeAttempts)
      .set({ amountCents })
      .where(eq(chargeAttempts.id, refused?.attemptId ?? newId('chargeAttempt')));
    expect(await waitingOn(maya, 'support')).toMatchObject({ mayReturn: false });
    for (const verb of [returnAgain, noteReturned])
      expect(await verb(await as('support'), { refundId })).toEqual({ ok: false, reason: 'above_role_limit' });
    expect(await noteReturned(await as('owner'), { refundId })).toEqual({ ok: true });
  });
});
