import {
  CatalogDetailReply,
  CatalogItemReply,
  type CheckoutMethodBody,
  CheckoutMethodReply,
  type Eligibility,
  readEligibility,
} from './catalog-schemas';
import { acknowledged, type LookUp, type Outcome, readFound, readOutcome, shaped } from './outcomes';
import { type PageAnswer, type PageQuery, readPage } from './pages';
import { TRUEMED_PATHS } from './schemas';
import { type Call, plain, withQuery } from './transport';

/** An item of the catalog (section 8). Instants are ISO 8601 as Truemed wrote them. */
export interface CatalogItem {
  sku: string;
  name: string | null;
  description: string | null;
  /** Null until it was reviewed; `unknown` counts as not eligible. */
  eligibility: Eligibility | 'unknown' | null;
  gtin: string | null;
  imageUrls: string[];
  url: string | null;
  metadata: string | null;
  productId: string | null;
  createdAt: string | null;
  reviewedAt: string | null;
}

export type CatalogRefusal = 'duplicate_sku';

/** Which items to list. The name of the filter is ASSUMED: the page was cut where it speaks of it. */
export interface CatalogQuery extends PageQuery {
  eligibility?: Eligibility;
}

/** The product catalog (section 8). Classification is asynchronous: the webhook tells, or a later look-up. */
export interface CatalogCalls {
  /** List catalog items, one page. */
  listCatalogItemPage(query?: CatalogQuery): Promise<PageAnswer<CatalogItem>>;
  /** Create catalog item. A SKU that is there already is refused as `duplicate_sku` (409). */
  createCatalogItem(body: Uint8Array): Promise<Outcome<'created', CatalogRefusal>>;
  /** Update catalog item: sku, name, description, image URLs and URL, all of them. */
  updateCatalogItem(body: Uint8Array): Promise<Outcome<'updated'>>;
  /** Catalog item detail, by SKU. */
  retrieveCatalogItem(sku: string): Promise<LookUp<CatalogItem>>;
  /** Truemed checkout method: whether to offer Truemed for these items; prices do not count, and it decides nothing (section 8). */
  checkCheckoutMethod(items: CheckoutMethodBody['items']): Promise<Outcome<{ showTruemed: boolean }>>;
}

/** The calls over a transport. */
export function catalogCalls(call: Call): CatalogCalls {
  const post = (path: string, body: object) => call('POST', plain(path), Buffer.from(JSON.stringify(body)));
  return {
    listCatalogItemPage: async ({ page, pageSize, eligibility } = {}) =>
      readPage(
        await call('GET', withQuery(TRUEMED_PATHS.listCatalogItems, { page, page_size: pageSize, eligibility })),
        ['data', 'items'],
        CatalogItemReply,
        readItem,
      ),
    createCatalogItem: async (body) => {
      const reply = await call('POST', plain(TRUEMED_PATHS.createCatalogItem), body);
      const outcome = readOutcome<'created', CatalogRefusal>(reply, {}, acknowledged('created'));
      // The guide names the status and no code.
      const isDuplicate = outcome.kind === 'refused' && reply.kind === 'reply' && reply.status === 409;
      return isDuplicate ? { ...outcome, reason: 'duplicate_sku' } : outcome;
    },
    updateCatalogItem: async (body) =>
      readOutcome(
        await call('POST', plain(TRUEMED_PATHS.updateCatalogItem), body),
        {},
        acknowledged<'updated'>('updated'),
      ),
    retrieveCatalogItem: async (sku) =>
      readFound(await post(TRUEMED_PATHS.retrieveCatalogItem, { sku }), CatalogDetailReply, readItem),
    checkCheckoutMethod: async (items) =>
      readOutcome(
        await post(TRUEMED_PATHS.setCheckoutMethod, { items }),
        {},
        shaped(CheckoutMethodReply, (showTruemed) => ({ showTruemed })),
      ),
  };
}

/** Reads an item; what is not told is null. */
export function readItem(reply: CatalogItemReply): CatalogItem {
  return {
    sku: reply.sku,
    name: reply.name ?? null,
    description: reply.description ?? null,
    eligibility: readEligibility(reply),
    gtin: reply.gtin ?? null,
    imageUrls: reply.image_urls ?? [],
    url: reply.url ?? null,
    metadata: reply.metadata ?? null,
    productId: reply.product_id ?? null,
    createdAt: reply.created_at ?? null,
    reviewedAt: reply.reviewed_at ?? null,
  };
}
