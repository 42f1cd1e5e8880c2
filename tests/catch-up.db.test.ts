import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisions } from '@/db/schema/decisions';
import { isDecidedAlike } from '@/lib/views/decisions';
import { recordsOf } from './records';
import { aWorld, FIRST_DAY, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld({ CATCH_UP: 'each' });
});
afterAll(() => world.close());
const { invoicesOf, attemptsOf, chargesOf, subscriptionOf } = recordsOf(() => world);

const orders = async (who: Subscriber) =>
  (await invoicesOf(who)).map(({ periodStart, status }) => `${periodStart} ${status}`);

describe('where each missed period is billed', () => {
  it('three days without a worker are made up for, oldest first, one order after the other', async () => {
    const maya = await world.aCharged({ unit: 'day' });
    await world.settle();
    expect(await orders(maya)).toEqual([`${FIRST_DAY} paid`]);
    await world.advance({ days: 3 });
    // Without webhooks each is found paid a minute later; until then the next one waits, for an hour.
    await world.truemed.addDeliveryFault({ fault: 'drop', times: 50 });
    for (const made of [2, 3, 4]) {
      await world.settle();
      expect(await chargesOf(maya)).toHaveLength(made);
      await world.advance({ minutes: 1 });
      await world.settle();
      expect(await chargesOf(maya)).toHaveLength(made);
      await world.advance({ hours: 1 });
    }
    await world.truemed.clearDeliveryFaults();
    await world.settle();
    expect(await orders(maya)).toEqual(['2027-01-12 paid', '2027-01-13 paid', '2027-01-14 paid', '2027-01-15 paid']);
    const attempts = await attemptsOf(maya);
    expect(attempts.map(({ status }) => status)).toEqual(['captured', 'captured', 'captured', 'captured']);
    expect(await subscriptionOf(maya)).toMatchObject({ nextChargeOn: '2027-01-16', status: 'active' });
    const stored = await world.runtime.db
      .select()
      .from(decisions)
      .where(and(eq(decisions.subscriptionId, maya.subscriptionId), eq(decisions.verdict, 'charge')))
      .orderBy(asc(decisions.periodStart));
    expect(stored.map(({ periodStart }) => periodStart)).toEqual(
      (await invoicesOf(maya)).map((one) => one.periodStart),
    );
    expect(stored.every(isDecidedAlike)).toBe(true);
  });

  it('the past of a subscription that has just come to us is not: its latest period is', async () => {
    const maya = await world.aCharged({ nextChargeOn: '2026-10-12', anchorDate: '2026-10-12' });
    await world.settle();
    expect(await orders(maya)).toEqual([
      '2026-10-12 skipped',
      '2026-11-12 skipped',
      '2026-12-12 skipped',
      '2027-01-12 paid',
    ]);
    expect(await chargesOf(maya)).toHaveLength(1);
  });
});
