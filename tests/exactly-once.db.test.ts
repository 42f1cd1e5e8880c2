import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimDue } from '@/db/claims';
import { renewDue } from '@/lib/services/renew-due';
import { driveAttempt } from '@/lib/services/send-attempt';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
const children: ChildProcess[] = [];
beforeAll(async () => {
  world = await aWorld();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await world.truemed.clearFaults();
  await world.truemed.clearDeliveryFaults();
});
afterAll(() => world.close());

const { attemptsOf, invoicesOf, chargesOf } = recordsOf(() => world);

/** A worker in a process of its own, as `npm run worker` starts it. */
function startWorker(): ChildProcess {
  const { env } = world.runtime;
  const child = spawn('node', ['--import', 'tsx', 'scripts/worker.ts'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DATABASE_URL: env.databaseUrl,
      APP_ENV: 'test',
      AUTH_SECRET: env.authSecret,
      VAULT_KEYS: env.vaultKeys,
      TRUEMED_API_URL: env.truemed.apiUrl,
      TRUEMED_API_KEY: env.truemed.apiKey,
      TRUEMED_MAX_RPS: '1000',
      SMTP_URL: env.smtpUrl,
      CLOCK_URL: env.clockUrl ?? '',
    },
  });
  children.push(child);
  return child;
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 40_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > deadline) throw new Error(`It did not come to pass: ${JSON.stringify(value)}`);
    await delay(50);
  }
}

/** Lets every lease run out, as sixty seconds would. */
const expireLeases = () =>
  world.runtime.db.execute(
    sql`update charge_attempts set lease_until = lease_until - interval '2 minutes' where lease_until is not null`,
  );

describe('one captured charge for each period', { timeout: 90_000 }, () => {
  it('when the worker is killed between the call and the settling', async () => {
    const maya = await world.aCharged();
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: 'hang',
      when: 'after',
      ms: 4_000,
    });
    const worker = startWorker();
    // Truemed has taken the money and holds back its answer: the worker waits in the middle of the call.
    await until(
      () => chargesOf(maya),
      (charges) => charges.length === 1,
    );
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'sent', paymentSessionId: null }]);
    worker.kill('SIGKILL');
    await once(worker, 'exit');

    await expireLeases();
    startWorker();
    await until(
      async () => (await invoicesOf(maya))[0],
      (invoice) => invoice?.status === 'paid',
    );
    expect(await attemptsOf(maya)).toHaveLength(1);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('when Truemed charges and drops the connection', async () => {
    const maya = await world.aCharged();
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 20 });
    await world.truemed.addFault({ match: { operation: 'createPaymentSession' }, times: 2, fault: 'reset_after' });
    await world.settle();
    expect(await attemptsOf(maya)).toMatchObject([{ status: 'unknown', errorCode: 'network' }]);
    for (let tries = 0; tries < 4; tries += 1) {
      await world.advance({ minutes: 5 });
      await world.settle();
    }
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
    expect(await attemptsOf(maya)).toHaveLength(1);
    expect(await chargesOf(maya)).toHaveLength(1);
  });

  it('when a frozen worker settles after its lease was taken over: its late answer changes nothing', async () => {
    const maya = await world.aCharged();
    const ctx = await world.system();
    await renewDue(ctx, 10);
    const claim = async () => {
      const { claims } = await claimDue(world.runtime.db, 'attempts', ctx.now, {
        limit: 10,
        leaseSeconds: 60,
        after: null,
      });
      const mine = new Set((await attemptsOf(maya)).map((attempt): string => attempt.id));
      return claims.find(({ id }) => mine.has(id));
    };
    const first = await claim();
    if (first === undefined) throw new Error('The attempt was not due.');
    // The first worker's call hangs; its lease runs out, and a second worker sends the same bytes and settles.
    await world.truemed.addFault({
      match: { operation: 'createPaymentSession' },
      times: 1,
      fault: 'hang',
      when: 'after',
      ms: 1_500,
    });
    const frozen = driveAttempt(ctx, first);
    await until(
      () => chargesOf(maya),
      (charges) => charges.length === 1,
    );
    await expireLeases();
    const second = await claim();
    if (second === undefined) throw new Error('The lease did not run out.');
    await driveAttempt(ctx, second);
    const settled = await attemptsOf(maya);
    await frozen;
    expect(await attemptsOf(maya)).toEqual(settled);
    await world.settle();
    expect(await chargesOf(maya)).toHaveLength(1);
    expect((await invoicesOf(maya))[0]?.status).toBe('paid');
  });
});
