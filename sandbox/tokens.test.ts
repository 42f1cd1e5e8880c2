import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aTokenBody, startTestSandbox, type TestSandbox, without } from './test-world';

const CREATE = '/api/v1/payment_tokens/create';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control.reset());

describe('create payment token', () => {
  it('answers with a request and where the customer goes, and no token yet', async () => {
    const { status, body } = await sandbox.post(CREATE, aTokenBody());
    expect(status).toBe(200);
    const id = String(body.provision_token_request_id);
    expect(body).toEqual({ provision_token_request_id: id, redirect_url: `${sandbox.url}/provision/${id}` });
    const request = await sandbox.get(`/api/v1/payment_tokens/provision_request/${id}`);
    expect([request.status, request.body]).toEqual([200, { payment_token: null, metadata: 'prq_1' }]);
  });

  it.each(['customer_email', 'customer_name', 'order_items', 'success_url', 'failure_url', 'idempotency_key'] as const)(
    '%s is required',
    async (name) => {
      const { status, body } = await sandbox.post(CREATE, without(aTokenBody({ customer_state: 'XX' }), name));
      expect([status, body]).toEqual([400, { error: 'MissingField', message: `${name} is required.` }]);
    },
  );

  it.each([
    ['customer_email', 'ada'],
    ['customer_name', ''],
    ['order_items', []],
    ['order_items', [{ name: 'Magnesium', sku: '', quantity: 1, price: 1 }]],
    ['success_url', 'javascript:alert(1)'],
    ['failure_url', 'shop.example'],
    ['customer_state', 'ca'],
    ['metadata', { id: 1 }],
    ['use_iframe', 'yes'],
  ])('%s %j is a ValidationError that names the field', async (field, value) => {
    const { status, body } = await sandbox.post(CREATE, aTokenBody({ [field]: value }));
    expect([status, body.error]).toEqual([400, 'ValidationError']);
    expect(body.message).toContain(field);
  });

  it('ignores fields that it does not know', async () => {
    expect((await sandbox.post(CREATE, aTokenBody({ order_id: 7 }))).status).toBe(200);
  });

  it('opens one request for a key, and refuses the key for another body', async () => {
    const first = await sandbox.post(CREATE, aTokenBody());
    expect((await sandbox.post(CREATE, aTokenBody())).body).toEqual(first.body);
    const other = await sandbox.post(CREATE, aTokenBody({ customer_name: 'Ada B. Park' }));
    expect(other).toMatchObject({ status: 400, body: { error: 'IdempotencyViolation' } });
    expect((await sandbox.control.state()).requests).toHaveLength(1);
  });

  it('refuses an e-mail that has a token, whatever its case, until the token is deleted', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    const refused = await sandbox.post(CREATE, aTokenBody());
    expect(refused).toMatchObject({ status: 400, body: { error: 'IdempotencyViolation' } });
    await sandbox.post('/api/v1/payment_tokens/pt_ada/delete');
    expect((await sandbox.post(CREATE, aTokenBody({ idempotency_key: 'key-2' }))).status).toBe(200);
    await sandbox.control.setSwitches({ reprovisionAfterDelete: false });
    const again = await sandbox.post(CREATE, aTokenBody({ idempotency_key: 'key-3' }));
    expect(again.body.error).toBe('IdempotencyViolation');
  });
});

describe('a payment token', () => {
  beforeEach(() =>
    sandbox.control.seedToken({ email: 'Ada@example.com', name: 'Ada Park', payment_token: 'pt_ada', skus: ['MAG'] }),
  );

  it('is retrieved with its letter and its card', async () => {
    const { status, body } = await sandbox.get('/api/v1/payment_tokens/pt_ada');
    expect(status).toBe(200);
    expect(body).toEqual({
      payment_token: 'pt_ada',
      created_at: expect.stringMatching(/Z$/),
      customer_email: 'ada@example.com',
      customer_name: 'Ada Park',
      lmn_expires_at: expect.stringMatching(/Z$/),
      payment_methods: [
        { type: 'hsa_fsa', brand: 'visa', last4: '4417', exp_month: expect.any(Number), exp_year: expect.any(Number) },
      ],
    });
  });

  it('is deleted once and for all', async () => {
    expect(await sandbox.post('/api/v1/payment_tokens/pt_ada/delete')).toMatchObject({ status: 204, body: {} });
    expect((await sandbox.post('/api/v1/payment_tokens/pt_ada/delete')).status).toBe(404);
    expect((await sandbox.get('/api/v1/payment_tokens/pt_ada')).status).toBe(404);
  });

  it('is listed newest first, by pages and filters', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    await sandbox.control.advance({ hours: 1 });
    await sandbox.control.seedToken({
      email: 'bo@example.com',
      name: 'Bo Reyes',
      payment_token: 'pt_bo',
      card_expires: '2020-05',
      lmn_expires_at: '2020-03-01T12:00:00Z',
    });
    const list = async (query: string) => {
      const { body } = await sandbox.get(`/api/v1/payment_tokens${query}`);
      const tokens = Array.isArray(body.payment_tokens) ? body.payment_tokens : [];
      return tokens.map((token) => token.payment_token);
    };
    expect(await list('')).toEqual(['pt_bo', 'pt_ada']);
    expect(await list('?email=ADA')).toEqual(['pt_ada']);
    expect(await list('?name=reyes')).toEqual(['pt_bo']);
    expect(await list('?card_expires_before=2020-05')).toEqual(['pt_bo']);
    expect(await list('?card_expires_before=2020-04')).toEqual([]);
    expect(await list('?lmn_expires_before=2020-03-01')).toEqual(['pt_bo']);
    expect(await list('?page=2&page_size=1')).toEqual(['pt_ada']);
    const { body } = await sandbox.get('/api/v1/payment_tokens?page_size=1');
    expect(body.pagination).toEqual({ count: 2, current_page: 1, last_page: 2, page_size: 1 });
    expect(await sandbox.get('/api/v1/payment_tokens?page=0')).toMatchObject({
      status: 400,
      body: { error: 'ValidationError' },
    });
  });
});

describe('update payment token', () => {
  beforeEach(() =>
    sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada', skus: ['MAG'] }),
  );

  const update = (changes: Record<string, unknown> = {}) =>
    sandbox.post(
      '/api/v1/payment_tokens/pt_ada/update',
      without(aTokenBody(changes), 'customer_email', 'customer_name'),
    );

  it('needs nothing for items that the letter covers, and holds at once', async () => {
    const { status, body } = await update();
    expect(status).toBe(200);
    expect(body).toEqual({ provision_token_request_id: expect.any(String), next_action: null, redirect_url: null });
    const request = await sandbox.get(`/api/v1/payment_tokens/provision_request/${body.provision_token_request_id}`);
    expect(request.body).toEqual({ payment_token: 'pt_ada', metadata: 'prq_1' });
    expect((await sandbox.control.ledger()).events).toEqual([]);
  });

  it('asks for the survey for items outside the letter, in the word of the switch', async () => {
    const order_items = [{ name: 'Zinc', sku: 'ZINC', quantity: 1, price: 900 }];
    const first = await update({ order_items });
    expect(first.body.next_action).toBe('HealthSurvey');
    expect(first.body.redirect_url).toBe(`${sandbox.url}/repair/${first.body.provision_token_request_id}`);
    await sandbox.control.setSwitches({ updateSurveyAction: 'TakeHealthSurvey' });
    const second = await update({ order_items, idempotency_key: 'key-2' });
    expect(second.body.next_action).toBe('TakeHealthSurvey');
    const request = await sandbox.get(
      `/api/v1/payment_tokens/provision_request/${second.body.provision_token_request_id}`,
    );
    expect(request.body.payment_token).toBeNull();
  });

  it('asks for a card on request', async () => {
    expect((await update({ update_card_info: true })).body.next_action).toBe('UpdatePaymentMethod');
  });

  it.each([
    [without(aTokenBody(), 'order_items'), 400, 'MissingField'],
    [aTokenBody({ update_card_info: 'yes' }), 400, 'ValidationError'],
  ])('refuses a body that is not good', async (body, status, error) => {
    const answer = await sandbox.post('/api/v1/payment_tokens/pt_ada/update', body);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  it('does not know other tokens', async () => {
    const answer = await sandbox.post('/api/v1/payment_tokens/pt_none/update', aTokenBody());
    expect(answer).toMatchObject({ status: 404, body: { error: 'NotFound' } });
  });

  it('has keys of its own for each token', async () => {
    await sandbox.control.seedToken({ email: 'bo@example.com', name: 'Bo Reyes', payment_token: 'pt_bo' });
    const ada = await update();
    const bo = await sandbox.post('/api/v1/payment_tokens/pt_bo/update', aTokenBody());
    expect(bo.body.provision_token_request_id).not.toBe(ada.body.provision_token_request_id);
    expect((await update({ metadata: 'other' })).body.error).toBe('IdempotencyViolation');
  });
});

describe('the door', () => {
  it.each([undefined, '', 'wrong-key'])('refuses the key %j', async (key) => {
    const response = await fetch(sandbox.url + CREATE, {
      method: 'POST',
      headers: key === undefined ? {} : { 'x-truemed-api-key': key },
      body: JSON.stringify(aTokenBody()),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: 'Unauthorized', message: expect.any(String) });
  });

  it.each([
    ['{"customer_email":', 'ValidationError', CREATE],
    ['[]', 'ValidationError', CREATE],
    ['"text"', 'InvalidRequestParameter', '/payments/v1/create_payment_session'],
  ])('refuses the body %s', async (body, error, path) => {
    expect(await sandbox.post(path, body)).toMatchObject({ status: 400, body: { error } });
  });

  it('knows its paths and their methods', async () => {
    expect(await sandbox.get('/api/v1/nothing')).toMatchObject({ status: 404, body: { error: 'NotFound' } });
    const wrong = await sandbox.get(CREATE);
    expect(wrong).toMatchObject({ status: 405, body: { error: 'MethodNotAllowed' } });
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  it('answers 404 for a request that never was', async () => {
    const { status } = await sandbox.get('/api/v1/payment_tokens/provision_request/none');
    expect(status).toBe(404);
  });

  it('writes down every call without its key', async () => {
    await sandbox.post(CREATE, aTokenBody());
    await sandbox.get('/api/v1/nothing');
    const ledger = await sandbox.control.ledger();
    expect(ledger.requests).toMatchObject([
      {
        method: 'POST',
        path: CREATE,
        operation: 'createPaymentToken',
        status: 200,
        idempotency_key: 'key-1',
        error: null,
      },
      { method: 'GET', path: '/api/v1/nothing', operation: null, status: 404, error: 'NotFound' },
    ]);
    expect(JSON.stringify(ledger)).not.toContain('sandbox-key');
  });
});
