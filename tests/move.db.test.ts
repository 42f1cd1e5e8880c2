import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/messages';
import { auditLog } from '@/db/schema/operations';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import { contextFor } from '@/lib/context';
import { addDays } from '@/lib/core/calendar';
import { waitingState } from '@/lib/core/provisioning';
import { tick } from '@/lib/jobs/tick';
import { linkKnownToken } from '@/lib/services/link-known-token';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { type MoveResult, moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { recordReturn } from '@/lib/services/record-return';
import { subscriptionPage } from '@/lib/views/subscription';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { requestOf, subscriptionOf } = recordsOf(() => world);

const move = async (who: Subscriber, embedded = false) =>
  moveToHsaFsa(await world.as(who.principal), { subscriptionId: who.subscriptionId, embedded });

function linkOf(result: MoveResult): { requestId: (MoveResult & { ok: true })['requestId']; redirectUrl: string } {
  if (!result.ok || result.next !== 'truemed')
    throw new Error(`The move did not lead to Truemed: ${JSON.stringify(result)}`);
  return result;
}

const stateOf = async (who: Subscriber) => waitingState(await requestOf(who), (await world.system()).now);
const mailsOf = (who: Subscriber) =>
  world.runtime.db.select().from(outbox).where(eq(outbox.customerId, who.customerId));

describe('a customer moves a subscription to HSA/FSA', () => {
  it('is connected when the webhook comes, charged by us from the first date far enough away', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-14' });
    const { requestId, redirectUrl } = linkOf(await move(maya));
    const arrivesAt = await atTruemed(redirectUrl).completes();
    expect(arrivesAt).toBe(`http://localhost:3000/account/hsa-fsa/${requestId}/return?outcome=success`);
    await world.settle();

    expect(await stateOf(maya)).toBe('Connected');
    const moved = await subscriptionOf(maya);
    // 14 January is two days away, less than HANDOVER_DAYS: the former card still pays for it.
    expect(moved).toMatchObject({ billingMethod: 'hsa_fsa', nextChargeOn: '2027-02-14', handOverConfirmedAt: null });
    expect(moved.nextChargeAt?.toISOString()).toBe('2027-02-14T13:00:00.000Z');
    const [token] = await world.runtime.db
      .select()
      .from(paymentTokens)
      .where(eq(paymentTokens.customerId, maya.customerId));
    expect(token).toMatchObject({ status: 'live', source: 'webhook', letterExpiresOn: '2028-01-12' });
    expect((await mailsOf(maya)).map((mail) => mail.template)).toEqual(['moved_to_hsa_fsa']);
    expect(await world.truemed.mail(maya.email)).toHaveLength(1);
  });

  it('sends every documented field, our id as metadata and nothing else about the person', async () => {
    const maya = await world.aSubscriber();
    const { requestId, redirectUrl } = linkOf(await move(maya, true));
    const state = await world.truemed.state(maya.email);
    expect(state.requests[0]).toMatchObject({
      customer_email: maya.email,
      customer_name: 'Maya Okafor',
      customer_state: 'CA',
      use_iframe: true,
      metadata: requestId,
      order_items: [{ sku: 'DAILY', quantity: 1, price: 4900 }],
    });
    expect(redirectUrl).toContain(world.truemed.url);
  });

  it('is confirming after the redirect, until the webhook comes', async () => {
    await world.truemed.setSwitches({ webhookBeforeRedirect: 'never' });
    const maya = await world.aSubscriber();
    const { requestId, redirectUrl } = linkOf(await move(maya));
    await atTruemed(redirectUrl).completes();
    await recordReturn(await world.as(maya.principal), { requestId, outcome: 'success' });
    expect(await stateOf(maya)).toBe('Confirming');
    await world.truemed.setSwitches({ webhookBeforeRedirect: 'after' });

    // No webhook ever comes: five seconds after the arrival the backfill asks.
    await world.advance({ seconds: 5 });
    await world.settle();
    expect(await stateOf(maya)).toBe('Connected');
    const [token] = await world.runtime.db
      .select()
      .from(paymentTokens)
      .where(eq(paymentTokens.customerId, maya.customerId));
    expect(token?.source).toBe('backfill');
  });

  it('is found by the backfill although the tab was closed and the webhook lost', async () => {
    await world.truemed.setSwitches({ webhookBeforeRedirect: 'never' });
    const maya = await world.aSubscriber();
    await atTruemed(linkOf(await move(maya)).redirectUrl).completes();
    await world.truemed.setSwitches({ webhookBeforeRedirect: 'after' });
    expect(await stateOf(maya)).toBe('Not completed');
    await world.advance({ minutes: 1 });
    await world.settle();
    expect(await stateOf(maya)).toBe('Connected');
  });

  it('leaves no day to its customer on which the former processor may still bill it', async () => {
    const maya = await world.aSubscriber();
    await atTruemed(linkOf(await move(maya)).redirectUrl).completes();
    await world.settle();
    const ctx = await world.as(maya.principal);
    const { subscription } = await subscriptionPage(ctx, { subscriptionId: maya.subscriptionId });
    const to = (days: number) =>
      moveNextCharge(ctx, {
        subscriptionId: maya.subscriptionId,
        nextChargeOn: subscription.nextPeriodOn,
        to: addDays(subscription.today, days),
        scope: 'this_order',
      });
    for (const days of [1, 2]) expect(await to(days)).toEqual({ ok: false, reason: 'before_hand_over' });
    expect(await to(3)).toMatchObject({ ok: true });
  });

  it('is not completed when the customer does not qualify or cancels, and nothing changes', async () => {
    for (const end of ['doesNotQualify', 'cancels'] as const) {
      const maya = await world.aSubscriber();
      const { requestId, redirectUrl } = linkOf(await move(maya));
      const arrivesAt = await atTruemed(redirectUrl)[end]();
      expect(arrivesAt).toContain('outcome=failure');
      await recordReturn(await world.as(maya.principal), { requestId, outcome: 'failure' });
      await world.settle();
      expect(await stateOf(maya)).toBe('Not completed');
      expect(await subscriptionOf(maya)).toMatchObject({ billingMethod: 'external', nextChargeAt: null });
      expect(await mailsOf(maya)).toEqual([]);
    }
  });

  it('is being reviewed while a practitioner looks, and connected days later', async () => {
    const maya = await world.aSubscriber();
    const { requestId, redirectUrl } = linkOf(await move(maya));
    await atTruemed(redirectUrl).isReviewedLater();
    await recordReturn(await world.as(maya.principal), { requestId, outcome: 'success' });
    await world.advance({ minutes: 3 });
    await world.settle();
    expect(await stateOf(maya)).toBe('Being reviewed');
    await world.advance({ days: 1 });
    await world.truemed.review({ email: maya.email, outcome: 'approve' });
    await world.settle();
    expect(await stateOf(maya)).toBe('Connected');
  });

  it('is not completed after ten days, and a token that still comes is accepted', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-06-01' });
    const { requestId, redirectUrl } = linkOf(await move(maya));
    await atTruemed(redirectUrl).isReviewedLater();
    await recordReturn(await world.as(maya.principal), { requestId, outcome: 'success' });
    for (let days = 0; days < 11; days += 1) {
      await world.advance({ days: 1 });
      await world.settle();
    }
    expect((await requestOf(maya)).status).toBe('abandoned');
    expect(await stateOf(maya)).toBe('Not completed');
    await world.truemed.review({ email: maya.email, outcome: 'approve' });
    await world.settle();
    expect(await stateOf(maya)).toBe('Connected');
  });

  it('gets the same open request when they press again within half an hour, and a new one later', async () => {
    const maya = await world.aSubscriber();
    const first = linkOf(await move(maya));
    const again = linkOf(await move(maya));
    expect(again).toEqual(first);
    await world.advance({ minutes: 31 });
    expect(linkOf(await move(maya)).requestId).not.toBe(first.requestId);
  });

  it('gets one request out of two presses at the same time', async () => {
    const maya = await world.aSubscriber();
    await Promise.all([move(maya), move(maya), move(maya)]);
    const rows = await world.runtime.db
      .select()
      .from(provisionRequests)
      .where(eq(provisionRequests.subscriptionId, maya.subscriptionId));
    expect(rows).toHaveLength(1);
  });

  it('moves a second subscription by updating the token, with the items of both', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_two_subscriptions' });
    const second = await world.aSubscriber({ customerId: maya.customerId });
    const result = await move(second);
    await world.settle();
    // The letter covers the items, so Truemed asks for nothing and the change is effective at once.
    expect(result).toMatchObject({ ok: true, next: 'waiting' });
    expect(await stateOf(second)).toBe('Connected');
    expect(await subscriptionOf(second)).toMatchObject({ billingMethod: 'hsa_fsa' });
  });

  it('is told the HSA/FSA card that pays, wherever Truemed lists it', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_two_cards' });
    const second = await world.aSubscriber({ customerId: maya.customerId, email: maya.email });
    const card = { last4: '4417', expires: '2029-11', brand: 'visa', isHsaFsa: true };
    await world.runtime.db
      .update(paymentTokens)
      .set({ cards: [{ ...card, last4: '1881', isHsaFsa: false }, card], refreshedAt: (await world.system()).now })
      .where(eq(paymentTokens.customerId, maya.customerId));
    await move(second);
    await world.settle();
    expect((await world.truemed.mail(maya.email)).map(({ text }) => text)).toEqual([
      expect.stringContaining('HSA/FSA card ending 4417'),
    ]);
  });

  it('is promised no charge of what is paused, nor a certain day while staff have yet to confirm', async () => {
    const [resting, waiting] = [await world.aSubscriber(), await world.aSubscriber()];
    const { db, env } = world.runtime;
    await db.update(subscriptions).set({ status: 'paused' }).where(eq(subscriptions.id, resting.subscriptionId));
    for (const who of [resting, waiting]) await atTruemed(linkOf(await move(who)).redirectUrl).completes();
    const confirmed = { ...world.runtime, env: { ...env, handOver: 'confirmed' as const } };
    await world.truemed.settle();
    await tick(await contextFor(confirmed, { kind: 'system', name: 'worker' }));
    await world.settle();
    const textTo = async ({ email }: Subscriber) => (await world.truemed.mail(email)).map(({ text }) => text).join();
    expect(await textTo(resting)).toContain('Nothing is charged while it is paused.');
    expect(await textTo(resting)).not.toContain('$48.30');
    expect(await textTo(waiting)).toContain('Next: $48.30 not before Wednesday, 3 February.');
  });

  it('is refused for what is on HSA/FSA already', async () => {
    const maya = await world.aSubscriber({ paymentToken: 'pt_already' });
    expect(await move(maya)).toEqual({ ok: false, reason: 'already_on_hsa_fsa' });
  });

  it('does not find the subscription of another customer', async () => {
    const maya = await world.aSubscriber();
    const other = await world.aSubscriber();
    const theft = moveToHsaFsa(await world.as(other.principal), {
      subscriptionId: maya.subscriptionId,
      embedded: false,
    });
    await expect(theft).rejects.toMatchObject({ code: 'not_found' });
    const { requestId } = linkOf(await move(maya));
    const arrival = recordReturn(await world.as(other.principal), { requestId, outcome: 'success' });
    await expect(arrival).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what Truemed answers to create payment token', () => {
  it('WaitingForVerification shows the review, and connects with the first request', async () => {
    const maya = await world.aSubscriber();
    const second = await world.aSubscriber({ customerId: maya.customerId });
    await atTruemed(linkOf(await move(maya)).redirectUrl).isReviewedLater();
    expect(await move(second)).toMatchObject({ ok: true, next: 'waiting' });
    expect(await requestOf(second)).toMatchObject({
      status: 'waiting_verification',
      errorCode: 'WaitingForVerification',
    });
    expect(await stateOf(second)).toBe('Being reviewed');
  });

  it('IdempotencyViolation means that Truemed has a token that we do not know: staff link it', async () => {
    const maya = await world.aSubscriber();
    await world.truemed.seedToken({ email: maya.email, name: 'Maya Okafor', payment_token: 'pt_unknown_to_us' });
    expect(await move(maya)).toMatchObject({ ok: true, next: 'waiting' });
    const request = await requestOf(maya);
    expect(request.status).toBe('already_provisioned');
    expect(await stateOf(maya)).toBe('Needs attention');

    const staff = await world.as(world.aStaffMember());
    const input = { requestId: request.id, email: maya.email, tokenLookup: staff.vault.lookup('pt_unknown_to_us') };
    await expect(linkKnownToken(await world.as(maya.principal), input)).rejects.toMatchObject({ code: 'not_found' });
    expect(await linkKnownToken(staff, { ...input, tokenLookup: 'of another token' })).toEqual({
      ok: false,
      reason: 'no_such_token',
    });
    expect(await linkKnownToken(staff, input)).toEqual({ ok: true });
    expect(await stateOf(maya)).toBe('Connected');
    const entries = await world.runtime.db.select().from(auditLog).where(eq(auditLog.subject, maya.subscriptionId));
    expect(entries.map((entry) => entry.action)).toEqual(['subscription.moved']);
  });

  it('ServerError is sent again with the same key and bytes', async () => {
    await world.truemed.addFault({ match: { operation: 'createPaymentToken' }, times: 1, fault: 'ServerError' });
    const maya = await world.aSubscriber();
    linkOf(await move(maya));
    expect((await requestOf(maya)).tries).toBe(1);
    await world.truemed.clearFaults();
  });

  it('what fails for longer is sent again by the tick, and the waiting page says so', async () => {
    await world.truemed.addFault({ match: { operation: 'createPaymentToken' }, times: 3, fault: '500' });
    const maya = await world.aSubscriber();
    expect(await move(maya)).toMatchObject({ ok: true, next: 'waiting' });
    expect(await stateOf(maya)).toBe('Confirming');
    await world.advance({ seconds: 5 });
    await world.settle();
    await world.advance({ seconds: 30 });
    await world.settle();
    expect((await requestOf(maya)).status).toBe('open');
    await world.truemed.clearFaults();
  });

  it.each(['MissingField', 'ValidationError', 'SomethingNew'])('%s needs a person', async (error) => {
    await world.truemed.addFault({
      match: { operation: 'createPaymentToken' },
      times: 1,
      fault: { status: 400, body: { error, message: 'no' } },
    });
    const maya = await world.aSubscriber();
    await move(maya);
    expect(await requestOf(maya)).toMatchObject({ status: 'refused', errorCode: error });
    expect(await stateOf(maya)).toBe('Needs attention');
  });

  it.each(['foreign_redirect', 'javascript_redirect'] as const)('a %s is never given to a browser', async (fault) => {
    await world.truemed.addFault({ match: { operation: 'createPaymentToken' }, times: 1, fault });
    const maya = await world.aSubscriber();
    expect(await move(maya)).toMatchObject({ ok: true, next: 'waiting' });
    expect(await requestOf(maya)).toMatchObject({ status: 'refused', errorCode: 'ForeignRedirect' });
  });
});
