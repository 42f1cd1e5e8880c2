import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { card, envelopes, sendForm, survey } from './test-forms';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

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
  await sandbox.control.setSwitches({ captureDelayMs: 0, authorizationEnabled: true, webhookBeforeRedirect: 'before' });
  receiver.received.length = 0;
});

const path = (id: string, verb = '') => `/payments/v1/payment_session/${id}${verb === '' ? '' : `/${verb}`}`;
const detail = async (id: string) => (await sandbox.get(path(id))).body;
let keys = 0;

/** A checkout whose customer has not come yet. */
async function open(changes: Record<string, unknown> = {}) {
  keys += 1;
  const { body } = await sandbox.post(
    '/payments/v1/create_payment_session',
    aRenewalBody({ payment_token: null, kind: 'authorization', idempotency_key: `hold-${keys}`, ...changes }),
  );
  return { id: String(body.id), url: String(body.redirect_url) };
}

/** A checkout that its customer has paid. */
async function paid(changes: Record<string, unknown> = {}, outcome = 'qualifies', form = card()) {
  const session = await open(changes);
  await sendForm(session.url, survey(outcome));
  await sendForm(session.url, form);
  return session.id;
}

const capture = (id: string, total_amount: unknown = 4830, idempotency_key = 'capture-1') =>
  sandbox.post(path(id, 'capture'), { total_amount, idempotency_key });
const release = (id: string, idempotency_key = 'void-1') => sandbox.post(path(id, 'void'), { idempotency_key });
const error = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.error];
const days = async (count: number) => sandbox.control.advance({ hours: Math.round(count * 24) });

async function told() {
  await sandbox.control.settle();
  return envelopes(receiver).map(({ data }) => data.status);
}

describe('a hold', () => {
  it('is authorized, takes no money, and tells until when it can be captured', async () => {
    const before = new Date((await sandbox.control.clock()).now).getTime();
    const id = await paid();
    expect(await detail(id)).toMatchObject({
      status: 'authorized',
      status_summary: 'Authorized',
      authorize_amount: 4830,
      capture_amount: null,
      captured_on: null,
      authorized_on: new Date(before).toISOString(),
      authorization_expires_at: new Date(before + 6.95 * 86_400_000).toISOString(),
      total_capturable: 4830,
      order_items: [{ total_capturable: 4900, quantity_capturable: 1 }],
    });
    expect(await detail(id)).not.toHaveProperty('total_refundable');
    expect((await sandbox.control.ledger()).charges).toEqual([]);
    expect((await told()).sort()).toEqual(['authorized', 'processing']);
    expect(envelopes(receiver).filter(({ data }) => 'capture_amount' in data)).toEqual([]);
  });

  it('has no last moment before it is authorized, nor has an immediate capture', async () => {
    expect((await detail((await open()).id)).authorization_expires_at).toBeNull();
    expect((await detail(await paid({ kind: 'one_time_payment' }))).authorization_expires_at).toBeNull();
  });

  it('is captured, which a webhook tells with the amount', async () => {
    const id = await paid();
    const { status, body } = await capture(id);
    expect([status, body]).toEqual([200, { id: expect.any(String), payment_session_id: id, capture_amount: 4830 }]);
    expect(await detail(id)).toMatchObject({ status: 'captured', status_summary: 'Captured', capture_amount: 4830 });
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ id: body.id, session_id: id, amount: 4830 }]);
    expect((await told()).at(-1)).toBe('captured');
    expect(envelopes(receiver).at(-1).data.capture_amount).toBe(4830);
  });

  it('is captured in part, and the rest is released', async () => {
    const id = await paid();
    expect((await capture(id, 3000)).status).toBe(200);
    expect(await detail(id)).toMatchObject({
      status_summary: 'Partially Captured',
      authorize_amount: 4830,
      capture_amount: 3000,
      total_refundable: 3000,
    });
    expect((await sandbox.control.ledger()).charges).toMatchObject([{ amount: 3000 }]);
    expect(error(await capture(id, 1830, 'capture-2'))).toEqual([400, 'SessionCaptured']);
  });

  it('gives the same capture for the same key, never SessionCaptured; another amount is a violation', async () => {
    const id = await paid();
    const first = await capture(id);
    expect(await capture(id)).toMatchObject({ status: 200, body: first.body });
    expect(error(await capture(id, 3000))).toEqual([400, 'IdempotencyViolation']);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  it('knows keys for each session alone', async () => {
    const [one, two] = [await paid(), await paid()];
    expect((await capture(one)).status).toBe(200);
    expect((await capture(two)).status).toBe(200);
  });

  it.each([
    ['0', 0],
    ['negative', -1],
    ['above the hold', 4831],
  ])('refuses a total that is %s with TotalAmountInvalid', async (_, total) => {
    const id = await paid();
    expect(error(await capture(id, total))).toEqual([400, 'TotalAmountInvalid']);
    expect((await detail(id)).status).toBe('authorized');
  });

  it('refuses a total below the sum of its items with TotalAmountInvalid', async () => {
    const id = await paid();
    const item_details = [{ item_id: 'any', amount: 4000 }];
    const answer = await sandbox.post(path(id, 'capture'), { total_amount: 3999, idempotency_key: 'k', item_details });
    expect(error(answer)).toEqual([400, 'TotalAmountInvalid']);
  });

  it('refuses a body without a field, and one with a wrong one', async () => {
    const id = await paid();
    expect(error(await sandbox.post(path(id, 'capture'), { total_amount: 1 }))).toEqual([400, 'MissingField']);
    expect(error(await sandbox.post(path(id, 'capture'), { idempotency_key: 'k' }))).toEqual([400, 'MissingField']);
    expect(error(await sandbox.post(path(id, 'void'), {}))).toEqual([400, 'MissingField']);
    expect(error(await capture(id, '48.30'))).toEqual([400, 'ValidationError']);
  });

  it('is not there for an unknown id, nor before the customer is through the checkout', async () => {
    expect(error(await capture('nobody'))).toEqual([400, 'PaymentSessionDoesNotExist']);
    expect(error(await release('nobody'))).toEqual([400, 'PaymentSessionDoesNotExist']);
    const { id } = await open();
    expect(error(await capture(id))).toEqual([400, 'SessionPending']);
    expect(error(await release(id))).toEqual([400, 'SessionPending']);
  });

  it('is voided, which a webhook tells; the same key gives the same void, and another SessionVoided', async () => {
    const id = await paid();
    const first = await release(id);
    expect([first.status, first.body.id]).toEqual([200, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect((await release(id)).body).toEqual(first.body);
    expect(await detail(id)).toMatchObject({ status: 'authorization_voided', status_summary: 'Incomplete' });
    expect((await told()).at(-1)).toBe('authorization_voided');
    expect(error(await release(id, 'void-2'))).toEqual([400, 'SessionVoided']);
    expect(error(await capture(id))).toEqual([400, 'SessionVoided']);
    expect((await sandbox.control.ledger()).charges).toEqual([]);
  });

  it('cannot be voided once it is captured, and an immediate capture never', async () => {
    const id = await paid();
    await capture(id);
    expect(error(await release(id))).toEqual([400, 'SessionCaptured']);
    const immediate = await paid({ kind: 'one_time_payment' });
    expect(error(await release(immediate))).toEqual([400, 'ImmediateCapture']);
    expect(error(await capture(immediate))).toEqual([400, 'SessionCaptured']);
    await sandbox.control.setSwitches({ voidAfterCapture: 'SessionCaptured' });
    expect(error(await release(immediate, 'void-2'))).toEqual([400, 'SessionCaptured']);
  });

  it('of a canceled session is answered as the switch says', async () => {
    const { id } = await open();
    await sandbox.post(path(id, 'cancel'));
    expect(error(await capture(id))).toEqual([400, 'SessionVoided']);
    await sandbox.control.setSwitches({ endedSessionError: 'SessionPending' });
    expect(error(await capture(id, 4830, 'capture-2'))).toEqual([400, 'SessionPending']);
  });

  it('that has expired is renewed by a capture where the card is still good', async () => {
    const id = await paid();
    await days(30);
    expect((await detail(id)).status).toBe('authorized');
    expect((await capture(id)).status).toBe(200);
  });

  it.each([
    ['the switch says no', card(), { holdsAreRenewed: false }],
    ['the card declines', card({ number: '4000 0000 0000 0341' }), {}],
  ])('that has expired is authorization_expired after a capture where %s', async (_, form, switches) => {
    await sandbox.control.setSwitches(switches);
    const id = await paid({}, 'qualifies', form);
    await days(7);
    expect((await detail(id)).status).toBe('authorized');
    expect(error(await capture(id))).toEqual([400, 'SessionExpired']);
    expect(await detail(id)).toMatchObject({ status: 'authorization_expired', status_summary: 'Incomplete' });
    expect(error(await capture(id, 1, 'capture-2'))).toEqual([400, 'SessionExpired']);
    expect((await told()).at(-1)).toBe('authorization_expired');
    expect((await sandbox.control.ledger()).charges).toEqual([]);
  });

  it('can be captured up to its last moment', async () => {
    await sandbox.control.setSwitches({ holdsAreRenewed: false });
    const id = await paid();
    const last = new Date(String((await detail(id)).authorization_expires_at)).getTime();
    await sandbox.control.moveClock({ to: new Date(last - 1000).toISOString() });
    expect((await capture(id)).status).toBe(200);
  });

  it('is summed up as Voided and Expired where the switch asks for the words of the dashboard', async () => {
    await sandbox.control.setSwitches({ dashboardSummaries: true, holdsAreRenewed: false });
    const [voided, expired, canceled] = [await paid(), await paid(), (await open()).id];
    await release(voided);
    await days(7);
    await capture(expired);
    await sandbox.post(path(canceled, 'cancel'));
    const summaries = await Promise.all(
      [voided, expired, canceled].map(async (id) => (await detail(id)).status_summary),
    );
    expect(summaries).toEqual(['Voided', 'Expired', 'Canceled']);
  });
});

describe('a review', () => {
  const reviewed = (kind = 'one_time_payment') => paid({ kind }, 'reviewed_later');

  it.each(['one_time_payment', 'authorization'])(
    'of %s that outlives the hold of 6.95 days ends as rejected, once',
    async (kind) => {
      const id = await reviewed(kind);
      await sandbox.control.advance({ days: 6, hours: 22 });
      expect((await detail(id)).status).toBe('processing');
      await sandbox.control.advance({ years: 1 });
      expect(await detail(id)).toMatchObject({ status: 'rejected', capture_amount: null });
      expect((await told()).filter((status) => status === 'rejected')).toHaveLength(1);
      await expect(sandbox.control.review({ request_id: id, outcome: 'approve' })).rejects.toThrow(
        'Nothing is being reviewed',
      );
      expect((await sandbox.control.ledger()).charges).toEqual([]);
    },
  );

  it('that is approved in time captures, and the hold that was there ends nothing later', async () => {
    const id = await reviewed();
    await days(6);
    await sandbox.control.review({ request_id: id, outcome: 'approve' });
    await days(60);
    expect(await detail(id)).toMatchObject({ status: 'captured', capture_amount: 4830 });
  });

  it('that is overdue ends as canceled where the switch says so', async () => {
    await sandbox.control.setSwitches({ overdueReview: 'canceled' });
    const id = await reviewed();
    await days(7);
    expect((await detail(id)).status).toBe('canceled');
  });

  it('that a tag makes longer than the hold is lost', async () => {
    const id = await paid({ kind: 'one_time_payment', customer_email: 'ada+processing_7d@example.com' });
    await days(8);
    expect((await detail(id)).status).toBe('rejected');
  });
});
