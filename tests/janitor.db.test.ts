import { readFileSync } from 'node:fs';
import { and, eq, inArray } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chargeAttempts } from '@/db/schema/billing';
import { auditLog } from '@/db/schema/operations';
import { customers, formerEmails } from '@/db/schema/people';
import { refunds } from '@/db/schema/refunds';
import { localDate } from '@/lib/core/calendar';
import { RESEND_AFTER_MS } from '@/lib/core/charge';
import { newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { tick } from '@/lib/jobs/tick';
import { chargeNow } from '@/lib/services/charge-now';
import { declareNotCharged } from '@/lib/services/declare-not-charged';
import { staffSubscriptionPage } from '@/lib/views/admin-subscription';
import { recordsOf } from './records';
import { aWorld, FIRST_DAY, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterEach(async () => {
  await world.truemed.clearFaults();
  await world.truemed.clearDeliveryFaults();
  await world.truemed.setSwitches({ captureAs: 'captured' });
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, chargesOf } = recordsOf(() => world);

/** Lets the answers of so many charges be lost, after (or before) the money moved, and every webhook with them. */
async function loseAnswers(times: number, fault: 'reset_after' | 'reset_before' = 'reset_after'): Promise<void> {
  await world.truemed.addDeliveryFault({ fault: 'drop', times: 500 });
  await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times, fault });
}

const callsOf = async () =>
  (await world.truemed.ledger()).requests.filter(({ operation }) => operation === 'createPaymentSession').length;

/** The request that was held up on its way reaches Truemed after all, with nobody waiting for its answer. */
async function arrivesNow(maya: Subscriber): Promise<void> {
  const ctx = await world.system();
  const [attempt] = await attemptsOf(maya);
  if (attempt === undefined) throw new Error('Nothing was sent.');
  const { id, requestBody } = attempt;
  const answer = await ctx.truemed.createPaymentSession(
    ctx.vault.open(requestBody, `charge_attempts.request_body:${id}`),
  );
  expect(answer).toMatchObject({ kind: 'accepted' });
}

/** Nobody ticks for so long. */
async function sleepAndSettle(hours: number): Promise<void> {
  await world.advance({ hours });
  await world.settle();
}

describe('a charge whose answer was lost', () => {
  it('is not sent again when its key may be forgotten: it is found among the sessions, and paid', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1);
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', paymentSessionId: null }]);
    const before = await callsOf();
    await sleepAndSettle(50);
    expect(await callsOf()).toBe(before);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('nine times, and then no more, is found among the sessions once its key may be forgotten, and paid', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(9);
    await world.settle();
    for (const ms of RESEND_AFTER_MS) {
      await world.advance({ minutes: ms / 60_000 });
      await world.settle();
    }
    const [attempt] = await attemptsOf(maya);
    expect(attempt).toMatchObject({ status: 'unknown', tries: 9, paymentSessionId: null });
    const before = await callsOf();
    await sleepAndSettle(2);
    expect(await callsOf()).toBe(before);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured', tries: 9 }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('under a key that Truemed then knows for another body, is found among the sessions at once, and not sent again', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1);
    await world.settle();
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: { status: 400, body: { error: 'IdempotencyViolation', message: 'no' } },
    });
    await world.truemed.addFault({ match: { operation: 'listPaymentSessions' }, times: 1, fault: '500' });
    await world.advance({ minutes: 2 });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'IdempotencyViolation', tries: 2 }]);
    await world.advance({ minutes: 6 });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured', tries: 2 }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('for ever, by a server that keeps its error for the key, waits for a person after two days, without another key', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'sticky500' });
    await world.settle();
    for (let hours = 0; hours < 72; hours += 6) await sleepAndSettle(6);
    const tries = (await attemptsOf(maya))[0]?.tries ?? 0;
    expect(tries).toBeGreaterThan(3);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'KeyExpired' }]);
    const before = await callsOf();
    await sleepAndSettle(200);
    expect(await callsOf()).toBe(before);
    expect(await press(maya)).toEqual({ ok: false, reason: 'charge_in_progress' });
    expect(await attemptsOf(maya)).toMatchObject([{ tries, dueAt: null }]);
    expect(await chargesOf(maya)).toHaveLength(0);
  });

  it('and that never reached Truemed waits for a person, and no other charge is made for it', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1, 'reset_before');
    await world.settle();
    const before = await callsOf();
    await sleepAndSettle(50);
    await sleepAndSettle(200);
    expect(await callsOf()).toBe(before);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'KeyExpired', dueAt: null }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await press(maya)).toEqual({ ok: false, reason: 'charge_in_progress' });
    expect(await callsOf()).toBe(before);
  });

  it('and that arrives days later, when its key was given up, is found the day after, and paid', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1, 'reset_before');
    await world.settle();
    await sleepAndSettle(50);
    const [attempt] = await attemptsOf(maya);
    expect(attempt).toMatchObject({ status: 'unknown', errorCode: 'KeyExpired' });
    await arrivesNow(maya);
    await world.truemed.addFault({ match: { operation: 'listPaymentSessions' }, times: 1, fault: '500' });
    await sleepAndSettle(24);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'KeyExpired' }]);
    await world.advance({ minutes: 6 });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured', tries: 1 }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('is found under the address that its customer had when it was sent', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1);
    await world.settle();
    await world.runtime.db.insert(formerEmails).values({
      email: maya.email,
      customerId: maya.customerId,
      changedAt: (await world.system()).now,
    });
    await world.runtime.db
      .update(customers)
      .set({ email: `new-${maya.email}` })
      .where(eq(customers.id, maya.customerId));
    await sleepAndSettle(50);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('is not taken for the charge of another order of the same customer', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await world.settle();
    const second = await world.aSubscriber({
      customerId: maya.customerId,
      email: maya.email,
      unit: 'year',
      nextChargeOn: FIRST_DAY,
    });
    await world.runtime.db.execute(
      `update subscriptions set billing_method = 'hsa_fsa', next_charge_at = '2027-01-12T13:00:00Z' where id = '${second.subscriptionId}'`,
    );
    await loseAnswers(1, 'reset_before');
    await world.settle();
    await sleepAndSettle(50);
    expect(await attemptsOf(second)).toMatchObject([{ status: 'unknown', errorCode: 'KeyExpired' }]);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
  });

  it('is settled before staff charge: the press asks Truemed first', async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1);
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown' }]);
    await press(maya);
    await world.advance({ minutes: 1 });
    await press(maya);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});

describe('a charge that waits for a person', () => {
  const aParked = async () => {
    const maya = await world.aCharged({ unit: 'year' });
    await loseAnswers(1, 'reset_before');
    await world.settle();
    return maya;
  };
  const declare = async (maya: Subscriber, principal: Principal = world.aStaffMember()) => {
    const [attempt] = await attemptsOf(maya);
    if (attempt === undefined) throw new Error('Nothing was sent.');
    return declareNotCharged(await world.as(principal), { attemptId: attempt.id });
  };

  it('is free again once staff say that it was never taken: charged with a key of its own, and once', async () => {
    const maya = await aParked();
    const undecided = async (role: 'owner' | 'support') => {
      const ctx = await world.as({ ...world.aStaffMember(), role } as Principal);
      return (await staffSubscriptionPage(ctx, { subscriptionId: maya.subscriptionId })).undecided;
    };
    expect(await undecided('owner')).toBeNull();
    await sleepAndSettle(50);
    expect(await undecided('owner')).toMatchObject({ amountCents: 4830, orderOn: FIRST_DAY, mayDecide: true });
    expect(await undecided('support')).toMatchObject({ mayDecide: false });
    expect(await declare(maya)).toEqual({ ok: true });
    expect(await undecided('owner')).toBeNull();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'abandoned', errorCode: 'NotCharged' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await declare(maya)).toEqual({ ok: false, reason: 'not_waiting' });
    expect(await press(maya)).toMatchObject({ ok: true, status: 'accepted' });
    await world.truemed.clearDeliveryFaults();
    await sleepAndSettle(1);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'abandoned' }, { status: 'captured' }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('and is taken after all is believed, and what was charged beside it goes back', async () => {
    const maya = await aParked();
    await sleepAndSettle(50);
    await declare(maya);
    await press(maya);
    await world.truemed.clearDeliveryFaults();
    await sleepAndSettle(1);
    await arrivesNow(maya);
    await world.settle();
    await sleepAndSettle(1);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }, { status: 'captured' }]);
    const [first, second] = await attemptsOf(maya);
    expect(second).toMatchObject({ duplicateOf: null });
    expect(first).toMatchObject({ duplicateOf: second?.id });
    const returned = await world.runtime.db
      .select()
      .from(refunds)
      .where(eq(refunds.attemptId, first?.id ?? 'att_none'));
    expect(returned).toMatchObject([{ status: 'succeeded', amountCents: first?.amountCents }]);
  });

  it('is not given up while Truemed has a session of it, nor while it may be sent again, nor by who may not', async () => {
    const maya = await aParked();
    expect(await declare(maya)).toEqual({ ok: false, reason: 'not_waiting' });
    await sleepAndSettle(50);
    const support = { ...world.aStaffMember(), role: 'support' } as const;
    await expect(declare(maya, support)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(declare(maya, maya.principal)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      declareNotCharged(await world.as(world.aStaffMember()), { attemptId: newId('chargeAttempt') }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await arrivesNow(maya);
    expect(await declare(maya)).toEqual({ ok: false, reason: 'session_found' });
    await world.truemed.addFault({ match: { operation: 'listPaymentSessions' }, times: 1, fault: '500' });
    await expect(declare(maya)).rejects.toMatchObject({ code: 'provider_unavailable', retryable: true });
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'KeyExpired' }]);
  });
});

describe('a charge that Truemed does not decide', () => {
  it('alarms on day 5, once, and is paid although it is captured after its cancel was refused, and no webhook comes', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await world.aCharged({ unit: 'year' });
    await world.settle();
    const alarms = async () => {
      const [attempt] = await attemptsOf(maya);
      return world.runtime.db
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.subject, attempt?.id ?? ''), eq(auditLog.action, 'charge_attempt.takes_too_long')));
    };
    for (let day = 1; day <= 4; day += 1) await sleepAndSettle(24);
    expect(await alarms()).toHaveLength(0);
    await sleepAndSettle(25);
    await sleepAndSettle(12);
    expect(await alarms()).toHaveLength(1);
    await sleepAndSettle(40);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'accepted', errorCode: 'SessionProcessing' }]);
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 500 });
    const [attempt] = await attemptsOf(maya);
    await world.truemed.decideSession({ session_id: attempt?.paymentSessionId ?? '', status: 'captured' });
    await sleepAndSettle(24);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await alarms()).toHaveLength(1);
  });
});

describe('an accepted charge that the release before left without a time', () => {
  it('is read again after the migration, and paid; one without a session stays', async () => {
    const [maya, other] = [await world.aCharged({ unit: 'year' }), await world.aCharged({ unit: 'year' })];
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 500 });
    await tick(await world.system());
    const { db } = world.runtime;
    await db
      .update(chargeAttempts)
      .set({ dueAt: null })
      .where(inArray(chargeAttempts.subscriptionId, [maya.subscriptionId, other.subscriptionId]));
    await db
      .update(chargeAttempts)
      .set({ paymentSessionId: null })
      .where(eq(chargeAttempts.subscriptionId, other.subscriptionId));
    await sleepAndSettle(30);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'accepted', dueAt: null }]);
    await db.execute(readFileSync('db/migrations/0023_look_up_what_was_left_accepted.sql', 'utf8'));
    await sleepAndSettle(1);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await attemptsOf(other)).toMatchObject([{ status: 'accepted', dueAt: null }]);
  });
});

describe('one row that cannot be worked on', () => {
  it('holds none of its batch: a body that does not open is not sent, the others are', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => world.aCharged({ unit: 'year' })));
    const [poison, ...others] = people;
    if (poison === undefined) throw new Error('Nobody is there.');
    // It is planned with an amount that the database refuses: the whole batch fails, and each is planned by itself.
    await world.runtime.db.execute(
      `update subscription_items set unit_price_cents = 2147483647, quantity = 3 where subscription_id = '${poison.subscriptionId}'`,
    );
    await world.settle();
    for (const maya of others) expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await invoicesOf(poison)).toEqual([]);
  });

  it('that is stored wrong is neither marked nor sent', async () => {
    const { renewDue } = await import('@/lib/services/renew-due');
    const people = await Promise.all(Array.from({ length: 3 }, () => world.aCharged({ unit: 'year' })));
    await renewDue(await world.system(), 10);
    const [poison, ...others] = people;
    if (poison === undefined) throw new Error('Nobody is there.');
    await world.runtime.db
      .update(chargeAttempts)
      .set({ requestBody: Buffer.from('moved') })
      .where(eq(chargeAttempts.subscriptionId, poison.subscriptionId));
    await world.settle();
    for (const maya of others) expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid' }]);
    expect(await attemptsOf(poison)).toMatchObject([{ status: 'planned', tries: 0 }]);
  });
});

const press = async (maya: Subscriber) =>
  chargeNow(await world.as(world.aStaffMember()), {
    subscriptionId: maya.subscriptionId,
    periodStart: localDate((await invoicesOf(maya))[0]?.periodStart ?? ''),
  });
