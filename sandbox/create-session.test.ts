import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRenewalBody, startTestSandbox, type TestSandbox } from './test-world';

const PATH = '/payments/v1/create_payment_session';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control.reset();
  await sandbox.control.setSwitches({ captureDelayMs: 0 });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});

const hosted = (changes: Record<string, unknown> = {}) => aRenewalBody({ payment_token: null, ...changes });

describe('an unattended charge', () => {
  it('is accepted with an id and no redirect, and then captured', async () => {
    const { status, body } = await sandbox.post(PATH, aRenewalBody());
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(UUID),
      redirect_url: null,
      payment_token: 'pt_ada',
      next_action: null,
      message: null,
      authorization_expires_at: null,
    });
    const detail = await sandbox.get(`/payments/v1/payment_session/${body.id}`);
    expect(detail.body).toMatchObject({
      id: body.id,
      status: 'captured',
      status_summary: 'Captured',
      capture_amount: 4830,
    });
    expect(detail.body).toMatchObject({
      metadata: 'att_1',
      customer_email: 'ada@example.com',
      payment_token: 'pt_ada',
    });
    const { charges } = await sandbox.control.ledger();
    expect(charges).toMatchObject([{ session_id: body.id, amount: 4830, status: 'captured', metadata: 'att_1' }]);
  });

  it('is pending until its delay is over', async () => {
    await sandbox.control.setSwitches({ captureDelayMs: 40 });
    const { body } = await sandbox.post(PATH, aRenewalBody());
    const before = await sandbox.get(`/payments/v1/payment_session/${body.id}`);
    await sandbox.control.settle();
    const after = await sandbox.get(`/payments/v1/payment_session/${body.id}`);
    expect([before.body.status, after.body.status]).toEqual(['pending', 'captured']);
  });

  it('takes the identity of the token and ignores the one in the body', async () => {
    const { body } = await sandbox.post(PATH, aRenewalBody({ customer_email: 'not an address', customer_name: '-' }));
    const { body: detail } = await sandbox.get(`/payments/v1/payment_session/${body.id}`);
    expect(detail).toMatchObject({ customer_email: 'ada@example.com', customer_name: 'Ada Park' });
  });
});

describe('an idempotency key', () => {
  it('gets the same answer for the same body, whatever the order of its fields, and charges once', async () => {
    const first = await sandbox.post(PATH, aRenewalBody());
    const reversed = Object.fromEntries(Object.entries(aRenewalBody()).reverse());
    const second = await sandbox.post(PATH, reversed);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect((await sandbox.control.ledger()).charges).toHaveLength(1);
  });

  it('is violated by another body, and its answer stays', async () => {
    const first = await sandbox.post(PATH, aRenewalBody());
    const other = await sandbox.post(PATH, aRenewalBody({ metadata: 'att_2' }));
    expect([other.status, other.body.error]).toEqual([400, 'IdempotencyViolation']);
    expect((await sandbox.post(PATH, aRenewalBody())).body).toEqual(first.body);
  });

  it('replays a 422 even after the token was repaired', async () => {
    await sandbox.control.setTokenHealth({ email: 'ada@example.com', health: 'needs_card' });
    const first = await sandbox.post(PATH, aRenewalBody());
    await sandbox.control.setTokenHealth({ email: 'ada@example.com', health: 'ok' });
    const replay = await sandbox.post(PATH, aRenewalBody());
    expect([replay.status, replay.body]).toEqual([422, first.body]);
    expect((await sandbox.post(PATH, aRenewalBody({ idempotency_key: 'renewal-2' }))).status).toBe(200);
  });

  it('is not used up by a malformed body', async () => {
    await sandbox.post(PATH, aRenewalBody({ success_url: 'nowhere' }));
    expect((await sandbox.post(PATH, aRenewalBody())).status).toBe(200);
  });

  it('is free in another endpoint', async () => {
    await sandbox.post(PATH, aRenewalBody());
    const { status } = await sandbox.post('/api/v1/payment_tokens/create', {
      ...aRenewalBody(),
      customer_email: 'bo@example.com',
    });
    expect(status).toBe(200);
  });
});

describe('422', () => {
  it('asks for a card when the card expired, and leaves the session pending', async () => {
    await sandbox.control.setTokenHealth({ email: 'ada@example.com', card_expires: '2020-01' });
    const { status, body } = await sandbox.post(PATH, aRenewalBody());
    expect(status).toBe(422);
    expect(body).toEqual({
      next_action: 'UpdatePaymentMethod',
      redirect_url: expect.stringContaining(`${sandbox.url}/repair/`),
      id: expect.stringMatching(UUID),
      message: expect.any(String),
    });
    const { body: detail } = await sandbox.get(`/payments/v1/payment_session/${body.id}`);
    expect([detail.status, detail.status_summary]).toEqual(['pending', 'Incomplete']);
    expect(await sandbox.control.ledger()).toMatchObject({ charges: [], events: [] });
  });

  it('asks for the survey when the letter ended, before it asks for a card', async () => {
    await sandbox.control.setTokenHealth({
      email: 'ada@example.com',
      lmn_expires_at: '2020-01-01T00:00:00Z',
      health: 'needs_card',
    });
    const { status, body } = await sandbox.post(PATH, aRenewalBody());
    expect([status, body.next_action]).toEqual([422, 'TakeHealthSurvey']);
  });

  it('asks for the survey for items outside the letter, unless switched off', async () => {
    await sandbox.control.seedToken({
      email: 'bo@example.com',
      name: 'Bo Reyes',
      payment_token: 'pt_bo',
      skus: ['ZINC'],
    });
    const { status, body } = await sandbox.post(PATH, aRenewalBody({ payment_token: 'pt_bo' }));
    expect([status, body.next_action]).toEqual([422, 'TakeHealthSurvey']);
    await sandbox.control.setSwitches({ lettersCoverItems: false });
    expect(
      (await sandbox.post(PATH, aRenewalBody({ payment_token: 'pt_bo', idempotency_key: 'renewal-2' }))).status,
    ).toBe(200);
  });

  it('carries the two documented fields alone when switched so', async () => {
    await sandbox.control.setSwitches({ includeIdIn422: false });
    await sandbox.control.setTokenHealth({ email: 'ada@example.com', health: 'needs_survey' });
    const { body } = await sandbox.post(PATH, aRenewalBody());
    expect(Object.keys(body).sort()).toEqual(['next_action', 'redirect_url']);
  });
});

describe('a session', () => {
  it('puts its id into both addresses, where the template stands exactly', async () => {
    const { body } = await sandbox.post(
      PATH,
      aRenewalBody({ failure_url: 'https://shop.example/x?a={{ payment_session_id }}' }),
    );
    const [session] = (await sandbox.control.state()).sessions;
    expect(session).toMatchObject({
      success_url: `https://shop.example/done?session=${body.id}`,
      failure_url: 'https://shop.example/x?a={{ payment_session_id }}',
    });
  });

  it('is cancelled while it is pending, again without harm, and not after it was captured', async () => {
    const { body: open } = await sandbox.post(PATH, hosted());
    const cancel = (id: unknown) => sandbox.post(`/payments/v1/payment_session/${id}/cancel`);
    expect(await cancel(open.id)).toMatchObject({ status: 200, body: { id: open.id, status: 'canceled' } });
    expect(await cancel(open.id)).toMatchObject({ status: 200, body: { id: open.id, status: 'canceled' } });
    const { body: paid } = await sandbox.post(PATH, aRenewalBody({ idempotency_key: 'renewal-2' }));
    expect(await cancel(paid.id)).toMatchObject({ status: 400, body: { error: 'SessionCaptured' } });
    expect(await cancel('none')).toMatchObject({ status: 400, body: { error: 'PaymentSessionDoesNotExist' } });
  });

  it('cannot be cancelled once it is processed', async () => {
    await sandbox.control.setSwitches({ captureAs: 'processing' });
    const { body } = await sandbox.post(PATH, aRenewalBody());
    const answer = await sandbox.post(`/payments/v1/payment_session/${body.id}/cancel`);
    expect(answer).toMatchObject({ status: 400, body: { error: 'SessionProcessing' } });
  });

  it('is decided by hand, and never leaves a terminal status', async () => {
    await sandbox.control.setSwitches({ captureAs: 'processing' });
    const { body } = await sandbox.post(PATH, aRenewalBody());
    const session_id = String(body.id);
    expect((await sandbox.control.decideSession({ session_id, status: 'rejected' })).status).toBe('rejected');
    await expect(sandbox.control.decideSession({ session_id, status: 'captured' })).rejects.toThrow(
      'cannot become captured',
    );
    expect((await sandbox.control.ledger()).charges).toEqual([]);
  });

  it('that does not exist is answered 404', async () => {
    expect(await sandbox.get('/payments/v1/payment_session/none')).toMatchObject({
      status: 404,
      body: { error: 'NotFound' },
    });
  });
});
