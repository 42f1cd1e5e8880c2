import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { envelopes, sendForm } from './test-forms';
import { type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const LIST = '/api/v1/qualification_sessions';
const path = (id: unknown, verb = '') => `/api/v1/qualification_session/${id}${verb}`;

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
  await sandbox.control.setSwitches({ webhookBeforeRedirect: 'before' });
  await sandbox.control.moveClock({ mode: 'manual' });
  receiver.received.length = 0;
});

/** Follows a link and answers the id of the session that it starts. */
async function start(query = 'user_id=cus_1&source=newsletter') {
  const response = await fetch(`${sandbox.url}/qualify?${query}`, { redirect: 'manual' });
  return (response.headers.get('location') ?? '').replace('/qualify/', '');
}
const taken = (changes: Record<string, string> = {}) => ({
  name: 'Ada Park',
  email: 'Ada@Example.com',
  state: 'CA',
  outcome: 'qualifies',
  action: 'continue',
  ...changes,
});
const answer = (id: string, changes: Record<string, string> = {}) =>
  sendForm(`${sandbox.url}/qualify/${id}`, taken(changes));
const statusOf = async (id: string) => (await sandbox.get(path(id))).body.status;

describe('a qualification session', () => {
  it('starts from a link, with its user_id and its source', async () => {
    const id = await start();
    const { status, body } = await sandbox.get(path(id));
    expect(status).toBe(200);
    expect(body).toEqual({
      qualification_session_id: id,
      status: 'pending',
      email: null,
      expires_at: null,
      user_id: 'cus_1',
      source: 'newsletter',
      charge_group_created_at: null,
      created_at: expect.stringMatching(/Z$/),
      customer_status: null,
      eligible_amount: null,
      fee: null,
      lmn_reviewed_at: null,
      session_type: null,
      skus_param: null,
      stripe_invoice_id: null,
      stripe_invoice_number: null,
      stripe_invoice_paid_at: null,
      user_business_id: null,
    });
    expect(id).toMatch(/^qs_[0-9a-f-]{36}$/);
  });

  it('has six fields where the switch asks for the first revision', async () => {
    await sandbox.control.setSwitches({ qualificationFields: 'first' });
    const { body } = await sandbox.get(path(await start()));
    expect(Object.keys(body)).toEqual([
      'qualification_session_id',
      'status',
      'email',
      'expires_at',
      'user_id',
      'source',
    ]);
  });

  it('is approved for twelve months where the customer qualifies, and told of once', async () => {
    await sandbox.control.moveClock({ to: '2030-01-31T12:00:00.000Z' });
    const id = await start();
    expect((await answer(id)).location).toBe(`/qualify/${id}`);
    await sandbox.control.settle();
    const data = {
      qualification_session_id: id,
      status: 'approved',
      email: 'ada@example.com',
      expires_at: '2031-01-31T12:00:00.000Z',
      user_id: 'cus_1',
      source: 'newsletter',
    };
    expect(envelopes(receiver)).toEqual([
      { webhook_delivery_id: expect.any(String), event_type: 'qualification_session.updated', data },
    ]);
    expect((await sandbox.get(path(id))).body).toMatchObject({ ...data, lmn_reviewed_at: '2030-01-31T12:00:00.000Z' });
  });

  it('is rejected where the customer does not qualify, and has no letter', async () => {
    const id = await start('failure_url=https://shop.example/stopped&success_url=https://shop.example/done');
    expect((await answer(id, { outcome: 'ineligible' })).location).toBe('https://shop.example/stopped');
    await sandbox.control.settle();
    expect(envelopes(receiver)).toMatchObject([
      { data: { status: 'rejected', expires_at: null, user_id: null, source: null } },
    ]);
  });

  it.each(['approve', 'reject'] as const)(
    'is processing during a review, until somebody decides: %s',
    async (outcome) => {
      const id = await start();
      await answer(id, { outcome: 'reviewed_later' });
      await sandbox.control.settle();
      expect([await statusOf(id), receiver.received.length]).toEqual(['processing', 0]);
      const decided = await sandbox.control.reviewQualification({ qualification_session_id: id, outcome });
      await sandbox.control.settle();
      const status = outcome === 'approve' ? 'approved' : 'rejected';
      expect([decided.status, envelopes(receiver)[0].data.status, receiver.received.length]).toEqual([
        status,
        status,
        1,
      ]);
      const again = sandbox.control.reviewQualification({ qualification_session_id: id, outcome });
      await expect(again).rejects.toThrow(/409/);
    },
  );

  it('is reviewed on the clock where a tag says so, and told of once', async () => {
    const id = await start();
    await answer(id, { email: 'ada+slow_review_36h@example.com' });
    await sandbox.control.advance({ hours: 35 });
    expect(await statusOf(id)).toBe('processing');
    await sandbox.control.advance({ hours: 1 });
    expect(await statusOf(id)).toBe('approved');
    await sandbox.control.advance({ years: 2 });
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ['ada+survey_fail@example.com', 'rejected'],
    ['ada+ineligible@example.com', 'rejected'],
    ['ada+webhook_dup3@example.com', 'approved'],
  ])('of %s ends %s', async (email, status) => {
    const id = await start();
    await answer(id, { email });
    expect(await statusOf(id)).toBe(status);
  });

  it('has a letter that ends when a tag says so', async () => {
    await sandbox.control.moveClock({ to: '2030-01-01T00:00:00.000Z' });
    const id = await start();
    await answer(id, { email: 'ada+lmn_expires_in_10d@example.com' });
    expect((await sandbox.get(path(id))).body.expires_at).toBe('2030-01-11T00:00:00.000Z');
  });

  it('is answered again by a second click, and changes no more', async () => {
    const id = await start('success_url=https://shop.example/done');
    await answer(id);
    expect((await answer(id, { outcome: 'ineligible' })).location).toBe('https://shop.example/done');
    await sandbox.control.settle();
    expect([await statusOf(id), receiver.received.length]).toEqual(['approved', 1]);
  });

  it('stays pending where the customer cancels', async () => {
    const id = await start('failure_url=https://shop.example/stopped');
    expect((await answer(id, { action: 'cancel' })).location).toBe('https://shop.example/stopped');
    expect(await statusOf(id)).toBe('pending');
    const other = await start('user_id=cus_2');
    expect((await answer(other, { action: 'cancel' })).html).toContain('Not completed');
  });

  it('asks again for what is missing', async () => {
    const id = await start();
    const { status, html } = await answer(id, { name: ' ', email: 'ada', state: 'XX', outcome: 'maybe' });
    expect(status).toBe(200);
    for (const name of ['name', 'email', 'state', 'outcome']) expect(html).toContain(`href="#${name}"`);
    expect(await statusOf(id)).toBe('pending');
  });

  it('keeps nothing of the survey but name and e-mail', async () => {
    await answer(await start(), { conditions: 'asthma' });
    expect(JSON.stringify(await sandbox.control.table('qualifications'))).not.toMatch(/asthma|"CA"/);
  });

  it('has a page for everywhere that it may stand', async () => {
    const id = await start('skus=MAG,ZINC');
    const page = async () => {
      const response = await fetch(`${sandbox.url}/qualify/${id}`);
      return [response.status, /<h1>(.*?)<\/h1>/.exec(await response.text())?.[1]];
    };
    expect(await page()).toEqual([200, 'See whether you qualify']);
    await sandbox.control.setSwitches({ hostedLinkHours: 24 });
    await sandbox.control.advance({ hours: 24 });
    expect(await page()).toEqual([410, 'This link has expired']);
    expect((await answer(id)).status).toBe(410);
    await sandbox.control.setSwitches({ hostedLinkHours: 0 });
    await answer(id, { outcome: 'reviewed_later' });
    expect(await page()).toEqual([200, 'Being reviewed']);
    await sandbox.control.reviewQualification({ qualification_session_id: id, outcome: 'reject' });
    expect(await page()).toEqual([200, 'You do not qualify']);
    expect((await fetch(`${sandbox.url}/qualify/none`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/qualify/${id}/more`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/qualify`, { method: 'POST' })).status).toBe(405);
  });

  it('never leads to an address that is none of the web', async () => {
    const id = await start(`success_url=${encodeURIComponent('javascript:alert(1)')}`);
    expect((await answer(id)).location).toBe(`/qualify/${id}`);
  });
});

describe('the link of somebody who holds a letter', () => {
  it('leads to the session that there is, while the letter is good', async () => {
    const id = await start();
    expect(await start()).not.toBe(id);
    await answer(id);
    expect(await start()).toBe(id);
    expect(await start('user_id=cus_2')).not.toBe(id);
    await sandbox.control.advance({ months: 12 });
    expect(await start()).not.toBe(id);
  });

  it('leads to a new one for other items, or where the switch says so', async () => {
    const id = await start('user_id=cus_1&skus=MAG');
    await answer(id);
    expect(await start('user_id=cus_1&skus=MAG')).toBe(id);
    expect(await start('user_id=cus_1&skus=MAG,ZINC')).not.toBe(id);
    expect(await start('user_id=cus_1')).not.toBe(id);
    await sandbox.control.setSwitches({ reuseQualifications: false });
    expect(await start('user_id=cus_1&skus=MAG')).not.toBe(id);
  });
});

describe('the list of qualification sessions', () => {
  const list = async (query: string) => {
    const { body } = await sandbox.get(`${LIST}?${query}`);
    const rows = Array.isArray(body.qualification_sessions) ? body.qualification_sessions : [];
    return rows.map((row) => row.qualification_session_id);
  };

  it('has pages and filters, newest first', async () => {
    await sandbox.control.moveClock({ to: '2030-01-31T12:00:00.000Z' });
    const first = await start('user_id=cus_1&source=newsletter');
    await answer(first);
    await sandbox.control.advance({ days: 1 });
    const second = await start('user_id=cus_2');
    await answer(second, { name: 'Bo Reyes', email: 'bo@example.com', outcome: 'ineligible' });
    const third = await start('user_id=cus_3');
    expect(await list('')).toEqual([third, second, first]);
    expect(await list('page=2&page_size=2')).toEqual([first]);
    expect(await list('user_id=cus_2')).toEqual([second]);
    expect(await list('user_id=cus')).toEqual([]);
    expect(await list('status=approved')).toEqual([first]);
    expect(await list('status=approved,pending')).toEqual([third, first]);
    expect(await list('expires_at=2031-01-31')).toEqual([first]);
    expect(await list('expires_at=2031-02-01')).toEqual([]);
    expect(await list('search=REYES')).toEqual([second]);
    expect(await list('search=newsletter')).toEqual([first]);
    expect(await list('search=bo%40example')).toEqual([second]);
    const { body } = await sandbox.get(`${LIST}?page_size=2`);
    expect(body.pagination).toEqual({ count: 3, current_page: 1, last_page: 2, page_size: 2 });
  });

  it.each(['status=qualified', 'status=approved,', 'expires_at=2031-1-31', 'page=0', 'page_size=x'])(
    'refuses %s',
    async (query) => {
      expect(await sandbox.get(`${LIST}?${query}`)).toMatchObject({ status: 400, body: { error: 'ValidationError' } });
    },
  );

  it('takes one status alone where the switch says so', async () => {
    await sandbox.control.setSwitches({ qualificationStatusList: false });
    expect((await sandbox.get(`${LIST}?status=approved`)).status).toBe(200);
    expect((await sandbox.get(`${LIST}?status=approved,pending`)).body.error).toBe('ValidationError');
  });
});

describe('an update of a qualification session', () => {
  const update = (id: string, body: object) => sandbox.post(path(id, '/update'), { idempotency_key: 'k1', ...body });

  it('sets a user_id once, and answers the status, which it leaves', async () => {
    const id = await start('source=newsletter');
    const { status, body } = await update(id, { user_id: 'cus_9', status: 'approved' });
    expect([status, body]).toEqual([200, { qualification_session_id: id, status: 'pending' }]);
    expect((await sandbox.get(path(id))).body).toMatchObject({ user_id: 'cus_9', status: 'pending' });
    const again = await update(id, { idempotency_key: 'k2', user_id: 'cus_9' });
    expect(again).toMatchObject({ status: 409, body: { error: 'user_id_already_set' } });
  });

  it('sets metadata and addresses, and leaves what it does not name', async () => {
    const id = await start('user_id=cus_1');
    await update(id, { metadata: '{"a":1}', success_url: 'https://shop.example/done' });
    await update(id, { idempotency_key: 'k2', failure_url: 'https://shop.example/stopped' });
    const { rows } = await sandbox.control.table('qualifications');
    expect(rows).toMatchObject([
      {
        user_id: 'cus_1',
        metadata: '{"a":1}',
        success_url: 'https://shop.example/done',
        failure_url: 'https://shop.example/stopped',
      },
    ]);
    expect((await answer(id)).location).toBe('https://shop.example/done');
  });

  it('answers a key once, within its session', async () => {
    const id = await start('source=a');
    const other = await start('source=b');
    const first = await update(id, { user_id: 'cus_1' });
    await answer(id);
    expect((await update(id, { user_id: 'cus_1' })).body).toEqual(first.body);
    expect(await update(id, { user_id: 'cus_2' })).toMatchObject({ status: 400, body: { error: 'ValidationError' } });
    expect((await update(other, { user_id: 'cus_2' })).status).toBe(200);
  });

  it.each([
    [{ idempotency_key: undefined }, 'MissingField'],
    [{ user_id: '' }, 'ValidationError'],
    [{ metadata: { a: 1 } }, 'ValidationError'],
    [{ success_url: 'javascript:alert(1)' }, 'ValidationError'],
  ])('refuses %j', async (body, error) => {
    const id = await start('source=a');
    expect(await update(id, body)).toMatchObject({ status: 400, body: { error } });
  });

  it('does not know other sessions', async () => {
    expect(await update('qs_none', {})).toMatchObject({ status: 404, body: { error: 'NotFound' } });
    expect((await sandbox.get(path('qs_none'))).status).toBe(404);
  });
});

describe('a restart', () => {
  it('keeps sessions, keys and items, and ends their reviews when they are due', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const before = await startTestSandbox({ data: folder });
    await before.control.moveClock({ mode: 'manual' });
    const response = await fetch(`${before.url}/qualify?source=newsletter`, { redirect: 'manual' });
    const id = (response.headers.get('location') ?? '').replace('/qualify/', '');
    const change = { idempotency_key: 'k1', user_id: 'cus_1' };
    const first = await before.post(path(id, '/update'), change);
    await sendForm(`${before.url}/qualify/${id}`, taken({ email: 'ada+slow_review_36h@example.com' }));
    await before.post('/api/v1/product_catalog/items/create', { sku: 'MAG', name: 'Magnesium' });
    await before.close();
    const after = await startTestSandbox({ data: folder });
    expect((await after.get(path(id))).body).toMatchObject({ status: 'processing', user_id: 'cus_1' });
    expect((await after.post(path(id, '/update'), change)).body).toEqual(first.body);
    await after.control.advance({ hours: 36 });
    expect((await after.get(path(id))).body.status).toBe('approved');
    expect((await after.get('/api/v1/product_catalog/items/list')).body.data).toMatchObject([
      { sku: 'MAG', eligibility: 'eligible_with_lmn' },
    ]);
    const events = (await after.control.ledger()).events.map(({ event_type, subject }) => [event_type, subject]);
    expect(events).toEqual([
      ['product_catalog.item.eligibility_updated', 'MAG'],
      ['qualification_session.updated', 'ada+slow_review_36h@example.com'],
    ]);
    await after.close();
    await rm(folder, { recursive: true });
  });
});
