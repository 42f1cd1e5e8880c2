import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimDue, claimLapsedAttempts } from '@/db/claims';
import { openDatabase } from '@/db/client';
import { chargeAttempts, invoices, leasedBatches } from '@/db/schema/billing';
import { eventDeliveries, eventEndpoints } from '@/db/schema/events';
import { workers } from '@/db/schema/operations';
import { contextFor, type Runtime } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { addEndpoint } from '@/lib/services/add-endpoint';
import { renewDue } from '@/lib/services/renew-due';
import { readLastTickAge } from '@/lib/views/health';
import { aWorld, type Subscriber, type TestWorld } from '@/tests/world';
import { runOnce, runWorker } from './worker';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.runtime.db.delete(workers);
});

/** Waits until a fact shows. */
const until = (isSo: () => Promise<boolean>) => vi.waitFor(async () => expect(await isSo()).toBe(true), 10_000);
const hasTicked = async () => (await world.runtime.db.select().from(workers)).length > 0;

describe('the worker', () => {
  it('renews what is due, leaves a mark of its ticks, and ends when it is told to', async () => {
    const maya = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_worker' });
    const stopping = new AbortController();
    const working = runWorker(world.runtime, stopping.signal);
    await until(async () => {
      const rows = await world.runtime.db.select().from(invoices).where(eq(invoices.customerId, maya.customerId));
      return rows[0]?.status === 'paid';
    });
    await until(hasTicked);
    stopping.abort();
    await working;
    expect(await readLastTickAge(world.runtime.db)).toBeLessThan(60);
  });

  it('renews while an endpoint of the merchant hangs', async () => {
    let calls = 0;
    const hanging = createServer(() => {
      calls += 1;
    });
    await once(hanging.listen(0, '127.0.0.1'), 'listening');
    const address = hanging.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    await addEndpoint(await world.as(world.aStaffMember()), { url: `http://127.0.0.1:${address.port}/` });
    const stopping = new AbortController();
    const working = runWorker(world.runtime, stopping.signal);
    const first = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_told' });
    await until(async () => calls > 0);
    const paid = async (customerId: Subscriber['customerId']) => {
      const rows = await world.runtime.db.select().from(invoices).where(eq(invoices.customerId, customerId));
      return rows[0]?.status === 'paid';
    };
    const second = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_meanwhile' });
    await until(() => paid(second.customerId));
    expect(await paid(first.customerId)).toBe(true);
    stopping.abort();
    hanging.closeAllConnections();
    await working;
    hanging.close();
    await world.runtime.db.delete(eventDeliveries);
    await world.runtime.db.delete(eventEndpoints);
  });

  it('tells an endpoint of a paid order while the mail server hangs', async () => {
    let calls = 0;
    const shop = createServer((_, response) => {
      calls += 1;
      response.end();
    });
    await once(shop.listen(0, '127.0.0.1'), 'listening');
    const { port } = shop.address() as AddressInfo;
    await addEndpoint(await world.as(world.aStaffMember()), { url: `http://127.0.0.1:${port}/` });
    let sent = 0;
    let goOn = () => {};
    const hanging = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const mailer: Runtime['mailer'] = {
      ...world.runtime.mailer,
      send: async () => {
        sent += 1;
        await hanging;
      },
    };
    const stopping = new AbortController();
    const working = runWorker({ ...world.runtime, mailer }, stopping.signal);
    await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_mailed' });
    await until(async () => sent > 0);
    await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_told_all_the_same' });
    const before = calls;
    await until(async () => calls > before);
    goOn();
    stopping.abort();
    await working;
    shop.closeAllConnections();
    shop.close();
    await world.runtime.db.delete(eventDeliveries);
    await world.runtime.db.delete(eventEndpoints);
  });

  it('takes up what a dead worker held while a tick of its own hangs, and leaves alone what another holds', async () => {
    await world.settle();
    const { runtime } = world;
    const ctx = await world.system();
    const dead = await world.aCharged();
    const alive = await world.aCharged();
    await renewDue(ctx, 10);
    const { claims } = await claimDue(runtime.db, 'attempts', ctx.now, { limit: 10, leaseSeconds: 3600, after: null });
    expect(claims).toHaveLength(2);
    await runtime.db
      .update(chargeAttempts)
      .set({ status: 'sent', tries: 1, sentAt: ctx.now })
      .where(eq(chargeAttempts.status, 'planned'));
    // A webhook is read again at Truemed by the tick, before any charge: there it hangs.
    let hung = 0;
    let goOn = () => {};
    const hanging = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const truemed: Runtime['truemed'] = {
      ...runtime.truemed,
      retrievePaymentSession: async (id) => {
        hung += 1;
        await hanging;
        return runtime.truemed.retrievePaymentSession(id);
      },
    };
    const third = await world.aCharged();
    const stopping = new AbortController();
    const working = runWorker({ ...runtime, truemed }, stopping.signal);
    await until(async () => {
      await world.truemed.settle();
      return hung > 0;
    });
    expect(await attemptsOf(third.subscriptionId)).toMatchObject([{ status: 'accepted' }]);
    const aSecondAgo = sql`clock_timestamp() - interval '1 second'`;
    await runtime.db
      .update(chargeAttempts)
      .set({ leaseUntil: aSecondAgo })
      .where(eq(chargeAttempts.subscriptionId, dead.subscriptionId));
    await runtime.db.update(leasedBatches).set({ leaseUntil: aSecondAgo });
    await until(async () => (await attemptsOf(dead.subscriptionId))[0]?.status === 'accepted');
    expect(await attemptsOf(dead.subscriptionId)).toMatchObject([{ tries: 2 }]);
    expect(await attemptsOf(alive.subscriptionId)).toMatchObject([{ status: 'sent', tries: 1 }]);
    goOn();
    stopping.abort();
    await working;
    await runtime.db.update(chargeAttempts).set({ leaseUntil: null });
    await world.settle();
  });

  it('comes back for what somebody had locked when its batch was looked at', async () => {
    await world.settle();
    const { runtime } = world;
    const ctx = await world.system();
    const [locked, free] = [await world.aCharged(), await world.aCharged()];
    await renewDue(ctx, 10);
    await claimDue(runtime.db, 'attempts', ctx.now, { limit: 10, leaseSeconds: 3600, after: null });
    const aSecondAgo = sql`clock_timestamp() - interval '1 second'`;
    await runtime.db.update(chargeAttempts).set({ leaseUntil: aSecondAgo }).where(eq(chargeAttempts.status, 'planned'));
    await runtime.db.update(leasedBatches).set({ leaseUntil: aSecondAgo });
    const takenUp = async () => {
      const claims = await claimLapsedAttempts(runtime.db, ctx.now, 3600);
      return claims.map(({ id }) => id);
    };
    const idOf = async ({ subscriptionId }: Subscriber) => (await attemptsOf(subscriptionId))[0]?.id;
    await runtime.db.transaction(async (tx) => {
      await tx
        .select()
        .from(chargeAttempts)
        .where(eq(chargeAttempts.subscriptionId, locked.subscriptionId))
        .for('update');
      expect(await takenUp()).toEqual([await idOf(free)]);
      expect(await takenUp()).toEqual([]);
    });
    await until(async () => (await takenUp())[0] === (await idOf(locked)));
    expect(await runtime.db.select().from(leasedBatches)).toHaveLength(2);
    await runtime.db.update(chargeAttempts).set({ leaseUntil: null });
    await runtime.db.delete(leasedBatches);
    await world.settle();
  });

  it('survives an outage of the clock, and does not count as ticking meanwhile', async () => {
    let failures = 0;
    const clock = async () => {
      failures += 1;
      if (failures > 1) return world.runtime.clock();
      throw new AppError('provider_unavailable', 'The clock does not answer.', { retryable: true });
    };
    const runtime: Runtime = { ...world.runtime, clock };
    const stopping = new AbortController();
    const working = runWorker(runtime, stopping.signal);
    await until(async () => failures > 0);
    expect(await hasTicked()).toBe(false);
    await until(hasTicked);
    stopping.abort();
    await working;
  });

  it('asks a database that is away again and again, says so once, and goes on as soon as it answers', async () => {
    const address = new URL(world.runtime.env.databaseUrl);
    const door = createTcpServer((socket) => {
      const server = connect(Number(address.port), address.hostname);
      socket.pipe(server).pipe(socket);
      for (const end of [socket, server]) end.on('error', () => {});
    });
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port } = door.address() as AddressInfo;
    await new Promise((resolve) => door.close(resolve));
    const databaseUrl = Object.assign(new URL(address), { host: `127.0.0.1:${port}` }).href;
    const { db, close } = openDatabase(databaseUrl);
    let asked = 0;
    const execute: typeof db.execute = (query) => {
      asked += 1;
      return db.execute(query);
    };
    const failures: string[] = [];
    const log = { ...world.runtime.log, error: ({ event }: { event: string }) => void failures.push(event) };
    const stopping = new AbortController();
    const working = runWorker(
      {
        ...world.runtime,
        env: { ...world.runtime.env, databaseUrl },
        db: Object.assign(Object.create(db), { execute }),
        log,
      },
      stopping.signal,
    );
    await until(async () => asked > 16);
    // Once for each of its loops.
    expect(failures).toEqual(Array.from({ length: 4 }, () => 'worker.tick_failed'));
    expect(await hasTicked()).toBe(false);
    door.listen(port, '127.0.0.1');
    await until(hasTicked);
    stopping.abort();
    await working;
    await close();
    await new Promise((resolve) => door.close(resolve));
  });

  it('forgets workers that have not ticked for a week, when a new one begins', async () => {
    const longAgo = sql`clock_timestamp() - interval '8 days'`;
    await world.runtime.db.insert(workers).values({ id: 'old', startedAt: longAgo, lastTickAt: longAgo });
    const stopping = new AbortController();
    const working = runWorker(world.runtime, stopping.signal);
    await until(async () => (await world.runtime.db.select().from(workers)).every((row) => row.id !== 'old'));
    stopping.abort();
    await working;
    expect(await hasTicked()).toBe(true);
  });
});

describe('worker --once', () => {
  it('does all that is due, and tells what waits for its time', async () => {
    await world.settle();
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 1, fault: 'ServerError' });
    const due = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_once' });
    const remaining = await runOnce(world.runtime);
    const [attempt] = await attemptsOf(due.subscriptionId);
    expect(attempt).toMatchObject({ status: 'unknown', tries: 1 });
    expect(remaining).toContainEqual(
      expect.objectContaining({ queue: 'attempts', waiting: 1, nextAt: attempt?.dueAt }),
    );
  });

  it("does not wait for another worker's lease", async () => {
    await world.advance({ hours: 1 });
    await world.runtime.db
      .update(chargeAttempts)
      .set({ leaseUntil: sql`clock_timestamp() + interval '1 hour'` })
      .where(eq(chargeAttempts.status, 'unknown'));
    const remaining = await runOnce(world.runtime);
    const { now } = await contextFor(world.runtime, { kind: 'system', name: 'worker' });
    const attempts = remaining.find(({ queue }) => queue === 'attempts');
    expect(attempts?.waiting).toBe(1);
    expect(attempts?.nextAt?.getTime()).toBeLessThan(now.getTime());
  });
});

function attemptsOf(subscriptionId: (typeof chargeAttempts.$inferSelect)['subscriptionId']) {
  return world.runtime.db
    .select()
    .from(chargeAttempts)
    .where(eq(chargeAttempts.subscriptionId, subscriptionId))
    .orderBy(asc(chargeAttempts.number));
}
