import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const CREATE = '/payments/v1/create_payment_session';
const HOUR_MS = 3_600_000;

let receiver: Receiver;
let sandbox: TestSandbox;
beforeAll(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
});
afterAll(async () => {
  await sandbox.close();
  receiver.close();
});

/** Some charges whose deliveries are late, doubled or fail; then so many hours, in one move or in several. */
const scene = fc.record({
  charges: fc.array(
    fc.record({
      fault: fc.constantFrom(null, 'delay' as const, 'duplicate' as const, 'fail' as const),
      hours: fc.nat(48),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  status: fc.constantFrom(204, 500),
  steps: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

it('a jump of the clock does what steps do: everything once, at its own time', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (wanted) => {
      const inSteps = await play(wanted, wanted.steps);
      const total = wanted.steps.reduce((sum, hours) => sum + hours, 0);
      expect(await play(wanted, [total])).toEqual(inSteps);
      for (const { moments, attempts, copies, tries } of inSteps) {
        expect(moments).toEqual([...new Set(moments)].sort((a, b) => a - b));
        expect([moments.length, tries]).toEqual([attempts, attempts * copies]);
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

/** What became of each delivery: its status, and when it was tried, in hours from the beginning. */
async function play({ charges, status }: Scene, steps: readonly number[]) {
  const { control } = sandbox;
  await control.reset();
  await control.setSwitches({ captureDelayMs: 0 });
  const clock = await control.moveClock({ mode: 'manual' });
  const beginning = new Date(clock.now).getTime();
  receiver.status = status;
  await control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
  for (const [index, { fault, hours }] of charges.entries()) {
    if (fault !== null) await control.addDeliveryFault({ fault, delay_seconds: hours * 3600 });
    await sandbox.post(CREATE, aRenewalBody({ idempotency_key: `key-${index}` }));
    await control.settle();
  }
  for (const hours of steps) {
    await control.advance({ hours });
    await control.settle();
  }
  const { deliveries } = await control.ledger();
  return deliveries.map(({ status: outcome, attempts, copies, log }) => ({
    outcome,
    attempts,
    copies,
    moments: [...new Map(log.map(({ number, at }) => [number, hoursAfter(at, beginning)])).values()],
    tries: log.length,
  }));
}

function hoursAfter(instant: string, beginning: number): number {
  return Math.round(((new Date(instant).getTime() - beginning) / HOUR_MS) * 1000) / 1000;
}
