import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Chaos, draw } from './chaos';
import { API_FAULTS, ATTEMPT_FAULTS, DELIVERY_FAULTS } from './records';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const SESSION = '/payments/v1/create_payment_session';
const CUSTOMERS = 12;

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
beforeEach(async () => {
  await sandbox.control.reset();
  await sandbox.control.moveClock({ mode: 'manual' });
  await sandbox.control.setSwitches({ captureDelayMs: 0 });
  await Promise.all(
    Array.from({ length: CUSTOMERS }, (_, index) =>
      sandbox.control.seedToken({ email: `c${index}@example.com`, name: 'C', payment_token: `pt_${index}` }),
    ),
  );
});

/** A charge of every customer each month, tried again until it is answered; what happened, without what chance gives. */
async function aRun(order: (indexes: number[]) => number[] = (indexes) => indexes): Promise<string[]> {
  const indexes = order(Array.from({ length: CUSTOMERS }, (_, index) => index));
  for (let month = 0; month < 3; month += 1) {
    for (const index of indexes) {
      const body = aRenewalBody({ payment_token: `pt_${index}`, idempotency_key: `${index}-${month}` });
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const answer = await sandbox.post(SESSION, body).catch(() => null);
        if (answer?.status === 200) break;
      }
    }
    await sandbox.control.advance({ months: 1 });
  }
  await sandbox.control.settle();
  const { requests, deliveries, events } = await sandbox.control.ledger();
  const subjects = new Map(events.map((event) => [event.id, event.subject]));
  return [
    ...requests.map((call) => `call ${call.idempotency_key} ${call.fault}`),
    ...deliveries.map((delivery) => {
      const log = delivery.log.map(({ number, fault }) => `${number}:${fault}`).join(' ');
      return `delivery ${subjects.get(delivery.event_id)} ${delivery.fault} ${delivery.status} ${log}`;
    }),
  ].sort();
}

const STORM = {
  calls: { ServerError: 0.1, '500': 0.1, reset_after: 0.1, reset_before: 0.1, extra_fields: 0.1 },
  deliveries: { drop: 0.1, duplicate: 0.1, delay: 0.2, fail: 0.2, corrupt: 0.1, wrong_signature: 0.1 },
} as const;

describe('chaos', () => {
  it('goes the same way for the same seed, in whatever order the calls come, and another way for another', async () => {
    await sandbox.control.setChaos({ seed: 7, ...STORM });
    await sandbox.control.saveSnapshot('start');
    const first = await aRun();
    await sandbox.control.restoreSnapshot('start');
    const second = await aRun((indexes) => indexes.reverse());
    await sandbox.control.restoreSnapshot('start');
    await sandbox.control.setChaos({ seed: 8, ...STORM });
    const third = await aRun();
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(first.filter((line) => line.startsWith('call')).length).toBeGreaterThan(CUSTOMERS * 3);
    for (const name of ['reset_after', '500', 'drop', 'delay', 'fail']) expect(first.join('\n')).toContain(name);
  }, 30_000);

  it('takes the money once for each key, whatever happens to the answers', async () => {
    await sandbox.control.setChaos({ seed: 'once', ...STORM });
    await aRun();
    const { charges } = await sandbox.control.ledger();
    expect(charges).toHaveLength(CUSTOMERS * 3);
    expect(new Set(charges.map((charge) => charge.idempotency_key)).size).toBe(CUSTOMERS * 3);
  });

  it.each(API_FAULTS.filter((name) => !['hang', 'drip', 'forget_key'].includes(name)))(
    'of %s alone meets every call',
    async (fault) => {
      await sandbox.control.setChaos({ seed: 1, calls: { [fault]: 1 } });
      await sandbox.post(SESSION, aRenewalBody({ payment_token: 'pt_1' })).catch(() => null);
      expect((await sandbox.control.ledger()).requests).toMatchObject([{ fault }]);
    },
  );

  it.each(DELIVERY_FAULTS)('of %s alone meets every delivery', async (fault) => {
    await sandbox.control.setChaos({ seed: 1, deliveries: { [fault]: 1 } });
    await sandbox.post(SESSION, aRenewalBody({ payment_token: 'pt_1' }));
    expect((await sandbox.control.ledger()).deliveries).toMatchObject([{ fault }]);
  });

  it.each(ATTEMPT_FAULTS)('of %s alone meets every attempt', async (fault) => {
    await sandbox.control.setChaos({ seed: 1, deliveries: { [fault]: 1 } });
    await sandbox.post(SESSION, aRenewalBody({ payment_token: 'pt_1' }));
    await sandbox.control.settle();
    expect((await sandbox.control.ledger()).deliveries).toMatchObject([{ log: [{ fault }] }]);
  });

  it('gives way to a scripted fault, and ends', async () => {
    await sandbox.control.setChaos({ seed: 1, calls: { '500': 1 } });
    await sandbox.control.addFault({ fault: '429' });
    const charge = async () => (await sandbox.post(SESSION, aRenewalBody({ payment_token: 'pt_1' }))).status;
    expect([await charge(), await charge()]).toEqual([429, 500]);
    expect((await sandbox.control.chaos()).chaos).toMatchObject({ seed: '1' });
    await sandbox.control.clearChaos();
    expect(await charge()).toBe(200);
  });

  it('has rates, not certainties beyond one', async () => {
    const refused = (input: unknown) => Chaos.safeParse(input).success === false;
    expect(refused({ seed: 1, calls: { '500': 1.1 } })).toBe(true);
    expect(refused({ seed: 1, calls: { '500': 0.6, '429': 0.6 } })).toBe(true);
    expect(refused({ seed: 1, calls: { fire: 0.1 } })).toBe(true);
    expect(refused({ calls: {} })).toBe(true);
  });
});

it('draws are spread evenly', () => {
  const draws = Array.from({ length: 4000 }, (_, index) => draw('seed', index));
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  expect(mean).toBeGreaterThan(0.48);
  expect(mean).toBeLessThan(0.52);
  expect(draws.filter((value) => value < 0.1).length / draws.length).toBeCloseTo(0.1, 1);
});
