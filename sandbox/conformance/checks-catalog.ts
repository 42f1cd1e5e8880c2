import { envelopes } from '../test-forms';
import { A_COUNT, A_TEXT, AN_INSTANT, anywhere, type Check, type CheckWorld, facts, holds, inSandbox } from './check';

const ITEMS = '/api/v1/product_catalog/items';
const METHOD = '/api/v1/product_catalog/truemed_checkout_method';
const EVENT = 'product_catalog.item.eligibility_updated';

const anItem = (sku: string, changes: Record<string, unknown> = {}) => ({
  sku,
  name: 'Magnesium',
  description: 'Tablets',
  gtin: '00012345678905',
  image_urls: ['https://shop.example/mag.jpg'],
  url: 'https://shop.example/mag',
  metadata: 'shelf 3',
  product_id: 'prod_1',
  ...changes,
});

const detail = async ({ api }: CheckWorld, sku: string) => (await api.post(`${ITEMS}/detail`, { sku })).body;

const created = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('createCatalogItem', kind, ...names);

/** The product catalog (sections 7.9 and 8). */
export const CATALOG_CHECKS: readonly Check[] = [
  inSandbox(
    'an item is created with all that is said of it, and its eligibility is null until the review',
    [
      ...created('request', 'sku', 'name', 'description', 'gtin', 'image_urls', 'url', 'metadata', 'product_id'),
      ...created('answer', 'sku'),
      ...created('rule', 'an item is not reviewed at once'),
      ...facts('retrieveCatalogItem', 'request', 'sku'),
      ...facts('retrieveCatalogItem', 'answer', 'sku', 'name', 'eligibility'),
      ...facts('retrieveCatalogItem', 'rule', 'eligibility is null until the review'),
    ],
    async (world) => {
      const sku = world.fresh();
      holds(await world.api.post(`${ITEMS}/create`, anItem(sku)), { status: 200, body: { sku } });
      const unseen = { ...anItem(sku), eligibility: null, reviewed_at: null, created_at: AN_INSTANT };
      holds(await detail(world, sku), unseen, 'the item');
    },
  ),
  anywhere('writes', 'a SKU that is there is refused with 409', created('error', '409'), async ({ api, fresh }) => {
    const sku = fresh();
    await api.post(`${ITEMS}/create`, anItem(sku));
    holds(await api.post(`${ITEMS}/create`, anItem(sku)), { status: 409 });
  }),
  inSandbox(
    'the classification of an item is told of, and then found',
    facts(EVENT, 'answer', 'sku', 'name', 'eligibility', 'reviewed_at', 'created_at'),
    async (world) => {
      await world.control.moveClock({ mode: 'manual', to: '2030-01-01T00:00:00.000Z' });
      const sku = world.fresh();
      await world.api.post(`${ITEMS}/create`, anItem(sku));
      await world.control.advance({ hours: 24 });
      await world.control.settle();
      const object = {
        sku,
        name: 'Magnesium',
        eligibility: 'eligible_with_lmn',
        reviewed_at: '2030-01-02T00:00:00.000Z',
        created_at: '2030-01-01T00:00:00.000Z',
      };
      const timestamp = '2030-01-02T00:00:00.000Z';
      holds(envelopes(world.receiver), [{ event_type: EVENT, timestamp, data: { object } }]);
      holds(await detail(world, sku), object, 'the item');
    },
  ),
  inSandbox(
    'an update changes all five fields, answers nothing, and leaves the eligibility until the next review',
    [
      ...facts('updateCatalogItem', 'request', 'sku', 'name', 'description', 'image_urls', 'url'),
      ...facts('updateCatalogItem', 'answer', 'nothing'),
    ],
    async (world) => {
      const sku = world.fresh();
      await world.api.post(`${ITEMS}/create`, anItem(sku));
      await world.control.reviewItem({ sku, eligibility: 'eligible' });
      const change = { name: 'Zinc', description: 'Powder', image_urls: [], url: 'https://shop.example/zinc' };
      const answer = await world.api.post(`${ITEMS}/update`, { sku, ...change });
      holds([answer.status, Object.keys(answer.body).length], [200, 0], 'the answer');
      holds(await detail(world, sku), { ...change, eligibility: 'eligible' }, 'the item');
    },
  ),
  anywhere(
    'reads',
    'an item that was never created is not found',
    [...facts('retrieveCatalogItem', 'error', 'NotFound'), ...facts('updateCatalogItem', 'error', 'NotFound')],
    async ({ api, fresh }) => {
      holds(await api.post(`${ITEMS}/detail`, { sku: fresh() }), { status: 404 });
      holds(await api.post(`${ITEMS}/update`, anItem(fresh())), { status: 404 });
    },
  ),
  anywhere(
    'reads',
    'items are listed under data, with where the page stands',
    [
      ...facts('listCatalogItems', 'answer', 'data', 'pagination'),
      ...facts('listCatalogItems', 'request', 'page', 'page_size'),
      ...facts('listCatalogItems', 'rule', 'pagination has count, current_page, last_page and page_size'),
    ],
    async ({ api }) => {
      const { status, body } = await api.get(`${ITEMS}/list?page=1&page_size=5`);
      holds([status, Array.isArray(body.data)], [200, true], 'status and data');
      holds(body.pagination, { count: A_COUNT, current_page: 1, last_page: A_COUNT, page_size: 5 }, 'pagination');
    },
  ),
  inSandbox(
    'the checkout method is shown for a cart with an item that HSA/FSA money may pay, whatever it costs',
    [
      ...facts('setCheckoutMethod', 'request', 'items'),
      ...facts('setCheckoutMethod', 'answer', 'show_truemed'),
      ...facts('setCheckoutMethod', 'rule', 'what was not reviewed counts as ineligible'),
    ],
    async (world) => {
      const sku = world.fresh();
      const items = [{ sku, name: 'Magnesium' }];
      await world.api.post(`${ITEMS}/create`, anItem(sku));
      holds(await world.api.post(METHOD, { items }), { status: 200, body: { show_truemed: false } });
      await world.control.reviewItem({ sku, eligibility: 'eligible' });
      holds(await world.api.post(METHOD, { items }), { status: 200, body: { show_truemed: true } });
    },
  ),
  anywhere(
    'reads',
    'the checkout method without items says what is missing',
    facts('setCheckoutMethod', 'error', 'MissingField'),
    async ({ api }) => {
      holds(await api.post(METHOD, {}), { status: 400, body: { error: A_TEXT, message: A_TEXT } });
    },
  ),
];
