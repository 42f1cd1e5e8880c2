import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimOne } from '@/db/claims';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { outbox, webhookInbox } from '@/db/schema/messages';
import { paymentTokens } from '@/db/schema/provisioning';
import { newId } from '@/lib/core/id';
import { tick } from '@/lib/jobs/tick';
import { processWebhook, replayWebhook } from '@/lib/services/process-webhook';
import { receiveWebhook } from '@/lib/services/receive-webhook';
import { SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld({
    TRUEMED_SIGNING_SECRETS: 'sandbox-signing-secret,the-next-secret',
    TRUEMED_SHARED_SECRETS: 'shared-secret',
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.runtime.db.delete(webhookInbox);
});

const envelope = (id: string, type: string, data: object) =>
  Buffer.from(JSON.stringify({ webhook_delivery_id: id, event_type: type, data }));
const inbox = () => world.runtime.db.select().from(webhookInbox).orderBy(asc(webhookInbox.receivedAt));

async function deliver(body: Uint8Array, options: { secrets?: string[]; ageSeconds?: number; header?: string } = {}) {
  const ctx = await world.as({ kind: 'system', name: 'receiver' });
  const timestamp = Math.floor(ctx.now.getTime() / 1000) - (options.ageSeconds ?? 0);
  const header = options.header ?? signatureHeader(options.secrets ?? ['sandbox-signing-secret'], timestamp, body);
  return receiveWebhook(ctx, { headers: new Headers({ [SIGNATURE_HEADER]: header }), body });
}

describe('the receiver', () => {
  it('stores a delivery once, however often it comes, also fifty times at the same moment', async () => {
    const body = envelope('dlv_many', 'payment_session.updated', { payment_id: 'none', status: 'captured' });
    const receipts = await Promise.all(Array.from({ length: 50 }, () => deliver(body)));
    expect(receipts.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(receipts.filter(({ kind }) => kind === 'known')).toHaveLength(49);
    expect(await inbox()).toHaveLength(1);
  });

  it('accepts either secret, and several signatures in any order', async () => {
    const body = (n: number) => envelope(`dlv_secret_${n}`, 'x', {});
    expect(await deliver(body(1), { secrets: ['the-next-secret'] })).toEqual({ kind: 'stored' });
    expect(await deliver(body(2), { secrets: ['unknown', 'sandbox-signing-secret'] })).toEqual({ kind: 'stored' });
    expect(await deliver(body(3), { secrets: ['the-next-secret', 'unknown'] })).toEqual({ kind: 'stored' });
    expect(await deliver(body(4), { secrets: ['unknown'] })).toEqual({ kind: 'unauthorized', reason: 'no_match' });
  });

  it('takes a valid signature of up to eight days and marks it late; older and future ones are refused', async () => {
    const day = 24 * 3600;
    expect(await deliver(envelope('dlv_late', 'x', {}), { ageSeconds: 6.9 * day })).toEqual({ kind: 'stored' });
    expect((await inbox())[0]).toMatchObject({ isLate: true, isSigned: true });
    expect(await deliver(envelope('dlv_old', 'x', {}), { ageSeconds: 8 * day + 1 })).toEqual({
      kind: 'unauthorized',
      reason: 'too_old',
    });
    expect(await deliver(envelope('dlv_new', 'x', {}), { ageSeconds: -301 })).toEqual({
      kind: 'unauthorized',
      reason: 'too_new',
    });
  });

  it('leaves no row for a changed body, a missing signature, or what is signed but not an envelope', async () => {
    const body = envelope('dlv_changed', 'x', { a: 1 });
    const header = signatureHeader(['sandbox-signing-secret'], 1_800_000_000, body);
    expect((await deliver(Buffer.from(`${body.toString()} `), { header })).kind).toBe('unauthorized');
    const ctx = await world.as({ kind: 'system', name: 'receiver' });
    expect(await receiveWebhook(ctx, { headers: new Headers(), body })).toMatchObject({ kind: 'unauthorized' });
    expect(await deliver(Buffer.from('not json'))).toEqual({ kind: 'not_an_envelope' });
    expect(await deliver(Buffer.from('{"event_type":"x","data":{}}'))).toEqual({ kind: 'not_an_envelope' });
    expect(await deliver(Buffer.from([0xff, 0xfe, 0x00]))).toEqual({ kind: 'not_an_envelope' });
    expect(await inbox()).toEqual([]);
  });

  it('takes an unsigned delivery only with a shared secret', async () => {
    const ctx = await world.as({ kind: 'system', name: 'receiver' });
    const body = Buffer.from(JSON.stringify({ payment_id: 'none', status: 'captured' }));
    const withKey = (key: string) => receiveWebhook(ctx, { headers: new Headers({ 'x-truemed-api-key': key }), body });
    expect(await withKey('sandbox-key')).toMatchObject({ kind: 'unauthorized' });
    expect(await withKey('shared-secret')).toEqual({ kind: 'stored' });
    expect(await withKey('shared-secret')).toEqual({ kind: 'known' });
    expect((await inbox())[0]).toMatchObject({ isSigned: false, eventType: 'payment_session_complete' });
  });

  it('keeps the body sealed', async () => {
    await deliver(envelope('dlv_sealed', 'payment_token.updated', { payment_token: 'pt_canary_in_the_body' }));
    const [row] = await inbox();
    expect(Buffer.from(row?.body ?? []).includes('pt_canary')).toBe(false);
  });

  it('is for the receiver alone', async () => {
    const ctx = await world.as({ kind: 'customer', customerId: newId('customer') });
    await expect(receiveWebhook(ctx, { headers: new Headers(), body: Buffer.from('{}') })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('what the tick does with the inbox', () => {
  it('ignores unknown types and foreign sessions, and keeps them', async () => {
    await deliver(envelope('dlv_unknown', 'product_catalog.item.eligibility_updated', {}));
    await deliver(
      envelope('dlv_foreign', 'payment_session.updated', { payment_id: 'of-another-system', status: 'captured' }),
    );
    await tick(await world.system());
    expect((await inbox()).map((row) => row.status)).toEqual(['ignored', 'ignored']);
  });

  it('quarantines what keeps failing, shows why, and lets staff replay it', async () => {
    await deliver(
      envelope('dlv_poison', 'payment_token.updated', {
        payment_token: 'pt_of_nobody',
        provision_token_request_id: 'unknown',
      }),
    );
    for (let tries = 0; tries < 6; tries += 1) {
      await tick(await world.system());
      await world.advance({ hours: 2 });
    }
    const [row] = await inbox();
    expect(row).toMatchObject({
      status: 'quarantined',
      dueAt: null,
      lastError: 'No request of ours has the id that the event names.',
    });
    await replayWebhook(await world.as(world.aStaffMember()), { webhookId: row?.id ?? newId('webhook') });
    await tick(await world.system());
    expect((await inbox())[0]).toMatchObject({ status: 'received', tries: 1 });
  });

  it('processes again what staff replay while a worker has it in hand', async () => {
    await deliver(envelope('dlv_in_hand', 'x', {}));
    const [row] = await inbox();
    const webhookId = row?.id ?? newId('webhook');
    const ctx = await world.system();
    const claim = await claimOne(ctx.db, 'webhooks', webhookId, 60);
    if (claim === null) throw new Error('Somebody has it.');
    await replayWebhook(await world.as(world.aStaffMember()), { webhookId });
    await processWebhook(ctx, claim);
    expect(await inbox()).toMatchObject([{ status: 'received', dueAt: expect.any(Date) }]);
    await tick(ctx);
    expect(await inbox()).toMatchObject([{ status: 'ignored', dueAt: null, tries: 1 }]);
  });

  it('never links a token by the e-mail of an event', async () => {
    const maya = await world.aSubscriber();
    await world.truemed.seedToken({ email: maya.email, name: 'Maya Okafor', payment_token: 'pt_by_email_only' });
    await deliver(
      envelope('dlv_email', 'payment_token.updated', { payment_token: 'pt_by_email_only', customer_email: maya.email }),
    );
    await tick(await world.system());
    expect(
      await world.runtime.db.select().from(paymentTokens).where(eq(paymentTokens.customerId, maya.customerId)),
    ).toEqual([]);
  });

  it('believes the provider, not the payload: a forged "captured" for a session in review pays nothing', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_forged' });
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    const [attempt] = await world.runtime.db
      .select()
      .from(chargeAttempts)
      .where(eq(chargeAttempts.subscriptionId, maya.subscriptionId));
    await deliver(
      envelope('dlv_forged', 'payment_session.updated', { payment_id: attempt?.paymentSessionId, status: 'captured' }),
    );
    await tick(await world.system());
    const [invoice] = await world.runtime.db
      .select()
      .from(invoices)
      .where(eq(invoices.subscriptionId, maya.subscriptionId));
    expect(invoice?.status).toBe('open');
  });

  it('has one effect for an event that two endpoints deliver under two ids, in any order with late ones', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_two_endpoints' });
    await world.settle();
    const [attempt] = await world.runtime.db
      .select()
      .from(chargeAttempts)
      .where(eq(chargeAttempts.subscriptionId, maya.subscriptionId));
    const data = { payment_id: attempt?.paymentSessionId, status: 'captured' };
    await deliver(envelope('dlv_endpoint_2', 'payment_session.updated', data));
    await deliver(envelope('dlv_stale', 'payment_session.updated', { ...data, status: 'processing' }), {
      ageSeconds: 3600,
    });
    await tick(await world.system());
    const [invoice] = await world.runtime.db
      .select()
      .from(invoices)
      .where(eq(invoices.subscriptionId, maya.subscriptionId));
    expect(invoice?.status).toBe('paid');
    expect((await inbox()).every((row) => row.status === 'processed')).toBe(true);
    expect(await world.truemed.mail(maya.email)).toHaveLength(1);
  });

  it('ends alike in every order of four events about one charge, a duplicate and a late one among them', async () => {
    await world.truemed.setChaos({ seed: 1, deliveries: { drop: 1 } });
    const orders = permutationsOf([0, 1, 2, 3]);
    const people = await Promise.all(orders.map(() => world.aCharged({ unit: 'year' })));
    await world.settle();
    const attempts = new Map(
      (await world.runtime.db.select().from(chargeAttempts)).map((attempt) => [attempt.subscriptionId, attempt]),
    );
    const tokens = new Map(
      (await world.runtime.db.select().from(paymentTokens)).map(({ id, token }) => [
        id as string,
        world.runtime.vault.open(token, `payment_tokens.token:${id}`).toString(),
      ]),
    );
    const eventsOf = (who: Subscriber) => {
      const { paymentSessionId: id, paymentTokenId, status } = attempts.get(who.subscriptionId) ?? {};
      expect(status).toBe('accepted');
      const session = (key: string, status: string) =>
        envelope(`${key}_${who.subscriptionId}`, 'payment_session.updated', { payment_id: id, status });
      const token = { payment_token: tokens.get(paymentTokenId ?? ''), payment_session_id: id };
      return [
        { body: session('one_endpoint', 'captured') },
        { body: session('other_endpoint', 'captured') },
        { body: session('late', 'processing'), ageSeconds: 3_600 },
        { body: envelope(`token_${who.subscriptionId}`, 'payment_token.updated', token) },
      ];
    };
    for (let turn = 0; turn < 4; turn += 1) {
      await Promise.all(
        people.map(async (who, index) => {
          const event = eventsOf(who)[orders[index]?.[turn] ?? -1];
          if (event !== undefined) await deliver(event.body, event);
        }),
      );
      await tick(await world.system());
    }
    await world.truemed.clearChaos();
    const ends = await Promise.all(
      people.map(async ({ customerId, subscriptionId }) => {
        const { db } = world.runtime;
        const ofSubscription = await db.select().from(invoices).where(eq(invoices.subscriptionId, subscriptionId));
        const charges = await db.select().from(chargeAttempts).where(eq(chargeAttempts.subscriptionId, subscriptionId));
        const [token] = await db.select().from(paymentTokens).where(eq(paymentTokens.customerId, customerId));
        const mails = await db.select().from(outbox).where(eq(outbox.customerId, customerId));
        return JSON.stringify({
          orders: ofSubscription.map(({ status, totalCents }) => [status, totalCents]),
          charges: charges.map(({ status, tries, duplicateOf }) => [status, tries, duplicateOf]),
          token: [token?.status, token?.cards.length],
          mails: mails.map(({ template }) => template),
        });
      }),
    );
    expect(new Set(ends).size).toBe(1);
    expect(new Set((await inbox()).map(({ status }) => status))).toEqual(new Set(['processed']));
    expect(JSON.parse(ends[0] ?? '')).toMatchObject({
      orders: [['paid', 4_830]],
      charges: [['captured', 1, null]],
      mails: ['payment_received'],
    });
  });

  it('waits for Truemed when it cannot be reached, and applies the event afterwards', async () => {
    await world.truemed.setSwitches({ captureAs: 'processing' });
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_outage' });
    await world.settle();
    await world.truemed.setSwitches({ captureAs: 'captured' });
    const [attempt] = await world.runtime.db
      .select()
      .from(chargeAttempts)
      .where(eq(chargeAttempts.subscriptionId, maya.subscriptionId));
    await world.truemed.addFault({ match: { operation: 'retrievePaymentSession' }, times: 2, fault: '500' });
    await world.truemed.decideSession({ session_id: attempt?.paymentSessionId ?? '', status: 'captured' });
    await world.settle();
    await world.advance({ minutes: 2 });
    await world.settle();
    await world.advance({ minutes: 2 });
    await world.settle();
    const [invoice] = await world.runtime.db
      .select()
      .from(invoices)
      .where(eq(invoices.subscriptionId, maya.subscriptionId));
    expect(invoice?.status).toBe('paid');
    await world.truemed.clearFaults();
  });
});

function permutationsOf(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutationsOf(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}
