import { z } from 'zod';
import { ELIGIBILITIES } from '@/lib/truemed/catalog-schemas';
import { addItem, changeItem, itemView } from '../model/catalog';
import type { CatalogItem } from '../records';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { readFields, Text, TOKEN_CODES, WebUrl } from './fields';
import { PageFields, pageOf } from './pages';

const Details = {
  description: z.string().nullish(),
  gtin: z.string().nullish(),
  image_urls: z.array(WebUrl).nullish(),
  url: WebUrl.nullish(),
  metadata: z.string().nullish(),
  product_id: z.string().nullish(),
};
const NewItem = z.looseObject({ sku: Text, name: Text, ...Details });
const ChangedItem = z.looseObject({ sku: Text, name: Text.nullish(), ...Details });
const Wanted = z.looseObject({ sku: Text });

const Query = z.object({
  ...PageFields,
  // The older word is taken too (section 13, C18).
  eligibility: z
    .enum([...ELIGIBILITIES, 'not_eligible'])
    .transform((word) => (word === 'not_eligible' ? 'ineligible' : word))
    .optional(),
});

/** List catalog items (section 8). Newest first, and the name of the filter, are ASSUMED. */
export function listCatalogItems({ world, query }: ApiCall): ApiAnswer {
  const fields = readFields(Object.fromEntries(query), Query, [], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const { eligibility } = fields.value;
  const fits = eligibility === undefined ? null : (item: CatalogItem) => item.eligibility === eligibility;
  const { rows, pagination } = pageOf(world.store.catalog, fields.value, fits);
  return { status: 200, body: { data: rows.map((item) => itemView(world, item)), pagination } };
}

/**
 * Create catalog item (section 8): its classification comes later, by event. A SKU that is there is refused with 409; the
 * code beside it, which fields are required, and the answer are ASSUMED.
 */
export function createCatalogItem({ world, body }: ApiCall): ApiAnswer {
  const fields = readFields(body, NewItem, ['sku', 'name'], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const { sku } = fields.value;
  if (world.store.catalog.get(sku) !== undefined) {
    return refuse(409, 'Conflict', `There is an item with the SKU ${sku} already.`);
  }
  return { status: 200, body: enveloped(world, itemView(world, addItem(world, fields.value))) };
}

/** Update catalog item (section 8): answers `{}`. 404 for an unknown SKU is ASSUMED. */
export function updateCatalogItem({ world, body }: ApiCall): ApiAnswer {
  const all = ['sku', 'name', 'description', 'image_urls', 'url'];
  const required = world.switches.values.catalogUpdateNeedsAll ? all : ['sku'];
  const fields = readFields(body, ChangedItem, required, TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const item = world.store.catalog.get(fields.value.sku);
  if (item === undefined) return unknownItem();
  changeItem(world, item, fields.value);
  return { status: 200, body: {} };
}

/** Catalog item detail (section 8), by SKU. 404 for an unknown one is ASSUMED. */
export function retrieveCatalogItem({ world, body }: ApiCall): ApiAnswer {
  const fields = readFields(body, Wanted, ['sku'], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const item = world.store.catalog.get(fields.value.sku);
  return item === undefined ? unknownItem() : { status: 200, body: enveloped(world, itemView(world, item)) };
}

function enveloped({ switches }: ApiCall['world'], item: Record<string, unknown>): Record<string, unknown> {
  return switches.values.catalogItemInObject ? { object: item } : item;
}

function unknownItem(): ApiAnswer {
  return refuse(404, 'NotFound', 'There is no item with this SKU.');
}
