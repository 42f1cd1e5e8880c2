import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxClock } from './clock';
import { Schedule } from './schedule';
import { loadStore } from './store';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const SESSION = '/payments/v1/create_payment_session';
const START = '2099-01-31T10:00:00.000Z';

let receiver: Receiver;
let sandbox: TestSandbox;
beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
  await sandbox.control.moveClock({ mode: 'manual', to: START });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const now = async () => (await sandbox.control.clock()).now;
const attemptTimes = async () =>
  (await sandbox.control.ledger()).deliveries.flatMap(({ log }) => log.map(({ at }) => at));
const later = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

describe('the clock', () => {
  it.each([
    [{ months: 1 }, '2099-02-28T10:00:00.000Z'],
    ['P1M', '2099-02-28T10:00:00.000Z'],
    ['P1Y', '2100-01-31T10:00:00.000Z'],
    ['P1W', '2099-02-07T10:00:00.000Z'],
    ['P1DT2H3M4S', '2099-02-01T12:03:04.000Z'],
    [{ years: 1, hours: 1 }, '2100-01-31T11:00:00.000Z'],
  ])('moves forward by %j', async (advance, expected) => {
    expect((await sandbox.control.advance(advance)).now).toBe(expected);
  });

  it.each(['P', 'PT', '1M', 'P1X', 'P-1D'])('refuses %s as a span', async (advance) => {
    await expect(sandbox.control.advance(advance)).rejects.toThrow('400');
  });

  it('does not leave the years that have four digits', async () => {
    await expect(sandbox.control.advance({ years: 9000 })).rejects.toThrow('ends');
    expect(await now()).toBe(START);
  });

  it('runs as many times as fast as it is told, and tells how fast', async () => {
    const clock = await sandbox.control.moveClock({ mode: 'accelerated', rate: 36_000 });
    expect(clock).toMatchObject({ mode: 'accelerated', rate: 36_000 });
    await expect.poll(now, { timeout: 2000, interval: 10 }).toMatch(/T1[1-9]:/);
    await sandbox.control.moveClock({ mode: 'manual' });
    const stopped = await now();
    expect(await now()).toBe(stopped);
    await expect(sandbox.control.moveClock({ mode: 'real', rate: 2 })).rejects.toThrow('rate');
  });

  it('is told wrong to those who read it, by as much as is wanted, and keeps its own time', async () => {
    expect((await sandbox.control.moveClock({ skew_seconds: -600 })).now).toBe(later(-600));
    const { body } = await sandbox.post(SESSION, aRenewalBody());
    expect((await sandbox.get(`/payments/v1/payment_session/${body.id}`)).body.created_at).toBe(START);
    expect((await sandbox.control.moveClock({ skew_seconds: 600 })).now).toBe(later(600));
    expect((await sandbox.control.moveClock({ skew_seconds: 0 })).now).toBe(START);
  });

  it('wakes what is due while it runs accelerated', async () => {
    receiver.status = 500;
    await sandbox.post(SESSION, aRenewalBody());
    await sandbox.control.settle();
    await sandbox.control.moveClock({ mode: 'accelerated', rate: 3600 });
    await expect.poll(() => receiver.received.length, { timeout: 5000, interval: 5 }).toBeGreaterThan(3);
  });
});

describe('moved ahead, the clock', () => {
  it('keeps every moment on the way at its own time, a year ahead as an hour ahead', async () => {
    receiver.status = 500;
    await sandbox.post(SESSION, aRenewalBody());
    await sandbox.control.settle();
    await sandbox.control.advance({ hours: 1 });
    const firstHour = [0, 10, 70, 370, 2170].map(later);
    expect(await attemptTimes()).toEqual(firstHour);
    await sandbox.control.advance({ years: 1 });
    const times = await attemptTimes();
    expect(times.slice(0, 8)).toEqual([...firstHour, ...[9370, 30_970, 74_170].map(later)]);
    expect(Date.parse(String(times.at(-1)))).toBeLessThanOrEqual(Date.parse(START) + 7 * 86_400_000);
    expect((await sandbox.control.ledger()).deliveries).toMatchObject([{ status: 'failed', next_attempt_at: null }]);
    expect(receiver.received).toHaveLength(times.length);
    await sandbox.control.advance({ years: 1 });
    expect(receiver.received).toHaveLength(times.length);
  });

  it('signs each delivery on the way with the time of that moment', async () => {
    receiver.status = 500;
    await sandbox.post(SESSION, aRenewalBody());
    await sandbox.control.settle();
    await sandbox.control.advance({ minutes: 2 });
    const stamps = receiver.received.map(({ headers }) => /^t=(\d+)/.exec(String(headers['x-truemed-signature']))?.[1]);
    expect(stamps).toEqual([0, 10, 70].map((seconds) => String(Date.parse(later(seconds)) / 1000)));
  });

  it('goes to the next thing that waits, and says what waits', async () => {
    receiver.status = 500;
    await sandbox.post(SESSION, aRenewalBody());
    await sandbox.control.settle();
    expect(await sandbox.control.schedule()).toMatchObject([{ kind: 'deliveries.attempt', due: later(10) }]);
    expect((await sandbox.control.moveClock({ to: 'next' })).now).toBe(later(10));
    expect((await sandbox.control.moveClock({ to: 'next' })).now).toBe(later(70));
    receiver.status = 204;
    expect((await sandbox.control.moveClock({ to: 'next' })).now).toBe(later(370));
    await expect(sandbox.control.moveClock({ to: 'next' })).rejects.toThrow('Nothing waits');
  });

  it('delivers hundreds that are due at once, each once', async () => {
    await sandbox.control.addDeliveryFault({ fault: 'delay', delay_seconds: 60, times: 120 });
    await Promise.all(
      Array.from({ length: 120 }, (_, index) => sandbox.post(SESSION, aRenewalBody({ idempotency_key: `k${index}` }))),
    );
    await sandbox.control.advance({ months: 1 });
    await sandbox.control.settle();
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(120);
    expect(receiver.received).toHaveLength(120);
    expect(new Set(await attemptTimes())).toEqual(new Set([later(60)]));
  });

  it('does not wait for an endpoint that never answers, and tries it again all the same', async () => {
    const deaf = createServer(() => {});
    await once(deaf.listen(0, '127.0.0.1'), 'listening');
    const address = deaf.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await sandbox.control.setEndpoints([{ url: `http://127.0.0.1:${port}/`, secrets: ['a'] }]);
    await sandbox.control.addDeliveryFault({ fault: 'delay', delay_seconds: 60 });
    await sandbox.post(SESSION, aRenewalBody());
    const start = performance.now();
    await sandbox.control.advance({ hours: 1 });
    expect(performance.now() - start).toBeLessThan(6000);
    expect(await now()).toBe(later(3600));
    deaf.closeAllConnections();
    deaf.close();
    await sandbox.control.settle();
    expect((await sandbox.control.ledger()).deliveries).toMatchObject([{ status: 'pending', attempts: 2 }]);
  });

  it('settles what is a moment away in real time before it leaves', async () => {
    await sandbox.control.setSwitches({ captureDelayMs: 60_000 });
    await sandbox.post(SESSION, aRenewalBody());
    await sandbox.control.advance({ months: 1 });
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ at: START }]);
  });
});

describe('the schedule', () => {
  const aSchedule = () => {
    const schedule = new Schedule();
    const clock = new SandboxClock(loadStore('memory', schedule).open());
    clock.setMode('manual');
    clock.set(new Date(START));
    schedule.start(clock);
    return { schedule, clock };
  };

  it('does what is due once, in the order of the instants, each at its own', async () => {
    const { schedule, clock } = aSchedule();
    const done: string[] = [];
    schedule.on('x', (key) => void done.push(`${key} ${clock.nowIso()}`));
    for (const seconds of [50, 10, 40, 20, 30]) schedule.set('x', `after ${seconds}`, later(seconds));
    schedule.set('x', 'moved', later(5));
    schedule.set('x', 'moved', later(45));
    schedule.set('x', 'taken out', later(15));
    schedule.set('x', 'taken out', null);
    await schedule.moveTo(new Date(later(45)));
    await schedule.moveTo(new Date(later(60)));
    const expected = ['after 10', 'after 20', 'after 30', 'after 40', 'moved', 'after 50'];
    expect(done.map((line) => line.split(' 2099')[0])).toEqual(expected);
    expect(done).toContain(`moved ${later(45)}`);
  });

  it('does on the way what one moment makes due on the way', async () => {
    const { schedule, clock } = aSchedule();
    const done: string[] = [];
    schedule.on('x', (key, due) => {
      done.push(clock.nowIso());
      schedule.set('x', key, new Date(due.getTime() + 86_400_000).toISOString());
    });
    schedule.set('x', 'daily', later(0));
    await schedule.moveTo(new Date(later(365 * 86_400)));
    expect(done).toHaveLength(366);
    expect(new Set(done).size).toBe(366);
    schedule.stop();
  });

  it('passes over what nobody keeps any more', async () => {
    const { schedule } = aSchedule();
    const done: string[] = [];
    schedule.on('y', (key) => void done.push(key));
    schedule.set('unknown', 'a', later(1));
    schedule.set('y', 'b', later(2));
    await schedule.moveTo(new Date(later(3)));
    expect(done).toEqual(['b']);
  });

  it('keeps thousands of appointments in order, whatever is moved and taken out', async () => {
    const { schedule } = aSchedule();
    const done: number[] = [];
    schedule.on('x', (_, due) => void done.push(due.getTime()));
    for (let index = 0; index < 5000; index += 1) schedule.set('x', `k${index % 700}`, later((index * 7919) % 10_007));
    for (let index = 0; index < 100; index += 1) schedule.set('x', `k${index}`, null);
    await schedule.moveTo(new Date(later(20_000)));
    expect(done).toHaveLength(600);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });
});
