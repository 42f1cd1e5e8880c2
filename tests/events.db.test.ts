import { asc, eq, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimDue } from '@/db/claims';
import { eventDeliveries, eventEndpoints, events } from '@/db/schema/events';
import { auditLog } from '@/db/schema/operations';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { toldBy } from '@/lib/core/shop-events';
import { tellMerchant, tick, tickCharges } from '@/lib/jobs/tick';
import { addEndpoint } from '@/lib/services/add-endpoint';
import { deliverEvent } from '@/lib/services/deliver-event';
import { disableEndpoint } from '@/lib/services/disable-endpoint';
import { enableEndpoint } from '@/lib/services/enable-endpoint';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { refundInvoice } from '@/lib/services/refund-invoice';
import { replayEvent } from '@/lib/services/replay-event';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { rotateEndpointSecret } from '@/lib/services/rotate-endpoint-secret';
import { readTasks } from '@/lib/views/admin-tasks';
import { anEventReceiver, type EventReceiver, type Received } from './event-receiver';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
let shop: EventReceiver;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  shop = await anEventReceiver();
});
afterEach(async () => {
  await shop.close();
  await world.runtime.db.delete(eventDeliveries);
  await world.runtime.db.delete(eventEndpoints);
  await world.runtime.db.delete(events);
});

const { attemptsOf, invoicesOf } = recordsOf(() => world);
const staff = () => world.as(world.aStaffMember());
const now = async () => (await world.system()).now;

async function anEndpoint(url = shop.url): Promise<{ id: Id<'endpoint'>; secret: string }> {
  const added = await addEndpoint(await staff(), { url });
  if (!added.ok) throw new Error(added.reason);
  return { id: added.endpointId, secret: added.secret };
}

/** Whether the library's own verifier takes it with this secret at this moment. */
function isVerified(secret: string, received: Received, now: Date): boolean {
  vi.useFakeTimers({ toFake: ['Date'], now });
  try {
    new Webhook(secret).verify(received.body, received.headers);
    return true;
  } catch {
    return false;
  } finally {
    vi.useRealTimers();
  }
}

const endpointOf = async ({ id }: { id: Id<'endpoint'> }) => {
  const [row] = await world.runtime.db.select().from(eventEndpoints).where(eq(eventEndpoints.id, id));
  if (row === undefined) throw new Error('There is no endpoint.');
  return row;
};
const deliveriesOf = (who: Subscriber) =>
  world.runtime.db
    .select()
    .from(eventDeliveries)
    .where(eq(eventDeliveries.subject, who.subscriptionId))
    .orderBy(asc(eventDeliveries.position));
const about = (who: Subscriber) =>
  shop.received.filter(({ event: { data } }) => (data.subscription_id ?? data.id) === who.subscriptionId);
const typesOf = (received: readonly Received[]) => received.map(({ event }) => event.type);

/** Pauses and takes up again: two events about one subscription. */
async function interrupt(who: Subscriber): Promise<void> {
  const ctx = await world.as(who.principal);
  await pauseSubscription(ctx, { subscriptionId: who.subscriptionId, until: null });
  await resumeSubscription(ctx, { subscriptionId: who.subscriptionId });
}

/** How many others of this database wait for a lock. */
async function countWaiting(): Promise<number> {
  const [row] = await world.runtime.db.execute<{ count: number }>(
    sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

describe('paid, ship it', () => {
  it('is told once, when the money is captured and not before, and the library verifies it', async () => {
    const endpoint = await anEndpoint();
    const maya = await world.aCharged();
    await tick(await world.system());
    const [attempt] = await attemptsOf(maya);
    expect(attempt?.status).toBe('accepted');
    expect(about(maya)).toEqual([]);
    await world.settle();
    await world.advance({ hours: 3 });
    await world.settle();
    expect(typesOf(about(maya))).toEqual(['invoice.paid']);
    const [paid] = about(maya);
    if (paid === undefined) throw new Error('Nothing was told.');
    expect(paid.event.data).toMatchObject({
      external_subscription_id: maya.subscriptionId,
      customer_id: maya.customerId,
      period_start: '2027-01-12',
      period_end: '2027-02-12',
      lines: [{ sku: 'DAILY', quantity: 1, unit_price_cents: 4900 }],
      total_cents: 4830,
      currency: 'USD',
      paid_at: expect.stringMatching(/^2027-01-12T14:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(paid.id).toMatch(/^evt_/);
    const sentAt = new Date(Number(paid.headers['webhook-timestamp']) * 1000);
    expect(isVerified(endpoint.secret, paid, sentAt)).toBe(true);
    expect(isVerified(endpoint.secret, { ...paid, body: paid.body.replace('4830', '4831') }, sentAt)).toBe(false);
    expect(isVerified(endpoint.secret, paid, new Date(sentAt.getTime() + 6 * 60_000))).toBe(false);
  });

  it('says nothing of people, cards, tokens and links', async () => {
    await anEndpoint();
    const maya = await world.aCharged();
    await world.settle();
    const text = shop.received.map(({ body }) => body).join();
    expect(text).toContain(maya.customerId);
    expect(text).not.toMatch(/Maya|@example|pt_|letter|card|https?:/i);
  });

  it('what is given back is told with its order', async () => {
    await anEndpoint();
    const maya = await world.aCharged();
    await world.settle();
    const [invoice] = await invoicesOf(maya);
    if (invoice === undefined) throw new Error('There is no order.');
    await refundInvoice(await staff(), {
      invoiceId: invoice.id,
      wish: { kind: 'amount', amountCents: 1000 },
      reason: 'customer_request',
      leftCents: 4830,
    });
    await world.settle();
    expect(typesOf(about(maya))).toEqual(['invoice.paid', 'invoice.refunded']);
    expect(about(maya)[1]?.event.data).toMatchObject({
      id: invoice.id,
      total_cents: 4830,
      refund: { id: expect.stringMatching(/^ref_/), amount_cents: 1000, currency: 'USD' },
    });
  });

  it('leaves nothing out: each entry of the audit log that is to be told has its event', async () => {
    await anEndpoint();
    const since = await now();
    const [maya, noor] = [await world.aCharged(), await world.aCharged({ paymentToken: 'pt_declined' })];
    await world.truemed.setTokenHealth({ payment_token: 'pt_declined', health: 'needs_card' });
    await world.settle();
    await interrupt(maya);
    await world.settle();
    const log = await world.runtime.db.select().from(auditLog).orderBy(asc(auditLog.position));
    const theirs = [maya, noor].map(({ customerId }): string => customerId);
    const told = log.filter((entry) => entry.at >= since && theirs.includes(entry.customerId ?? ''));
    expect(typesOf(shop.received).sort()).toEqual(told.flatMap((entry) => toldBy(entry)?.type ?? []).sort());
    expect(typesOf(about(noor))).toEqual(['subscription.past_due']);
    expect(typesOf(about(maya))).toEqual(['invoice.paid', 'subscription.paused', 'subscription.resumed']);
    expect(about(maya)[1]?.event.data).toMatchObject({ status: 'paused', next_charge_on: '2027-02-12' });
  });
});

describe('an endpoint that does not answer', () => {
  it('is told each event once when it is back after two days, in order for each subscription', async () => {
    const endpoint = await anEndpoint();
    const people = [await world.aCharged(), await world.aCharged()];
    shop.answer = () => ({ status: 503 });
    await world.settle();
    for (const who of people) await interrupt(who);
    for (let hours = 0; hours < 48; hours += 8) {
      await world.advance({ hours: 8 });
      await world.settle();
      if (hours === 24) for (const who of people) await interrupt(who);
    }
    const [anyone] = people;
    expect(anyone && about(anyone).length).toBeLessThanOrEqual(7);
    expect((await endpointOf(endpoint)).failingSince).not.toBeNull();
    shop.received.length = 0;
    shop.answer = () => ({ status: 204 });
    await world.advance({ hours: 2 });
    await world.settle();
    for (const who of people)
      expect(typesOf(about(who))).toEqual([
        'invoice.paid',
        'subscription.paused',
        'subscription.resumed',
        'subscription.paused',
        'subscription.resumed',
      ]);
    expect(await endpointOf(endpoint)).toMatchObject({ failingSince: null, failures: 0, heldUntil: null });
    const all = await world.runtime.db.select().from(eventDeliveries);
    expect(all.every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('is disabled after three days, which staff see; what waits goes out when it is enabled', async () => {
    const endpoint = await anEndpoint('http://127.0.0.1:9/closed');
    const maya = await world.aCharged();
    await world.settle();
    for (let hours = 0; hours <= 72; hours += 6) {
      await world.advance({ hours: 6 });
      await world.settle();
    }
    expect(await endpointOf(endpoint)).toMatchObject({ status: 'disabled' });
    const tasks = await readTasks(await staff());
    expect(tasks.find(({ kind }) => kind === 'endpoint_disabled')).toMatchObject({
      count: 1,
      first: { id: endpoint.id, words: 'http://127.0.0.1:9/closed' },
    });
    await interrupt(maya);
    await world.settle();
    expect(await enableEndpoint(await staff(), { endpointId: endpoint.id })).toMatchObject({ ok: true });
    await world.settle();
    // It was not there yet: what waited has its three days again.
    expect((await deliveriesOf(maya)).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    await world.runtime.db.update(eventEndpoints).set({ url: shop.url });
    await world.advance({ minutes: 1 });
    await world.settle();
    expect(typesOf(about(maya))).toEqual(['invoice.paid', 'subscription.paused', 'subscription.resumed']);
    expect((await deliveriesOf(maya)).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('at which one event alone fails is told the others; that one is failed after three days', async () => {
    const endpoint = await anEndpoint();
    shop.answer = ({ event }) => ({ status: event.type === 'invoice.paid' ? 500 : 204 });
    const maya = await world.aCharged();
    await world.settle();
    const other = await world.aCharged({ nextChargeOn: '2027-11-12' });
    for (let tries = 0; tries < 8; tries += 1) {
      await interrupt(other);
      await world.advance({ hours: 12 });
      await world.settle();
    }
    expect(await deliveriesOf(maya)).toMatchObject([{ status: 'failed' }]);
    expect(await endpointOf(endpoint)).toMatchObject({ status: 'enabled' });
  });

  it('that answers 410 is disabled at once', async () => {
    const endpoint = await anEndpoint();
    shop.answer = () => ({ status: 410 });
    await world.aCharged();
    await world.settle();
    expect(await endpointOf(endpoint)).toMatchObject({ status: 'disabled', failingSince: null });
    expect(shop.received).toHaveLength(1);
  });

  it('that refuses one event takes the others meanwhile; that one is failed after three days', async () => {
    const endpoint = await anEndpoint();
    shop.answer = ({ event }) =>
      event.type === 'invoice.paid' ? { status: 400, body: 'no\u0000 such\norder' } : { status: 200 };
    const maya = await world.aCharged();
    await world.settle();
    await interrupt(maya);
    await world.settle();
    expect(typesOf(about(maya))).toEqual(['invoice.paid', 'subscription.paused', 'subscription.resumed']);
    expect((await deliveriesOf(maya))[0]).toMatchObject({
      status: 'pending',
      lastStatus: 400,
      lastAnswer: 'no  such order',
    });
    for (let tries = 0; tries < 8; tries += 1) {
      await world.advance({ hours: 12 });
      await world.settle();
    }
    expect((await deliveriesOf(maya)).map(({ status }) => status)).toEqual(['failed', 'delivered', 'delivered']);
    expect(await endpointOf(endpoint)).toMatchObject({ status: 'enabled', failingSince: null });
  });

  it('is not followed where it redirects', async () => {
    const elsewhere = await anEventReceiver();
    shop.answer = () => ({ status: 307, headers: { location: elsewhere.url } });
    await anEndpoint();
    await world.aCharged();
    await world.settle();
    expect(shop.received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });
});

describe('a shop that takes its time', () => {
  it('gets each event with a stamp of when it is sent, however many waited', async () => {
    await anEndpoint();
    const people = await Promise.all(Array.from({ length: 5 }, () => world.aCharged({ nextChargeOn: '2027-11-12' })));
    for (const who of people) await interrupt(who);
    await world.advance({ minutes: 1 });
    const ages: number[] = [];
    const sendSome = async () => {
      const ctx = await world.system();
      const post: typeof ctx.outgoing.post = async (url, headers, body) => {
        ages.push(Math.floor((await now()).getTime() / 1000) - Number(headers['webhook-timestamp']));
        await world.advance({ minutes: 2 });
        return ctx.outgoing.post(url, headers, body);
      };
      // So few calls are allowed that a batch is a single one.
      const env = { ...ctx.env, truemed: { ...ctx.env.truemed, maxRps: 0.1 } };
      return tellMerchant({ ...ctx, env, outgoing: { ...ctx.outgoing, post } }, new AbortController().signal);
    };
    while ((await sendSome()).deliveries > 0);
    expect(shop.received).toHaveLength(10);
    // Receivers refuse what is five minutes old.
    expect(Math.max(...ages)).toBeLessThan(300);
  });
});

describe('a worker that dies between the POST and its settling', () => {
  it('leaves the same id and bytes to be sent again when its lease is over', async () => {
    await anEndpoint();
    const maya = await world.aCharged();
    const ctx = await world.system();
    const dying: Context = {
      ...ctx,
      outgoing: {
        ...ctx.outgoing,
        post: async (...request) => {
          await ctx.outgoing.post(...request);
          throw new Error('The worker died.');
        },
      },
    };
    await world.truemed.settle();
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await tick(dying);
      await world.truemed.settle();
    }
    expect(about(maya)).toHaveLength(1);
    await world.settle();
    expect(about(maya)).toHaveLength(1);
    await world.runtime.db.update(eventDeliveries).set({ leaseUntil: sql`clock_timestamp() - interval '1 second'` });
    await world.settle();
    const [first, second] = about(maya);
    expect(about(maya)).toHaveLength(2);
    expect(second).toMatchObject({ id: first?.id, body: first?.body });
    expect(await deliveriesOf(maya)).toMatchObject([{ status: 'delivered', tries: 1 }]);
  });
});

describe('staff', () => {
  it('rotate a secret: both sign for a day, then only the new one', async () => {
    const endpoint = await anEndpoint();
    const { secret } = await rotateEndpointSecret(await staff(), { endpointId: endpoint.id });
    const maya = await world.aCharged();
    await world.settle();
    const [paid] = about(maya);
    const sentAt = await now();
    expect(paid && [endpoint.secret, secret].map((one) => isVerified(one, paid, sentAt))).toEqual([true, true]);
    await world.advance({ hours: 25 });
    await interrupt(maya);
    await world.settle();
    const paused = about(maya).at(-1);
    const later = await now();
    expect(paused && [endpoint.secret, secret].map((one) => isVerified(one, paused, later))).toEqual([false, true]);
  });

  it('replay an event: the same id goes out again, also to an endpoint that was added later', async () => {
    await anEndpoint();
    const maya = await world.aCharged();
    await world.settle();
    const later = await anEventReceiver();
    await anEndpoint(later.url);
    const eventId = about(maya)[0]?.id as Id<'event'>;
    expect(await replayEvent(await staff(), { eventId })).toEqual({ ok: true, endpoints: 2 });
    await world.settle();
    expect(shop.received.map(({ id }) => id)).toEqual([eventId, eventId]);
    expect(later.received.map(({ id }) => id)).toEqual([eventId]);
    await later.close();
  });

  it.each(['replay an event', 'disable and enable an endpoint'] as const)(
    '%s whose last try a worker has in hand: it has its three days again, whatever comes of that try',
    async (what) => {
      const endpoint = await anEndpoint();
      const maya = await world.aCharged();
      const ctx = await world.system();
      const post: typeof ctx.outgoing.post = async () => {
        const [delivery] = await deliveriesOf(maya);
        if (delivery === undefined) throw new Error('There is nothing to send.');
        if (what === 'replay an event') await replayEvent(await staff(), { eventId: delivery.eventId });
        else {
          await disableEndpoint(await staff(), { endpointId: endpoint.id });
          await enableEndpoint(await staff(), { endpointId: endpoint.id });
        }
        return { kind: 'answered', status: 400, excerpt: 'no' };
      };
      await world.truemed.settle();
      await tickCharges(ctx, new AbortController().signal);
      await world.truemed.settle();
      await tickCharges(ctx, new AbortController().signal);
      const old = { tries: 9, firstTriedAt: new Date(ctx.now.getTime() - 4 * 86_400_000) };
      await world.runtime.db.update(eventDeliveries).set(old);
      const { claims } = await claimDue(ctx.db, 'deliveries', ctx.now, { limit: 1, leaseSeconds: 60, after: null });
      for (const claim of claims) await deliverEvent({ ...ctx, outgoing: { ...ctx.outgoing, post } }, claim);
      expect(await deliveriesOf(maya)).toMatchObject([{ status: 'pending', tries: 0 }]);
      await world.settle();
      expect(await deliveriesOf(maya)).toMatchObject([{ status: 'delivered', tries: 1 }]);
    },
  );

  it('disable an endpoint: it is told nothing, and what happened is told when it is enabled', async () => {
    const endpoint = await anEndpoint();
    expect(await disableEndpoint(await staff(), { endpointId: endpoint.id })).toEqual({ ok: true });
    expect(await disableEndpoint(await staff(), { endpointId: endpoint.id })).toMatchObject({ ok: false });
    const maya = await world.aCharged();
    await world.settle();
    expect(shop.received).toEqual([]);
    expect(await enableEndpoint(await staff(), { endpointId: endpoint.id })).toEqual({ ok: true, waiting: 1 });
    await world.settle();
    expect(typesOf(about(maya))).toEqual(['invoice.paid']);
  });

  it('enable an endpoint while something happens: it is told of that too', async () => {
    const endpoint = await anEndpoint();
    await disableEndpoint(await staff(), { endpointId: endpoint.id });
    const [maya, noor] = [await world.aCharged(), await world.aCharged()];
    await world.settle();
    const owner = await staff();
    const own = await world.as(maya.principal);
    const { db } = world.runtime;
    const pressed = await db.transaction(async (tx) => {
      await tx.select().from(eventDeliveries).where(eq(eventDeliveries.subject, noor.subscriptionId)).for('update');
      const enabling = enableEndpoint(owner, { endpointId: endpoint.id });
      await expect.poll(() => countWaiting(), { timeout: 10_000 }).toBe(1);
      // For this press the endpoint is still disabled.
      const pausing = pauseSubscription(own, { subscriptionId: maya.subscriptionId, until: null });
      await expect.poll(() => countWaiting(), { timeout: 10_000 }).toBe(2);
      return [enabling, pausing];
    });
    await Promise.all(pressed);
    await world.settle();
    expect(typesOf(about(maya))).toEqual(['invoice.paid', 'subscription.paused']);
  });

  it('add an address once, and only one that is an address', async () => {
    await anEndpoint();
    const ctx = await staff();
    expect(await addEndpoint(ctx, { url: shop.url })).toEqual({ ok: false, reason: 'known' });
    for (const url of ['', 'ftp://shop.example', 'https://user:secret@shop.example', '//shop.example'])
      expect(await addEndpoint(ctx, { url })).toEqual({ ok: false, reason: 'not_an_address' });
  });

  it('add an address while a file of subscribers is taken in', async () => {
    const maya = await world.aSubscriber();
    const shopOwner = await staff();
    const importer = await world.as({ kind: 'system', name: 'import' });
    const file = `subscription_id,email,name,sku,item_name,quantity,unit_price_cents,interval_unit,interval_count,next_charge_on
      ${maya.subscriptionId},${maya.email},Maya Adeyemi,D,Daily,1,4900,month,1,2027-12-01`;
    const bytes = async function* () {
      yield Buffer.from(file);
    };
    const taken = await world.runtime.db.transaction(async (tx) => {
      await tx.select().from(customers).where(eq(customers.id, maya.customerId)).for('update');
      const importing = importSubscribers(importer, { fileName: 'f.csv', bytes: bytes(), isDryRun: false });
      await expect.poll(() => countWaiting(), { timeout: 10_000 }).toBe(1);
      expect(await addEndpoint(shopOwner, { url: shop.url })).toMatchObject({ ok: true });
      return [importing];
    });
    await Promise.all(taken);
  });

  it('without the role may do none of it, and every change is in the audit log', async () => {
    const endpoint = await anEndpoint();
    const support: Principal = { kind: 'staff', staffId: 'stf_1', role: 'support', email: 'a@alderhealth.example' };
    const ctx = await world.as(support);
    const refused = { code: 'forbidden' };
    await expect(addEndpoint(ctx, { url: 'http://a.example' })).rejects.toMatchObject(refused);
    await expect(rotateEndpointSecret(ctx, { endpointId: endpoint.id })).rejects.toMatchObject(refused);
    await expect(disableEndpoint(ctx, { endpointId: endpoint.id })).rejects.toMatchObject(refused);
    await expect(enableEndpoint(ctx, { endpointId: endpoint.id })).rejects.toMatchObject(refused);
    await expect(replayEvent(ctx, { eventId: 'evt_1' })).rejects.toMatchObject(refused);
    await rotateEndpointSecret(await staff(), { endpointId: endpoint.id });
    await disableEndpoint(await staff(), { endpointId: endpoint.id });
    await enableEndpoint(await staff(), { endpointId: endpoint.id });
    const log = await world.runtime.db.select().from(auditLog).where(eq(auditLog.subject, endpoint.id));
    expect(log.sort((a, b) => a.position - b.position).map(({ action }) => action)).toEqual(
      ['added', 'secret_rotated', 'disabled', 'enabled'].map((what) => `event_endpoint.${what}`),
    );
    expect(JSON.stringify(log)).not.toContain('whsec_');
  });
});
