import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkouts } from '@/db/schema/checkouts';
import { events } from '@/db/schema/events';
import { outbox } from '@/db/schema/messages';
import { auditLog } from '@/db/schema/operations';
import { customers } from '@/db/schema/people';
import { localDate } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';
import { endCheckout, giveUpCheckout } from '@/lib/services/cancel-checkout';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { withdrawPlan } from '@/lib/services/offer-plan';
import { recordCheckoutReturn } from '@/lib/services/record-checkout-return';
import { continueCheckout } from '@/lib/services/start-checkout';
import { readTasks } from '@/lib/views/admin-tasks';
import { checkoutPage } from '@/lib/views/checkout-page';
import { atTruemed } from './at-truemed';
import { checkoutShop } from './checkout-shop';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const shop = checkoutShop(() => world);

describe('somebody orders for the first time', () => {
  it('is charged once, has a subscription with its first order paid, and a token for the next', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const form = await shop.form(ada, plan, { quantity: 2 });
    const result = await shop.press(ada, form);
    if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
    expect((await world.truemed.state(ada.email)).sessions[0]).toMatchObject({
      total_amount: 4495,
      tokenize: true,
      customer_state: 'CA',
      customer_name: 'Ada Park',
      metadata: form.checkoutId,
      idempotency_key: form.checkoutId,
      order_items: [{ sku: plan.sku, quantity: 2, price: 1950 }],
    });
    const arrivesAt = await atTruemed(result.redirectUrl).completes();
    const { paymentSessionId } = await shop.checkoutOf(form.checkoutId);
    expect(arrivesAt).toBe(
      `http://localhost:3000/account/checkout/${form.checkoutId}/return?outcome=success&session=${paymentSessionId}`,
    );
    // The arrival alone begins nothing.
    expect((await shop.recordsOf(ada)).subscriptions).toEqual([]);
    await world.settle();

    const records = await shop.recordsOf(ada);
    const [subscription] = records.subscriptions;
    expect(subscription).toMatchObject({
      status: 'active',
      billingMethod: 'hsa_fsa',
      anchorDate: '2027-01-12',
      nextChargeOn: '2027-02-12',
      shippingCents: 595,
    });
    expect(records.subscriptions).toHaveLength(1);
    expect(records.invoices).toMatchObject([
      { status: 'paid', periodStart: '2027-01-12', periodEnd: '2027-02-12', totalCents: 4495 },
    ]);
    expect(records.attempts).toMatchObject([{ status: 'captured', paymentSessionId, paymentTokenId: null }]);
    expect(records.tokens).toMatchObject([{ status: 'live', source: 'webhook' }]);
    expect(records.checkouts).toMatchObject([{ status: 'completed', subscriptionId: subscription?.id }]);
    expect(await shop.chargesOf(ada)).toEqual([4495]);
    const mails = await world.runtime.db
      .select({ template: outbox.template })
      .from(outbox)
      .where(eq(outbox.customerId, (await shop.customerOf(ada)).id));
    expect(mails).toEqual([{ template: 'payment_received' }]);
  });

  it('who gives the order up while it is taken has nothing looked for again: what was settled stays as it is', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { checkoutId, redirectUrl } = await shop.order(ada, plan);
    const asked = await shop.checkoutOf(checkoutId);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const settled = await shop.checkoutOf(checkoutId);
    expect(settled).toMatchObject({ status: 'completed', dueAt: null, errorCode: null });
    await world.truemed.addFault({ match: { operation: 'retrievePaymentSession' }, times: 1, fault: 'ServerError' });
    expect(await endCheckout(await world.system(), asked, 'given up')).toBe('unavailable');
    expect(await shop.checkoutOf(checkoutId)).toEqual(settled);
  });

  it('leaves on record what was agreed to, in which words and when', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { checkoutId } = await shop.order(ada, plan);
    const row = await shop.checkoutOf(checkoutId);
    const { now } = await world.system();
    expect(row).toMatchObject({ consentVersion: '2026-11-2', consentedAt: now });
    expect(row.consentText).toMatch(/\$25\.45 now, and \$25\.45 every month .*until I cancel/);
    const [entry] = await world.runtime.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.subject, checkoutId), eq(auditLog.action, 'checkout.planned')));
    expect(entry?.actor).toBe(`customer:${(await shop.customerOf(ada)).id}`);
  });

  it('is charged a month later by the engine, with the token that the checkout brought', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    await atTruemed((await shop.order(ada, plan)).redirectUrl).completes();
    await world.settle();
    await world.advance({ days: 31 });
    await world.settle();
    expect(await shop.chargesOf(ada)).toEqual([2545, 2545]);
    const { invoices } = await shop.recordsOf(ada);
    expect(invoices.map(({ status, periodStart }) => [status, periodStart])).toEqual([
      ['paid', '2027-01-12'],
      ['paid', '2027-02-12'],
    ]);
  });

  it.each(['token first', 'session first'])('begins once and links the token once, the %s', async (order) => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { redirectUrl } = await shop.order(ada, plan);
    const kept = order === 'token first' ? 'payment_session.updated' : 'payment_token.updated';
    await world.truemed.addDeliveryFault({
      fault: 'delay',
      event_type: kept,
      email: ada.email,
      times: 2,
      delay_seconds: 3600,
    });
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const half = await shop.recordsOf(ada);
    expect([half.subscriptions.length, half.tokens.length]).toEqual(order === 'token first' ? [0, 1] : [1, 0]);
    await world.truemed.clearDeliveryFaults();
    await world.advance({ hours: 2 });
    await world.settle();
    const records = await shop.recordsOf(ada);
    expect([records.subscriptions.length, records.tokens.length]).toEqual([1, 1]);
    expect(await shop.chargesOf(ada)).toEqual([2545]);
  });

  it('is found by look-up where no webhook ever comes, order and token', async () => {
    await world.truemed.setSwitches({ webhookBeforeRedirect: 'never' });
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { checkoutId, redirectUrl } = await shop.order(ada, plan);
    await atTruemed(redirectUrl).completes();
    await recordCheckoutReturn(await world.as((await shop.asCustomer(ada)).principal), {
      checkoutId,
      outcome: 'success',
    });
    await world.advance({ seconds: 5 });
    await world.settle();
    expect(await shop.checkoutOf(checkoutId)).toMatchObject({ status: 'completed', tokenLinkedAt: null });
    await world.advance({ seconds: 5 });
    await world.settle();
    await world.truemed.setSwitches({ webhookBeforeRedirect: 'after' });
    expect((await shop.recordsOf(ada)).tokens).toMatchObject([{ status: 'live', source: 'backfill' }]);
  });
});

describe('one order', () => {
  it('is made by ten presses of one form at the same moment', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const form = await shop.form(ada, plan);
    const results = await Promise.all(Array.from({ length: 10 }, () => shop.press(ada, form)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect((await shop.recordsOf(ada)).checkouts).toHaveLength(1);
    expect((await world.truemed.state(ada.email)).sessions).toHaveLength(1);
  });

  it('is made by two tabs that want the same, and by the back button after the payment', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const first = await shop.order(ada, plan);
    expect(await shop.order(ada, plan)).toEqual(first);
    await atTruemed(first.redirectUrl).completes();
    await world.settle();
    const buyer = await shop.asCustomer(ada);
    const again = await shop.press(buyer, await shop.form(buyer, plan));
    expect(again).toEqual({ ok: true, next: 'waiting', checkoutId: first.checkoutId });
    await world.settle();
    expect(await shop.chargesOf(ada)).toEqual([2545]);
    expect((await shop.recordsOf(ada)).subscriptions).toHaveLength(1);
  });

  it('is another one where it goes somewhere else, and where the first has been canceled since', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { redirectUrl, checkoutId } = await shop.order(ada, plan);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    const buyer = await shop.asCustomer(ada);
    const sentTo = { line1: '4 Alder Way', line2: '', city: 'Salem', state: 'OR', postalCode: '97301' };
    const gift = await shop.press(buyer, await shop.form(buyer, plan, { sentTo }));
    expect(gift).toMatchObject({ ok: true });
    expect(gift.ok && gift.checkoutId).not.toBe(checkoutId);
    await world.settle();
    const ctx = await world.as(buyer.principal);
    for (const { id } of (await shop.recordsOf(ada)).subscriptions)
      expect(await cancelSubscription(ctx, { subscriptionId: id, when: 'now' })).toMatchObject({ ok: true });
    const again = await shop.press(buyer, await shop.form(buyer, plan));
    expect(again.ok && [checkoutId, gift.ok && gift.checkoutId].includes(again.checkoutId)).toBe(false);
    await world.settle();
    expect((await shop.recordsOf(ada)).subscriptions.map(({ status }) => status).sort()).toEqual([
      'active',
      'canceled',
      'canceled',
    ]);
  });

  it('takes the place of another whose link is closed at Truemed first', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const first = await shop.order(ada, plan);
    const second = await shop.order(ada, plan, { quantity: 3 });
    expect(second.checkoutId).not.toBe(first.checkoutId);
    expect(await shop.checkoutOf(first.checkoutId)).toMatchObject({ status: 'canceled', dueAt: null });
    const { sessions } = await world.truemed.state(ada.email);
    expect(sessions.map(({ status }) => status).sort()).toEqual(['canceled', 'pending']);
    await expect(atTruemed(first.redirectUrl).completes()).rejects.toThrow();
    await atTruemed(second.redirectUrl).completes();
    await world.settle();
    expect(await shop.chargesOf(ada)).toEqual([1950 * 3 + 595]);
  });

  it('is not replaced while Truemed does not close the first, nor while it reviews it', async () => {
    const [ada, plan] = [shop.aNewcomer('+slow_review_36h'), await shop.aPlan()];
    const first = await shop.order(ada, plan);
    await world.truemed.addFault({ match: { operation: 'cancelPaymentSession' }, fault: 'ServerError' });
    await expect(shop.order(ada, plan, { quantity: 2 })).rejects.toMatchObject({ code: 'provider_unavailable' });
    await world.truemed.clearFaults();
    await atTruemed(first.redirectUrl).completes();
    // Truemed has it by now, and we have not heard: the cancel is refused, and the session read again.
    expect(await shop.press(ada, await shop.form(ada, plan, { quantity: 2 }))).toEqual({
      ok: false,
      reason: 'earlier_in_review',
    });
    expect(await shop.checkoutOf(first.checkoutId)).toMatchObject({ status: 'processing' });
    await world.advance({ hours: 37 });
    await world.settle();
    const { subscriptions, invoices } = await shop.recordsOf(ada);
    expect(subscriptions).toHaveLength(1);
    // It counts from the day on which the payment was taken.
    expect(invoices[0]?.periodStart).toBe(subscriptions[0]?.anchorDate);
    expect(await shop.chargesOf(ada)).toEqual([2545]);
  });

  it('is kept and given back where an old one is paid all the same', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const old = await shop.order(ada, plan);
    // A cancel that Truemed has answered and not done: the old link can still be paid.
    await world.runtime.db
      .update(checkouts)
      .set({ status: 'canceled', dueAt: null })
      .where(eq(checkouts.id, old.checkoutId));
    const later = await shop.order(ada, plan, { quantity: 2 });
    await atTruemed(later.redirectUrl).completes();
    await world.settle();
    await atTruemed(old.redirectUrl).completes();
    await world.settle();
    const { subscriptions, invoices, refunds } = await shop.recordsOf(ada);
    expect(subscriptions.map(({ status }) => status).sort()).toEqual(['active', 'canceled']);
    expect(await shop.checkoutOf(old.checkoutId)).toMatchObject({ status: 'duplicate' });
    expect(refunds).toMatchObject([{ status: 'succeeded', amountCents: 2545, reason: 'duplicate_payment' }]);
    const tasks = await readTasks(await world.as(world.aStaffMember()));
    expect(tasks.find(({ kind }) => kind === 'ordered_twice')).toMatchObject({ first: { amountCents: 2545 } });
    expect(invoices).toHaveLength(2);
    // The shop is told of the order that goes on, and to send nothing for the other.
    const { db } = world.runtime;
    for (const { id, status } of subscriptions) {
      const told = await db.select({ type: events.type }).from(events).where(eq(events.subject, id));
      const types = told.map(({ type }) => type).sort();
      expect(types).toEqual(status === 'active' ? ['invoice.paid', 'subscription.started'] : []);
    }
    await world.advance({ days: 31 });
    await world.settle();
    expect((await shop.chargesOf(ada)).sort()).toEqual([2545, 4495, 4495]);
  });

  it('begins by an old link alone, and the one that took its place is closed', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const old = await shop.order(ada, plan);
    await world.runtime.db
      .update(checkouts)
      .set({ status: 'canceled', dueAt: null })
      .where(eq(checkouts.id, old.checkoutId));
    const later = await shop.order(ada, plan, { quantity: 2 });
    await atTruemed(old.redirectUrl).completes();
    await world.settle();
    expect(await shop.checkoutOf(old.checkoutId)).toMatchObject({ status: 'completed' });
    expect(await shop.checkoutOf(later.checkoutId)).toMatchObject({ status: 'canceled', dueAt: null });
    await expect(atTruemed(later.redirectUrl).completes()).rejects.toThrow();
    expect(await shop.chargesOf(ada)).toEqual([2545]);
  });
});

describe('an order that comes to nothing', () => {
  it('is closed at Truemed after a day, and its link charges nobody', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { checkoutId, redirectUrl } = await shop.order(ada, plan);
    await world.advance({ hours: 27 });
    await world.settle();
    expect(await shop.checkoutOf(checkoutId)).toMatchObject({ status: 'canceled', dueAt: null });
    await expect(atTruemed(redirectUrl).completes()).rejects.toThrow();
    await world.advance({ days: 40 });
    await world.settle();
    expect(await shop.recordsOf(ada)).toMatchObject({ subscriptions: [], invoices: [], tokens: [] });
    expect(await shop.chargesOf(ada)).toEqual([]);
  });

  it('is given up by its customer at once, and by nobody else', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const { checkoutId } = await shop.order(ada, plan);
    const priya = await world.aSubscriber();
    for (const verb of [giveUpCheckout, continueCheckout])
      await expect(verb(await world.as(priya.principal), { checkoutId })).rejects.toMatchObject({ code: 'not_found' });
    const foreign = recordCheckoutReturn(await world.as(priya.principal), { checkoutId, outcome: 'success' });
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' });
    const ctx = await world.as((await shop.asCustomer(ada)).principal);
    expect(await giveUpCheckout(ctx, { checkoutId })).toBe('canceled');
    expect(await giveUpCheckout(ctx, { checkoutId })).toBe('canceled');
    expect((await world.truemed.state(ada.email)).sessions[0]?.status).toBe('canceled');
  });

  it('is told by mail where Truemed refuses it after its review, and nothing was taken', async () => {
    const [ada, plan] = [shop.aNewcomer('+survey_fail'), await shop.aPlan()];
    const { checkoutId, redirectUrl } = await shop.order(ada, plan);
    await atTruemed(redirectUrl).completes();
    await world.advance({ minutes: 10 });
    await world.settle();
    expect(await shop.checkoutOf(checkoutId)).toMatchObject({ status: 'rejected', subscriptionId: null });
    const [mail, ...others] = await world.truemed.mail(ada.email);
    expect(mail?.subject).toMatch(/^Your order of \d+ \w+ was not paid$/);
    // There is no subscription whose page could say more.
    expect(mail?.text).toContain('See my order:');
    expect(mail?.text).not.toMatch(/subscription page|See my subscription/);
    expect(others).toEqual([]);
    expect(await shop.chargesOf(ada)).toEqual([]);
  });

  it('can be ordered again where Truemed refused it, while its plan is offered', async () => {
    const [ada, plan] = [shop.aNewcomer('+survey_fail'), await shop.aPlan()];
    const { checkoutId, redirectUrl } = await shop.order(ada, plan);
    await atTruemed(redirectUrl).completes();
    await world.advance({ minutes: 10 });
    await world.settle();
    const pageOf = async () => checkoutPage(await world.as((await shop.asCustomer(ada)).principal), { checkoutId });
    expect(await pageOf()).toMatchObject({ state: 'Not taken', planId: plan.id });
    await withdrawPlan(await world.as(world.aStaffMember()), { sku: plan.sku });
    expect(await pageOf()).toMatchObject({ state: 'Not taken', planId: null });
  });

  it('is sent again with the same bytes where the answer is lost', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, fault: 'reset_after' });
    const form = await shop.form(ada, plan);
    expect(await shop.press(ada, form)).toEqual({ ok: true, next: 'waiting', checkoutId: form.checkoutId });
    await world.advance({ seconds: 6 });
    await world.settle();
    expect(await shop.checkoutOf(form.checkoutId)).toMatchObject({ status: 'open', tries: 2 });
    expect((await world.truemed.state(ada.email)).sessions).toHaveLength(1);
  });
});

describe('a form', () => {
  it.each([
    ['terms_changed', { shown: { totalCents: 1, dueNowCents: 1, firstChargeOn: '2027-02-12', consentVersion: 'x' } }],
    ['not_offered', { quantity: 100 }],
    ['not_offered', { interval: { unit: 'week', count: 1 } }],
    ['not_offered', { planId: newId('plan') }],
  ])('is refused as %s, and nothing is ordered', async (reason, wrong) => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const form = { ...(await shop.form(ada, plan)), ...wrong } as Awaited<ReturnType<typeof shop.form>>;
    expect(await shop.press(ada, form)).toEqual({ ok: false, reason });
    expect((await world.truemed.state(ada.email)).sessions).toEqual([]);
    const theirs = eq(customers.email, ada.email);
    expect(await world.runtime.db.select().from(customers).where(theirs)).toEqual([]);
  });

  it('that is refused leaves a customer as they were', async () => {
    const [maya, plan] = [await world.aSubscriber(), await shop.aPlan()];
    const isThey = eq(customers.id, maya.customerId);
    await world.runtime.db.update(customers).set({ state: null }).where(isThey);
    const shown = { totalCents: 1, dueNowCents: 1, firstChargeOn: localDate('2027-02-12'), consentVersion: 'x' };
    const form = await shop.form(maya, plan, { shown });
    expect(await shop.press(maya, form)).toEqual({ ok: false, reason: 'terms_changed' });
    expect(await world.runtime.db.select().from(customers).where(isThey)).toMatchObject([{ state: null }]);
  });

  it('says of each field what is wrong with it, and nothing is ordered', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const sentTo = { line1: '1 Elm', line2: '', city: ' ', state: 'XX', postalCode: '97301' };
    expect(await shop.press(ada, await shop.form(ada, plan, { name: 'Ada', sentTo, isAgreed: false }))).toEqual({
      ok: false,
      reason: 'form_incomplete',
      problems: { name: 'missing', consent: 'missing', city: 'missing', state: 'not_a_state' },
    });
    expect((await world.truemed.state(ada.email)).sessions).toEqual([]);
  });

  it('of another customer’s is not there, and staff and the worker order nothing', async () => {
    const [ada, plan] = [shop.aNewcomer(), await shop.aPlan()];
    const form = await shop.form(ada, plan);
    await shop.press(ada, form);
    await expect(shop.press(shop.aNewcomer(), form)).rejects.toMatchObject({ code: 'not_found' });
    for (const principal of [world.aStaffMember(), { kind: 'system', name: 'worker' } as const])
      await expect(shop.press({ email: '', principal }, form)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('afterwards', () => {
  it('every promise holds against Truemed’s own ledger', async () => {
    await world.settle();
    expect(await shop.broken()).toEqual([]);
  });
});
