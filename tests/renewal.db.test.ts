import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import { localDate } from '@/lib/core/calendar';
import { tick } from '@/lib/jobs/tick';
import { chargeNow, tryAgain } from '@/lib/services/charge-now';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { atTruemed } from './at-truemed';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

let tokens = 0;
const aCharged = (
  facts: { nextChargeOn?: string; unit?: 'day' | 'week' | 'month' | 'year'; anchorDate?: string } = {},
) => {
  tokens += 1;
  return world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: `pt_renewal_${tokens}`, ...facts });
};
const tokenOf = (who: Subscriber) => ({ email: who.email });
const invoicesOf = (who: Subscriber) =>
  world.runtime.db
    .select()
    .from(invoices)
    .where(eq(invoices.subscriptionId, who.subscriptionId))
    .orderBy(asc(invoices.periodStart));
const attemptsOf = (who: Subscriber) =>
  world.runtime.db
    .select()
    .from(chargeAttempts)
    .where(eq(chargeAttempts.subscriptionId, who.subscriptionId))
    .orderBy(asc(chargeAttempts.createdAt), asc(chargeAttempts.number));
const caseOf = async (who: Subscriber) => {
  const [row] = await world.runtime.db
    .select()
    .from(recoveryCases)
    .where(eq(recoveryCases.subscriptionId, who.subscriptionId));
  if (row === undefined) throw new Error('There is no recovery case.');
  return row;
};
const subscriptionOf = async (who: Subscriber) => {
  const [row] = await world.runtime.db.select().from(subscriptions).where(eq(subscriptions.id, who.subscriptionId));
  if (row === undefined) throw new Error('There is no subscription.');
  return row;
};
const templatesOf = async (who: Subscriber) => {
  const mails = await world.runtime.db
    .select()
    .from(outbox)
    .where(eq(outbox.customerId, who.customerId))
    .orderBy(asc(outbox.createdAt));
  return mails.map((mail) => mail.template);
};
const chargesOf = async (who: Subscriber) => {
  const ids = new Set((await invoicesOf(who)).map((invoice): string => invoice.id));
  return (await world.truemed.ledger()).charges.filter(
    (charge) => charge.metadata !== null && ids.has(charge.metadata),
  );
};

describe('a renewal', () => {
  it('is paid when the session is captured, and returns to its anchor day', async () => {
    const maya = await aCharged({ nextChargeOn: '2027-01-12', anchorDate: '2026-12-12' });
    await world.settle();
    const [invoice] = await invoicesOf(maya);
    expect(invoice).toMatchObject({
      status: 'paid',
      periodStart: '2027-01-12',
      periodEnd: '2027-02-12',
      totalCents: 4830,
    });
    expect(invoice?.number).not.toBeNull();
    expect(await subscriptionOf(maya)).toMatchObject({ nextChargeOn: '2027-02-12', status: 'active' });
    expect(await chargesOf(maya)).toHaveLength(1);
    expect(await templatesOf(maya)).toEqual(['payment_received']);
  });

  it('is not paid by a 200: it waits for captured', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await aCharged();
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
    const maya = await aCharged();
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('open');
    await world.advance({ minutes: 1 });
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    await world.truemed.clearDeliveryFaults();
  });

  it('is charged once although the answer was lost after the charge', async () => {
    const maya = await aCharged();
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
      const maya = await aCharged();
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
    const maya = await aCharged();
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

  it('bills the latest started period only after downtime, and keeps the others as skipped', async () => {
    const maya = await aCharged({ nextChargeOn: '2026-10-12', anchorDate: '2026-10-12' });
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
    const maya = await aCharged();
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
    const maya = await aCharged();
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: { status: 400, body: { error: 'IdempotencyViolation', message: 'no' } },
    });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([
      { status: 'unknown', errorCode: 'IdempotencyViolation', dueAt: null },
    ]);
    const charge = await chargeNow(await world.as(world.aStaffMember()), {
      subscriptionId: maya.subscriptionId,
      periodStart: localDate('2027-01-12'),
    });
    expect(charge).toEqual({ ok: false, reason: 'charge_in_progress' });
  });

  it('SessionPending waits an hour, or for the token', async () => {
    const maya = await aCharged();
    await world.truemed.setTokenHealth({ ...tokenOf(maya), health: 'pending' });
    await world.settle();
    expect(await caseOf(maya)).toMatchObject({ reason: 'session_pending', retryCause: 'recheck' });
    expect(await templatesOf(maya)).toEqual([]);
    await world.truemed.setTokenHealth({ ...tokenOf(maya), health: 'ok' });
    await world.advance({ hours: 1 });
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
  });

  it('a token that Truemed no longer knows makes the subscription past due, never external again', async () => {
    const maya = await aCharged();
    await world.truemed.setTokenHealth({ ...tokenOf(maya), health: 'deleted' });
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
    const maya = await aCharged();
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'rejected' }]);
    expect(await templatesOf(maya)).toEqual(['payment_not_taken']);
  });

  it('that stays in processing is asked to be cancelled on day 7; while Truemed refuses, nothing frees the invoice', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await aCharged({ unit: 'year' });
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    for (let days = 0; days < 8; days += 1) {
      await world.advance({ days: 1 });
      await world.settle();
    }
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'accepted', dueAt: null, errorCode: 'SessionProcessing' }]);
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'open' }]);
    expect(await chargesOf(maya)).toHaveLength(0);
  });
});

describe('a renewal answered 422', () => {
  it.each([
    ['needs_card', 'update_payment_method', 'action_needed_payment_method'],
    ['needs_survey', 'take_health_survey', 'action_needed_health_survey'],
  ] as const)(
    '%s: a link, one mail, and a new charge under a new key once it is repaired',
    async (health, reason, template) => {
      const maya = await aCharged();
      await world.truemed.setTokenHealth({ ...tokenOf(maya), health });
      await world.settle();
      expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
      expect(await attemptsOf(maya)).toMatchObject([{ status: 'action_required' }]);
      const recovery = await caseOf(maya);
      expect(recovery).toMatchObject({ status: 'open', reason, retryAt: null });
      expect(await templatesOf(maya)).toEqual([template]);
      const [mail] = await world.truemed.mail(maya.email);
      expect(mail?.text).toContain(`http://localhost:3000/go/${recovery.id}`);

      // A 422 is never charged again on a schedule.
      await world.advance({ days: 3 });
      await world.settle();
      expect(await attemptsOf(maya)).toHaveLength(1);

      const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
        caseId: recovery.id,
      });
      if (link.kind !== 'truemed') throw new Error(link.kind);
      await atTruemed(link.redirectUrl).completes();
      await world.settle();
      const attempts = await attemptsOf(maya);
      expect(attempts.map(({ status, cause }) => [status, cause])).toEqual([
        ['action_required', 'schedule'],
        ['captured', 'token_updated'],
      ]);
      expect(new Set(attempts.map((attempt) => attempt.idempotencyKey)).size).toBe(2);
      expect(await chargesOf(maya)).toHaveLength(1);
      expect(await caseOf(maya)).toMatchObject({ status: 'recovered' });
      expect((await subscriptionOf(maya)).status).toBe('active');
      expect(await templatesOf(maya)).toEqual([template, 'payment_received']);
      const closed = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
        caseId: recovery.id,
      });
      expect(closed.kind).toBe('closed');
    },
  );

  it('without a session id in the answer is repaired all the same', async () => {
    await world.truemed.setSwitches({ includeIdIn422: false });
    const maya = await aCharged();
    await world.truemed.setTokenHealth({ ...tokenOf(maya), health: 'needs_card' });
    await world.settle();
    await world.truemed.setSwitches({ includeIdIn422: true });
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
      caseId: (await caseOf(maya)).id,
    });
    if (link.kind !== 'truemed') throw new Error(link.kind);
    await atTruemed(link.redirectUrl).completes();
    await world.settle();
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('with a link on a foreign host keeps the link away from people, and asks Truemed for another', async () => {
    const maya = await aCharged();
    await world.truemed.setTokenHealth({ ...tokenOf(maya), health: 'needs_card' });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'foreign_redirect' });
    await world.settle();
    const recovery = await caseOf(maya);
    expect(recovery.redirectUrl).toBeNull();
    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), {
      caseId: recovery.id,
    });
    expect(link).toMatchObject({ kind: 'truemed' });
    if (link.kind === 'truemed') expect(new URL(link.redirectUrl).origin).toBe(new URL(world.truemed.url).origin);
  });

  it('is tried again by the customer, five times a day at most, and never by another customer', async () => {
    const maya = await aCharged();
    const other = await world.aSubscriber();
    await world.truemed.setTokenHealth({ ...tokenOf(maya), health: 'needs_card' });
    await world.settle();
    const { id: caseId } = await caseOf(maya);
    await expect(tryAgain(await world.as(other.principal), { caseId })).rejects.toMatchObject({ code: 'not_found' });
    for (let presses = 0; presses < 5; presses += 1) {
      expect(await tryAgain(await world.as(maya.principal), { caseId })).toMatchObject({
        ok: true,
        status: 'action_required',
      });
    }
    expect(await tryAgain(await world.as(maya.principal), { caseId })).toEqual({ ok: false, reason: 'too_many_tries' });
    // One case and one reason: one mail, however often it fails.
    expect(await templatesOf(maya)).toEqual(['action_needed_payment_method']);
  });
});

describe('Charge now', () => {
  it('bills the next period early, once, and leaves the one after it where it was', async () => {
    const maya = await aCharged({ nextChargeOn: '2027-06-03' });
    const staff = await world.as(world.aStaffMember());
    const press = { subscriptionId: maya.subscriptionId, periodStart: localDate('2027-06-03') };
    expect(await chargeNow(staff, press)).toMatchObject({ ok: true, status: 'accepted' });
    await world.settle();
    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', periodStart: '2027-06-03' }]);
    expect(await subscriptionOf(maya)).toMatchObject({ nextChargeOn: '2027-07-03' });
    // The page that was sent twice shows a period that is no longer the next.
    expect(await chargeNow(staff, press)).toEqual({ ok: false, reason: 'changed_meanwhile' });
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('is refused for a viewer, for a customer, and for what is billed elsewhere', async () => {
    const maya = await aCharged({ nextChargeOn: '2027-06-03' });
    const press = { subscriptionId: maya.subscriptionId, periodStart: localDate('2027-06-03') };
    const viewer = { ...world.aStaffMember(), role: 'viewer' } as const;
    await expect(chargeNow(await world.as(viewer), press)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(chargeNow(await world.as(maya.principal), press)).rejects.toMatchObject({ code: 'not_found' });
    const elsewhere = await world.aSubscriber();
    const refused = await chargeNow(await world.as(world.aStaffMember()), {
      subscriptionId: elsewhere.subscriptionId,
      periodStart: localDate('2027-02-03'),
    });
    expect(refused).toEqual({ ok: false, reason: 'billed_elsewhere' });
  });
});

describe('several workers', () => {
  it('plan and charge each period once', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => aCharged()));
    const ctx = await world.system();
    await Promise.all(Array.from({ length: 6 }, () => tick(ctx)));
    await world.settle();
    for (const maya of people) {
      expect(await invoicesOf(maya)).toHaveLength(1);
      expect(await chargesOf(maya)).toHaveLength(1);
    }
  });
});
