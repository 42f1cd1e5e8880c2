import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptionItems } from '@/db/schema/subscriptions';
import { localDate } from '@/lib/core/calendar';
import { tick } from '@/lib/jobs/tick';
import { chargeNow } from '@/lib/services/charge-now';
import { renewDue } from '@/lib/services/renew-due';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, templatesOf, chargesOf } = recordsOf(() => world);

describe('a renewal', () => {
  it('is paid when the session is captured, and returns to its anchor day', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2027-01-12', anchorDate: '2026-12-12' });
    await world.settle();
    const [invoice] = await invoicesOf(maya);
    expect(invoice).toMatchObject({
      status: 'paid',
      periodStart: '2027-01-12',
      periodEnd: '2027-02-12',
      totalCents: 4830,
    });
    expect(invoice).toMatchObject({ numberYear: 2027, yearNumber: expect.any(Number) });
    expect(await subscriptionOf(maya)).toMatchObject({ nextChargeOn: '2027-02-12', status: 'active' });
    expect(await chargesOf(maya)).toHaveLength(1);
    expect(await templatesOf(maya)).toEqual(['payment_received']);
  });

  it('waits for the new hour where the merchant has moved the billing hour', async () => {
    const maya = await world.aCharged();
    const atEleven = async () => {
      const ctx = await world.system();
      await tick({ ...ctx, env: { ...ctx.env, merchant: { ...ctx.env.merchant, billingHour: 11 } } });
    };
    await atEleven();
    expect(await invoicesOf(maya)).toEqual([]);
    expect((await subscriptionOf(maya))?.nextChargeAt).toEqual(new Date('2027-01-12T16:00:00.000Z'));
    await world.advance({ hours: 2 });
    await atEleven();
    expect(await invoicesOf(maya)).toHaveLength(1);
    await world.settle();
  });

  it('is not paid by a 200: it waits for captured', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await world.aCharged();
    await world.settle();
    const [attempt] = await attemptsOf(maya);
    expect(attempt?.status).toBe('accepted');
    expect((await invoicesOf(maya))[0]?.status).toBe('open');
    await world.truemed.setSwitches({ captureAs: 'captured' });
    await world.truemed.decideSession({ session_id: attempt?.paymentSessionId ?? '', status: 'captured' });
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
  });

  it('is found paid by a look-up although every webhook was lost', async () => {
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 50 });
    const maya = await world.aCharged();
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('open');
    await world.advance({ minutes: 1 });
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    await world.truemed.clearDeliveryFaults();
  });

  it('is charged once although the answer was lost after the charge', async () => {
    const maya = await world.aCharged();
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'reset_after' });
    await world.settle();
    await world.advance({ minutes: 1 });
    await world.settle();
    expect(await attemptsOf(maya)).toHaveLength(1);
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it.each(['ServerError', '500', 'reset_before', '429'] as const)(
    'is sent again with the same key after %s',
    async (fault) => {
      const maya = await world.aCharged();
      await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault });
      await world.settle();
      await world.advance({ minutes: 5 });
      await world.settle();
      const attempts = await attemptsOf(maya);
      expect(attempts.map((attempt) => attempt.status)).toEqual(['captured']);
      expect(attempts[0]?.tries).toBe(2);
      expect(await chargesOf(maya)).toHaveLength(1);
      await world.truemed.clearFaults();
    },
  );

  it('is unknown, not failed, after an answer that cannot be read, and sent again with the same key', async () => {
    const maya = await world.aCharged();
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 20 });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'malformed' });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'malformed' }]);
    await world.advance({ minutes: 1 });
    await world.settle();
    await world.advance({ minutes: 1 });
    await world.settle();
    await world.truemed.clearDeliveryFaults();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured', tries: 2 }]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('stays paid although the news that it is processing comes after the news that it was captured', async () => {
    await world.truemed.setSwitches({ renewalEmitsProcessing: true });
    await world.truemed.addDeliveryFault({ fault: 'delay', status: 'processing', delay_seconds: 3_600 });
    const maya = await world.aCharged({ unit: 'year' });
    await world.settle();
    const [paid] = await invoicesOf(maya);
    expect(paid?.status).toBe('paid');
    const before = world.received.length;
    await world.advance({ hours: 1 });
    await world.settle();
    await world.truemed.setSwitches({ renewalEmitsProcessing: false });
    expect(world.received.length).toBeGreaterThan(before);
    expect(await invoicesOf(maya)).toEqual([paid]);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
    expect(await templatesOf(maya)).toEqual(['payment_received']);
  });

  it('bills the latest started period only after downtime, and keeps the others as skipped', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2026-10-12', anchorDate: '2026-10-12' });
    await world.settle();
    expect((await invoicesOf(maya)).map(({ periodStart, status }) => [periodStart, status])).toEqual([
      ['2026-10-12', 'skipped'],
      ['2026-11-12', 'skipped'],
      ['2026-12-12', 'skipped'],
      ['2027-01-12', 'paid'],
    ]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it.each([
    'MissingRequiredParameter',
    'InvalidRequestParameter',
    'TotalAmountInvalid',
    'OrderItemsInvalid',
    'TokenizeNotSupported',
    'FeatureNotEnabled',
  ])('%s is ours to repair: no mail, no further call', async (error) => {
    const maya = await world.aCharged();
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: { status: 400, body: { error, message: 'no' } },
    });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'failed', errorCode: error, dueAt: null }]);
    expect(await caseOf(maya)).toMatchObject({ reason: 'our_error', retryAt: null });
    expect(await templatesOf(maya)).toEqual([]);
    expect((await subscriptionOf(maya)).status).toBe('active');
  });

  it('IdempotencyViolation freezes the invoice for a person', async () => {
    const maya = await world.aCharged();
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: { status: 400, body: { error: 'IdempotencyViolation', message: 'no' } },
    });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([
      { status: 'unknown', errorCode: 'IdempotencyViolation', dueAt: expect.any(Date) },
    ]);
    const charge = await chargeNow(await world.as(world.aStaffMember()), {
      subscriptionId: maya.subscriptionId,
      periodStart: localDate('2027-01-12'),
    });
    expect(charge).toEqual({ ok: false, reason: 'charge_in_progress' });
  });

  it('SessionPending waits an hour, or for the token', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'pending' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ reason: 'session_pending', retryCause: 'recheck' });
    expect(await templatesOf(maya)).toEqual([]);
    await world.truemed.setTokenHealth({ email: maya.email, health: 'ok' });
    await world.advance({ hours: 1 });
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
  });

  it('a token that Truemed no longer knows makes the subscription past due, never external again', async () => {
    const maya = await world.aCharged();
    await world.truemed.setTokenHealth({ email: maya.email, health: 'deleted' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ reason: 'token_gone', status: 'open' });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due', billingMethod: 'hsa_fsa' });
    const [token] = await world.runtime.db
      .select()
      .from(paymentTokens)
      .where(eq(paymentTokens.customerId, maya.customerId));
    expect(token?.status).toBe('revoked');
  });

  it('a session that is rejected after review is not taken, and the customer is told', async () => {
    await world.truemed.setSwitches({ captureAs: 'rejected' });
    const maya = await world.aCharged();
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'rejected' }]);
    expect(await templatesOf(maya)).toEqual(['payment_not_taken']);
  });

  it('that stays in processing is asked to be cancelled on day 7; while Truemed refuses, nothing frees the invoice', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await world.aCharged({ unit: 'year' });
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    for (let days = 0; days < 8; days += 1) {
      await world.advance({ days: 1 });
      await world.settle();
    }
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'accepted', errorCode: 'SessionProcessing' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await chargesOf(maya)).toHaveLength(0);
  });
});

describe('several workers', () => {
  it('plan and charge each period once', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => world.aCharged()));
    const ctx = await world.system();
    await Promise.all(Array.from({ length: 6 }, () => tick(ctx)));
    await world.settle();
    for (const maya of people) {
      expect(await invoicesOf(maya)).toHaveLength(1);
      expect(await chargesOf(maya)).toHaveLength(1);
    }
  });
});

describe('a renewal whose price changed before it was sent', () => {
  it('is charged at the price that it was planned with, and the next one at the new price', async () => {
    const maya = await world.aCharged();
    const ctx = await world.system();
    await renewDue(ctx, 100);
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'planned' }]);
    await world.runtime.db
      .update(subscriptionItems)
      .set({ unitPriceCents: 9_900 })
      .where(eq(subscriptionItems.subscriptionId, maya.subscriptionId));
    await world.settle();
    expect((await chargesOf(maya)).map(({ amount }) => amount)).toEqual([4_830]);
    await world.advance({ days: 31 });
    await world.settle();
    expect((await invoicesOf(maya)).map(({ status, totalCents }) => [status, totalCents])).toEqual([
      ['paid', 4_830],
      ['paid', 9_830],
    ]);
    expect((await chargesOf(maya)).map(({ amount }) => amount).sort()).toEqual([4_830, 9_830]);
  });
});
