import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workers } from '@/db/schema/operations';
import { outageMode } from '@/db/schema/outages';
import { NO_OUTAGE } from '@/lib/core/outage';
import { runWorker } from '@/lib/jobs/worker';
import { aWorld, type TestWorld } from '@/tests/world';
import { mayReadMetrics, metricsText, readEngineCounters } from './engine-counters';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld({ METRICS_TOKEN: 'a token of the metrics' });
});
afterAll(() => world.close());

const counters = async () => {
  const { db, now } = await world.system();
  return readEngineCounters(db, now);
};
const queueOf = async (name: string) => (await counters()).queues.find(({ queue }) => queue === name);
/** The value of a series in the text. */
const seriesOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length),
  );

describe('the counters of the engine', () => {
  it('say what is due and since when, what is on hold and why, and what was captured', async () => {
    const maya = await world.aCharged();
    await world.aCharged({ paymentToken: 'pt_card' });
    await world.aCharged({ paymentToken: 'pt_survey' });
    await world.truemed.setTokenHealth({ payment_token: 'pt_card', health: 'needs_card' });
    await world.truemed.setTokenHealth({ payment_token: 'pt_survey', health: 'needs_survey' });
    expect(await queueOf('renewals')).toEqual({
      queue: 'renewals',
      due: 3,
      claimed: 0,
      oldestDueAt: new Date('2027-01-12T13:00:00Z'),
    });
    await world.settle();
    expect(await queueOf('renewals')).toMatchObject({ due: 0, oldestDueAt: null });
    expect(await counters()).toMatchObject({
      openCharges: { planned: 0, sent: 0, unknown: 0, accepted: 0 },
      parkedCharges: 0,
      heldOrders: { update_payment_method: 1, take_health_survey: 1, declined: 0 },
      paidOrders: 1,
    });
    expect(maya.customerId).toMatch(/^cus_/);
  });

  it('count paid orders over the years', async () => {
    await world.advance({ days: 380 });
    const before = (await counters()).paidOrders;
    await world.aSubscriber({ nextChargeOn: '2028-01-27', paymentToken: 'pt_next_year' });
    await world.settle();
    expect((await counters()).paidOrders).toBe(before + 1);
  });

  it('tell how long the last tick of each worker took', async () => {
    const stopping = new AbortController();
    const working = runWorker(world.runtime, stopping.signal);
    const ticked = async () => (await counters()).workers.some(({ tickSeconds }) => tickSeconds !== null);
    await expect.poll(ticked, { timeout: 20_000 }).toBe(true);
    stopping.abort();
    await working;
    expect(await world.runtime.db.$count(workers)).toBe(1);
  });

  it('are told to Prometheus in its own format', async () => {
    const { type, text } = await metricsText(await world.system());
    expect(type).toContain('text/plain');
    expect(seriesOf(text, 'perennial_due{queue="renewals"}')).toBe(0);
    expect(seriesOf(text, 'perennial_oldest_due_seconds{queue="renewals"}')).toBe(0);
    expect(seriesOf(text, 'perennial_held_orders{reason="take_health_survey"}')).toBeGreaterThanOrEqual(0);
    expect(seriesOf(text, 'perennial_captured_total')).toBe((await counters()).paidOrders);
    expect(seriesOf(text, 'perennial_workers')).toBe(1);
    expect(text).toMatch(/perennial_worker_tick_seconds\{worker="[0-9a-f-]{36}"\} \d/);
  });

  it('say whether charges wait because Truemed does not answer', async () => {
    const modes = async () => {
      const { text } = await metricsText(await world.system());
      return ['closed', 'open', 'half_open'].map((mode) => seriesOf(text, `perennial_outage_mode{mode="${mode}"}`));
    };
    expect(await modes()).toEqual([1, 0, 0]);
    const state = { ...NO_OUTAGE, mode: 'open' as const };
    await world.runtime.db
      .insert(outageMode)
      .values({ id: 1, state })
      .onConflictDoUpdate({ target: outageMode.id, set: { state } });
    expect(await modes()).toEqual([0, 1, 0]);
    expect(await counters()).toMatchObject({ outageMode: 'open' });
  });

  it('are read by who brings the token, and by nobody where there is none', async () => {
    const { env } = await world.system();
    expect(mayReadMetrics(env, 'Bearer a token of the metrics')).toBe('yes');
    for (const given of [null, '', 'Bearer', 'Bearer another', 'a token of the metrics'])
      expect(mayReadMetrics(env, given)).toBe('no');
    expect(mayReadMetrics({ ...env, metricsToken: null }, 'Bearer null')).toBe('closed');
  });
});
