import { z } from 'zod';

/** The product catalog on the wire (truemed-api.md sections 7.9 and 8). */

/** What may be paid with HSA/FSA money: always, with a Letter of Medical Necessity, never. */
export const ELIGIBILITIES = ['eligible', 'eligible_with_lmn', 'ineligible'] as const;
export type Eligibility = (typeof ELIGIBILITIES)[number];

const text = z.string().nullish().catch(null);

/** An item as it is listed, looked up and told of by event. An older revision calls `eligibility` `eligibility_status` (C18). */
export const CatalogItemReply = z.looseObject({
  sku: z.string().min(1),
  name: text,
  description: text,
  eligibility: text,
  eligibility_status: text,
  gtin: text,
  image_urls: z.array(z.string()).nullish().catch(null),
  metadata: text,
  product_id: text,
  url: text,
  created_at: text,
  reviewed_at: text,
});
export type CatalogItemReply = z.infer<typeof CatalogItemReply>;

/** 200 of catalog item detail: the item itself or, by a third party's notes, under `object`. */
export const CatalogDetailReply = z.union([
  z.looseObject({ object: CatalogItemReply }).transform(({ object }) => object),
  CatalogItemReply,
]);

/** 200 of the checkout method: the guide's field or, by a third party's notes, a word. */
export const CheckoutMethodReply = z.union([
  z.looseObject({ show_truemed: z.boolean() }).transform(({ show_truemed }) => show_truemed),
  z.looseObject({ checkout_method: z.string() }).transform(({ checkout_method }) => checkout_method === 'truemed'),
]);

const ItemData = z.looseObject({ object: CatalogItemReply });

/**
 * A whole eligibility event (section 7.9). Truemed's page shows `data.object` in an envelope of its own; a signed envelope
 * whose `data` equals that flat payload would hold it one level deeper. Both are read.
 */
export const CatalogEventData = z.union([
  z.looseObject({ data: ItemData }).transform(({ data }) => data.object),
  z.looseObject({ data: z.looseObject({ data: ItemData }) }).transform(({ data }) => data.data.object),
]);

/** The body of create catalog item. */
export interface CreateCatalogItemBody {
  sku: string;
  name: string;
  description?: string;
  gtin?: string;
  image_urls?: readonly string[];
  url?: string;
  metadata?: string;
  product_id?: string;
}

/** The body of update catalog item: all of the first five. */
export interface UpdateCatalogItemBody {
  sku: string;
  name: string;
  description: string;
  image_urls: readonly string[];
  url: string;
  gtin?: string | null;
  metadata?: string | null;
}

/** The body of the checkout method: the lines of a cart, without prices. */
export interface CheckoutMethodBody {
  items: readonly { sku: string; name?: string }[];
}

/** Reads the eligibility of an item by either name and in either spelling (C18): null until it was reviewed, `unknown` for a new word. */
export function readEligibility(
  item: Pick<CatalogItemReply, 'eligibility' | 'eligibility_status'>,
): Eligibility | 'unknown' | null {
  const word = item.eligibility ?? item.eligibility_status ?? null;
  if (word === null || word === '') return null;
  if (word === 'not_eligible') return 'ineligible';
  return ELIGIBILITIES.find((known) => known === word) ?? 'unknown';
}
