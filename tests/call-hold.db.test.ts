import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callBudget } from '@/db/schema/operations';
import { tick } from '@/lib/jobs/tick';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld({ TRUEMED_MAX_CONCURRENCY: '1' });
});
afterAll(() => world.close());
const { attemptsOf, chargesOf } = recordsOf(() => world);

const callsMade = async () =>
  (await world.truemed.ledger()).requests.filter(({ operation }) => operation === 'createPaymentSession').length;

describe('a 429 that asks for five minutes', () => {
  it('keeps every charge back: those that were not called stay planned, and no worker asks meanwhile', async () => {
    const people = [];
    for (let count = 0; count < 4; count += 1) people.push(await world.aCharged({ unit: 'year' }));
    const fault = { match: { operation: 'createPaymentSession' }, fault: '429', retry_after_seconds: 300 } as const;
    await world.truemed.addFault({ ...fault, times: 1 });
    const first = await tick(await world.system());
    expect(first).toMatchObject({ renewals: 4, attempts: 1 });
    const attempts = (await Promise.all(people.map(attemptsOf))).flat();
    expect(attempts.filter(({ status }) => status === 'unknown')).toHaveLength(1);
    const planned = attempts.filter(({ status }) => status === 'planned');
    expect(planned).toHaveLength(3);
    for (const attempt of planned) expect(attempt).toMatchObject({ tries: 0, sentAt: null, leaseUntil: null });
    const again = await Promise.all([tick(await world.system()), tick(await world.system())]);
    expect(again.map((counts) => counts.attempts)).toEqual([0, 0]);
    expect(await callsMade()).toBe(1);

    // The hold runs in real time: it is over.
    await world.runtime.db.delete(callBudget);
    await world.advance({ minutes: 6 });
    await world.settle();
    for (const maya of people) {
      expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured' }]);
      expect(await chargesOf(maya)).toHaveLength(1);
    }
  });
});
