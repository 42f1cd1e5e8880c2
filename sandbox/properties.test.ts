import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NEXT_STATUSES } from './model/sessions';
import { DISPUTE_STATES, SETTLEMENTS, TOKEN_HEALTHS } from './records';
import { type ApiResult, aRenewalBody, aTokenBody, startTestSandbox, type TestSandbox } from './test-world';

/** One thing that may happen. Numbers choose among what exists at that moment. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('charge'), key: fc.nat(3), attempt: fc.nat(1), attended: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('provision'), key: fc.nat(3), customer: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel'), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('decide'), which: fc.nat(), status: fc.constantFrom(...SETTLEMENTS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('health'), health: fc.constantFrom(...TOKEN_HEALTHS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('settling'),
      captureAs: fc.constantFrom(...SETTLEMENTS),
      announced: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), days: fc.nat(400) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fault'),
      fault: fc.constantFrom('ServerError' as const, 'reset_after' as const, 'malformed' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('form'),
      which: fc.nat(),
      form: fc.constantFrom('qualifies', 'ineligible', 'reviewed_later', 'accept', 'decline', 'cancel'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('review'),
      which: fc.nat(),
      outcome: fc.constantFrom('approve' as const, 'reject' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hold'), key: fc.nat(2), which: fc.nat(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('capture' as const, 'void' as const, 'refund' as const),
      which: fc.nat(),
      key: fc.nat(2),
      amount: fc.constantFrom(1, 2000, 4830, 4831),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('dispute'), which: fc.nat(), state: fc.constantFrom(...DISPUTE_STATES) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let folder: string;
let sandbox: TestSandbox;
const start = () => startTestSandbox({ data: folder, webhookUrls: ['http://127.0.0.1:9/a', 'http://127.0.0.1:9/b'] });
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  sandbox = await start();
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

it('no session leaves a terminal status, no key has two answers, and money is taken once, over restarts too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await sandbox.control.reset();
      await sandbox.control.moveClock({ mode: 'manual' });
      // The endpoints are nobody's: nothing is sent, and everything is written down.
      await sandbox.control.setSwitches({ captureDelayMs: 0, authorizationEnabled: true });
      await sandbox.control.addDeliveryFault({ fault: 'drop', times: 10_000 });
      await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
      const run = new Run();
      for (const next of steps) {
        await run.take(next);
        await run.check();
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);

/** One sequence, and what was seen in it so far. */
class Run {
  readonly #answers = new Map<string, string>();
  readonly #statuses = new Map<string, string>();

  async take(next: Step): Promise<void> {
    const { requests, sessions } = await sandbox.control.state();
    const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];
    switch (next.kind) {
      case 'charge':
        return this.#call(
          '/payments/v1/create_payment_session',
          aRenewalBody({
            idempotency_key: `key-${next.key}`,
            metadata: `att_${next.attempt}`,
            ...(next.attended ? { payment_token: null, tokenize: true } : {}),
          }),
        );
      case 'provision':
        return this.#call(
          '/api/v1/payment_tokens/create',
          aTokenBody({
            idempotency_key: `key-${next.key}`,
            customer_email: `customer-${next.customer}@example.com`,
          }),
        );
      case 'cancel':
        await attempt(sandbox.post(`/payments/v1/payment_session/${pick(sessions, next.which)?.id ?? 'none'}/cancel`));
        return;
      case 'decide':
        await attempt(
          sandbox.control.decideSession({ session_id: pick(sessions, next.which)?.id ?? 'none', status: next.status }),
        );
        return;
      case 'health':
        await attempt(sandbox.control.setTokenHealth({ payment_token: 'pt_ada', health: next.health }));
        return;
      case 'settling':
        await sandbox.control.setSwitches({ captureAs: next.captureAs, renewalEmitsProcessing: next.announced });
        return;
      case 'wait':
        await sandbox.control.advance({ days: next.days });
        return;
      case 'fault':
        await sandbox.control.addFault({ fault: next.fault });
        return;
      case 'restart':
        return restart();
      case 'hold':
        return this.#hold(`hold-${next.key}`);
      case 'capture':
      case 'void':
      case 'refund':
        return this.#move(next, pick(sessions, next.which)?.id ?? 'none');
      case 'dispute':
        await attempt(
          sandbox.control.disputeSession({ session_id: pick(sessions, next.which)?.id ?? 'none', state: next.state }),
        );
        return;
      case 'form':
        await sendForm(pick(requests, next.which), next.form);
        return;
      case 'review':
        await attempt(
          sandbox.control.review({ request_id: pick(requests, next.which)?.id ?? 'none', outcome: next.outcome }),
        );
        return;
    }
  }

  async check(): Promise<void> {
    const { sessions, tokens } = await sandbox.control.state();
    const { charges, deliveries, events, refunds } = await sandbox.control.ledger();
    for (const { id, status } of sessions) {
      const before = this.#statuses.get(id);
      const isTerminal = Object.entries(NEXT_STATUSES).some(([name, next]) => name === before && next.length === 0);
      if (isTerminal) expect(status).toBe(before);
      this.#statuses.set(id, status);
    }
    const captured = sessions.filter(({ status }) => status === 'captured').map(({ id }) => id);
    expect(charges.map(({ session_id }) => session_id).sort()).toEqual(captured.sort());
    for (const { session_id, amount } of charges) {
      const given = refunds.filter((refund) => refund.session_id === session_id);
      expect(given.reduce((sum, refund) => sum + refund.amount, 0)).toBeLessThanOrEqual(amount);
      expect(amount).toBeLessThanOrEqual(sessions.find(({ id }) => id === session_id)?.total_amount ?? 0);
    }
    expect(refunds.filter((refund) => !captured.includes(refund.session_id))).toEqual([]);
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(events.length * 2);
    const owners = tokens.filter(({ health }) => health !== 'deleted').map((token) => token.customer_email);
    expect(new Set(owners).size).toBe(owners.length);
  }

  /** A checkout whose customer has paid, so that the money is held. */
  async #hold(key: string): Promise<void> {
    const body = aRenewalBody({ idempotency_key: key, payment_token: null, kind: 'authorization' });
    await this.#call('/payments/v1/create_payment_session', body);
    const held = (await sandbox.control.state()).sessions.find(({ idempotency_key }) => idempotency_key === key);
    const request = held === undefined ? undefined : { id: held.id, kind: 'checkout', status: 'open' };
    await sendForm(request, 'qualifies');
    await sendForm(request, 'accept');
  }

  /** Captures, voids or refunds, with a key that may have been used before. */
  async #move({ kind, key, amount }: { kind: string; key: number; amount: number }, id: string): Promise<void> {
    const idempotency_key = `${kind}-${key}`;
    if (kind === 'refund') {
      return this.#call('/payments/v1/refund', { payment_id: id, amount, reason: 'customer_request', idempotency_key });
    }
    return this.#call(`/payments/v1/payment_session/${id}/${kind}`, {
      idempotency_key,
      ...(kind === 'capture' ? { total_amount: amount } : {}),
    });
  }

  async #call(path: string, body: Record<string, unknown>): Promise<void> {
    const result = await attempt(sandbox.post(path, body));
    if (result === null || result.body.error === 'ServerError' || result.body.error === 'IdempotencyViolation') return;
    // A refund's key belongs to one payment, whose id is not in its path.
    const key = [path, body.payment_id ?? '', body.idempotency_key].join(' ');
    const answer = JSON.stringify([result.status, result.body]);
    expect(this.#answers.get(key) ?? answer).toBe(answer);
    this.#answers.set(key, answer);
  }
}

/** Ends the sandbox and starts it on what it has left behind: everything is as it was. */
async function restart(): Promise<void> {
  const before = [await sandbox.control.state(), await sandbox.control.ledger(), await sandbox.control.clock()];
  const switches = await sandbox.control.switches();
  await sandbox.close();
  sandbox = await start();
  expect([await sandbox.control.state(), await sandbox.control.ledger(), await sandbox.control.clock()]).toEqual(
    before,
  );
  expect(await sandbox.control.switches()).toEqual(switches);
}

/** What came of something that the sandbox may refuse or break off; null where it did. */
async function attempt<T>(call: Promise<T>): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (!(error instanceof Error) || error.message.includes('answered 500')) throw error;
    return null;
  });
}

async function sendForm(
  request: { id: string; kind: string; status: string } | undefined,
  form: string,
): Promise<ApiResult['status'] | null> {
  if (request === undefined) return null;
  const page = request.kind === 'update' ? 'repair' : request.kind;
  const isCard = form === 'accept' || form === 'decline';
  const fields = {
    step: isCard ? 'card' : 'survey',
    action: form === 'cancel' ? 'cancel' : 'continue',
    outcome: form,
    state: 'CA',
    number: '4242424242424242',
    expiry: '12/80',
    code: '123',
  };
  const response = await fetch(`${sandbox.url}/${page}/${request.id}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  expect(response.status).toBeLessThan(500);
  return response.status;
}
