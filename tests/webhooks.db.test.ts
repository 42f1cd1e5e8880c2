import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { webhookInbox } from '@/db/schema/messages';
import { paymentTokens } from '@/db/schema/provisioning';
import { newId } from '@/lib/core/id';
import { tick } from '@/lib/jobs/tick';
import { replayWebhook } from '@/lib/services/process-webhook';
import { receiveWebhook } from '@/lib/services/receive-webhook';
import { SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import { aWorld, type TestWorld } from './world';

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
