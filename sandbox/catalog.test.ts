import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { envelopes } from './test-forms';
import { type Receiver, startReceiver, startTestSandbox, type TestSandbox, without } from './test-world';

const ITEMS = '/api/v1/product_catalog/items';
const METHOD = '/api/v1/product_catalog/truemed_checkout_method';

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
  await sandbox.control.moveClock({ to: '2030-01-01T00:00:00.000Z' });
  receiver.received.length = 0;
});

const anItem = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  sku: 'MAG',
  name: 'Magnesium',
  description: 'Tablets',
  gtin: '00012345678905',
  image_urls: ['https://shop.example/mag.jpg'],
  url: 'https://shop.example/mag',
  metadata: 'shelf 3',
  product_id: 'prod_1',
  ...changes,
});
const create = (changes: Record<string, unknown> = {}) => sandbox.post(`${ITEMS}/create`, anItem(changes));
const detail = async (sku: string) => (await sandbox.post(`${ITEMS}/detail`, { sku })).body;
const list = async (query = '') => {
  const { body } = await sandbox.get(`${ITEMS}/list?${query}`);
  return Array.isArray(body.data) ? body.data.map(({ sku }) => sku) : [];
};
const shows = async (...skus: string[]) =>
  (await sandbox.post(METHOD, { items: skus.map((sku) => ({ sku, name: sku })) })).body;

describe('a catalog item', () => {
  it('is created with what is said of it, and not classified yet', async () => {
    const whole = { ...anItem(), eligibility: null, created_at: '2030-01-01T00:00:00.000Z', reviewed_at: null };
    expect(await create()).toMatchObject({ status: 200, body: whole });
    expect(await detail('MAG')).toEqual(whole);
  });

  it('needs a SKU and a name, in this order', async () => {
    expect((await sandbox.post(`${ITEMS}/create`, {})).body).toEqual({
      error: 'MissingField',
      message: 'sku is required.',
    });
    expect((await sandbox.post(`${ITEMS}/create`, { sku: 'MAG' })).body.message).toBe('name is required.');
    expect((await sandbox.post(`${ITEMS}/create`, { sku: 'MAG', name: 'Magnesium' })).status).toBe(200);
  });

  it.each([
    { sku: ' ' },
    { name: 7 },
    { image_urls: 'https://a.example' },
    { image_urls: ['x'] },
    { url: 'shop' },
    { gtin: 1 },
  ])('with %j is a ValidationError', async (change) => {
    expect(await create(change)).toMatchObject({ status: 400, body: { error: 'ValidationError' } });
    expect(await list()).toEqual([]);
  });

  it('has a SKU of its own: a second one is a conflict, and changes nothing', async () => {
    await create();
    expect(await create({ name: 'Other' })).toMatchObject({ status: 409, body: { error: 'Conflict' } });
    expect((await detail('MAG')).name).toBe('Magnesium');
  });

  it('is classified a day later on the clock, and told of', async () => {
    await create();
    await sandbox.control.advance({ hours: 23 });
    expect((await detail('MAG')).eligibility).toBeNull();
    await sandbox.control.advance({ hours: 1 });
    const at = '2030-01-02T00:00:00.000Z';
    const object = {
      sku: 'MAG',
      name: 'Magnesium',
      eligibility: 'eligible_with_lmn',
      reviewed_at: at,
      created_at: '2030-01-01T00:00:00.000Z',
    };
    expect(envelopes(receiver)).toEqual([
      {
        webhook_delivery_id: expect.any(String),
        event_type: 'product_catalog.item.eligibility_updated',
        timestamp: at,
        data: { object },
      },
    ]);
    expect(await detail('MAG')).toMatchObject({ eligibility: 'eligible_with_lmn', reviewed_at: at });
    await sandbox.control.advance({ years: 2 });
    expect(receiver.received).toHaveLength(1);
  });

  it('is told of flat and whole where the endpoint is unsigned, or the envelope holds all of it', async () => {
    const payload = { event_type: 'product_catalog.item.eligibility_updated', timestamp: expect.any(String) };
    await sandbox.control.setSwitches({ catalogEventNested: true });
    await create();
    await sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'eligible' });
    await sandbox.control.settle();
    expect(envelopes(receiver)[0]).toMatchObject({ data: { ...payload, data: { object: { sku: 'MAG' } } } });
    await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['s'], signed: false }]);
    await sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'ineligible' });
    await sandbox.control.settle();
    expect(envelopes(receiver)[1]).toEqual({ ...payload, data: { object: expect.objectContaining({ sku: 'MAG' }) } });
    await sandbox.control.setEndpoints([{ url: receiver.url, secrets: ['s'], signed: true }]);
  });

  it('is classified as the switch says, in the words that the switches say', async () => {
    await sandbox.control.setSwitches({
      catalogVerdict: 'ineligible',
      catalogReviewHours: 0,
      ineligibleWord: 'not_eligible',
      eligibilityField: 'eligibility_status',
    });
    await create();
    await sandbox.control.settle();
    expect(await detail('MAG')).toMatchObject({ eligibility_status: 'not_eligible' });
    expect(await detail('MAG')).not.toHaveProperty('eligibility');
    expect(envelopes(receiver)).toMatchObject([{ data: { object: { eligibility: 'not_eligible' } } }]);
  });

  it('waits for a decision where the switch says so', async () => {
    await sandbox.control.setSwitches({ catalogReviewHours: null });
    await create();
    await sandbox.control.advance({ years: 1 });
    expect((await detail('MAG')).eligibility).toBeNull();
    await expect(sandbox.control.reviewItem({ sku: 'NONE', eligibility: 'eligible' })).rejects.toThrow(/404/);
    expect((await sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'eligible' })).eligibility).toBe('eligible');
  });

  it('is answered under `object` where the switch says so', async () => {
    await sandbox.control.setSwitches({ catalogItemInObject: true });
    expect((await create()).body).toMatchObject({ object: { sku: 'MAG' } });
    expect(await detail('MAG')).toMatchObject({ object: { sku: 'MAG' } });
  });

  it('that was never created is not found', async () => {
    const none = { status: 404, body: { error: 'NotFound' } };
    expect(await sandbox.post(`${ITEMS}/detail`, { sku: 'NONE' })).toMatchObject(none);
    expect(await sandbox.post(`${ITEMS}/update`, anItem({ sku: 'NONE' }))).toMatchObject(none);
    expect((await sandbox.post(`${ITEMS}/detail`, {})).body.error).toBe('MissingField');
  });
});

describe('an update of a catalog item', () => {
  const update = (body: object) => sandbox.post(`${ITEMS}/update`, body);

  it('answers nothing, keeps the eligibility, and has the item reviewed again later', async () => {
    await create();
    await sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'eligible' });
    expect(await update(anItem({ name: 'Magnesium 2' }))).toMatchObject({ status: 200, body: {} });
    expect(await detail('MAG')).toMatchObject({ name: 'Magnesium 2', eligibility: 'eligible' });
    await sandbox.control.advance({ hours: 24 });
    expect((await detail('MAG')).eligibility).toBe('eligible_with_lmn');
  });

  it('has no item reviewed again where the switch says never', async () => {
    await sandbox.control.setSwitches({ catalogUpdateReviews: false });
    await create();
    await sandbox.control.reviewItem({ sku: 'MAG', eligibility: 'eligible' });
    await update(anItem());
    await sandbox.control.advance({ years: 1 });
    expect((await detail('MAG')).eligibility).toBe('eligible');
  });

  it.each(['sku', 'name', 'description', 'image_urls', 'url'])('requires %s', async (name) => {
    await create();
    const { status, body } = await update(without(anItem(), name));
    expect([status, body]).toEqual([400, { error: 'MissingField', message: `${name} is required.` }]);
  });

  it('requires the SKU alone where the switch says so, and leaves the rest', async () => {
    await sandbox.control.setSwitches({ catalogUpdateNeedsAll: false });
    await create();
    expect((await update({ sku: 'MAG', name: 'Magnesium 2' })).status).toBe(200);
    expect(await detail('MAG')).toMatchObject({ name: 'Magnesium 2', description: 'Tablets', metadata: 'shelf 3' });
    expect((await update({ name: 'x' })).body.error).toBe('MissingField');
  });
});

describe('the list of catalog items', () => {
  it('has pages and a filter, newest first', async () => {
    for (const sku of ['A', 'B', 'C']) await create({ sku });
    await sandbox.control.reviewItem({ sku: 'A', eligibility: 'ineligible' });
    await sandbox.control.reviewItem({ sku: 'B', eligibility: 'eligible' });
    expect(await list()).toEqual(['C', 'B', 'A']);
    expect(await list('page=2&page_size=2')).toEqual(['A']);
    expect(await list('eligibility=eligible')).toEqual(['B']);
    expect(await list('eligibility=ineligible')).toEqual(['A']);
    expect(await list('eligibility=not_eligible')).toEqual(['A']);
    const { body } = await sandbox.get(`${ITEMS}/list?page_size=2`);
    expect(body.pagination).toEqual({ count: 3, current_page: 1, last_page: 2, page_size: 2 });
    expect(await sandbox.get(`${ITEMS}/list?eligibility=maybe`)).toMatchObject({
      status: 400,
      body: { error: 'ValidationError' },
    });
  });

  it('is empty at first', async () => {
    expect((await sandbox.get(`${ITEMS}/list`)).body).toEqual({
      data: [],
      pagination: { count: 0, current_page: 1, last_page: 1, page_size: 30 },
    });
  });
});

describe('the checkout method', () => {
  it('is shown for a cart with one item that HSA/FSA money may pay', async () => {
    for (const sku of ['YES', 'LETTER', 'NO', 'NEW']) await create({ sku });
    await sandbox.control.reviewItem({ sku: 'YES', eligibility: 'eligible' });
    await sandbox.control.reviewItem({ sku: 'LETTER', eligibility: 'eligible_with_lmn' });
    await sandbox.control.reviewItem({ sku: 'NO', eligibility: 'ineligible' });
    expect(await shows('YES')).toEqual({ show_truemed: true });
    expect(await shows('LETTER', 'NO')).toEqual({ show_truemed: true });
    expect(await shows('NO', 'NEW', 'NEVER_SEEN')).toEqual({ show_truemed: false });
    expect(await shows()).toEqual({ show_truemed: false });
  });

  it.each([
    [{}, 'MissingField'],
    [{ items: 'MAG' }, 'ValidationError'],
    [{ items: [{ name: 'Magnesium' }] }, 'ValidationError'],
  ])('refuses %j', async (body, error) => {
    expect(await sandbox.post(METHOD, body)).toMatchObject({ status: 400, body: { error } });
  });
});
