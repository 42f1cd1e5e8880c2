import type { Eligibility } from '@/lib/truemed/catalog-schemas';
import type { CatalogItem } from '../records';
import type { World } from '../world';

/** What a merchant says of an item; whatever is not said is as it was, or null. */
export interface ItemDetails {
  sku: string;
  name?: string | null | undefined;
  description?: string | null | undefined;
  gtin?: string | null | undefined;
  image_urls?: readonly string[] | null | undefined;
  url?: string | null | undefined;
  metadata?: string | null | undefined;
  product_id?: string | null | undefined;
}

/** Puts a new item into the catalog and its review into the schedule: it is never classified at once (section 8). */
export function addItem(world: World, details: ItemDetails): CatalogItem {
  return world.store.catalog.put({
    sku: details.sku,
    name: details.name ?? '',
    description: details.description ?? null,
    gtin: details.gtin ?? null,
    image_urls: details.image_urls ?? [],
    url: details.url ?? null,
    metadata: details.metadata ?? null,
    product_id: details.product_id ?? null,
    eligibility: null,
    created_at: world.clock.nowIso(),
    reviewed_at: null,
    review_ends_at: nextReview(world),
  });
}

/** Changes an item. Its eligibility stands until the next review, if there is one (section 13, C19). */
export function changeItem(world: World, item: CatalogItem, details: ItemDetails): CatalogItem {
  return world.store.catalog.put({
    ...item,
    name: details.name ?? item.name,
    description: details.description ?? item.description,
    gtin: details.gtin ?? item.gtin,
    image_urls: details.image_urls ?? item.image_urls,
    url: details.url ?? item.url,
    metadata: details.metadata ?? item.metadata,
    product_id: details.product_id ?? item.product_id,
    review_ends_at: world.switches.values.catalogUpdateReviews ? nextReview(world) : item.review_ends_at,
  });
}

/** Ends the review of an item, and tells of it (section 7.9). Undefined where there is no such item. */
export function classify(world: World, sku: string, verdict?: Eligibility): CatalogItem | undefined {
  const item = world.store.catalog.get(sku);
  if (item === undefined) return undefined;
  const reviewed = world.store.catalog.put({
    ...item,
    eligibility: verdict ?? world.switches.values.catalogVerdict,
    reviewed_at: world.clock.nowIso(),
    review_ends_at: null,
  });
  world.webhooks.emit('product_catalog.item.eligibility_updated', itemEventData(world, reviewed));
  return reviewed;
}

/** An item as the API answers it. */
export function itemView(world: World, item: CatalogItem): Record<string, unknown> {
  const { eligibility, review_ends_at: _, ...details } = item;
  return { ...details, [world.switches.values.eligibilityField]: eligibilityWord(world, eligibility) };
}

/** The payload of the eligibility event (section 7.9): an envelope of its own. */
export function itemEventData(world: World, item: CatalogItem): Record<string, unknown> {
  const { sku, name, eligibility, reviewed_at, created_at } = item;
  const object = { sku, name, eligibility: eligibilityWord(world, eligibility), reviewed_at, created_at };
  return {
    event_type: 'product_catalog.item.eligibility_updated',
    timestamp: world.clock.nowIso(),
    data: { object },
  };
}

function eligibilityWord({ switches }: World, eligibility: Eligibility | null): string | null {
  return eligibility === 'ineligible' ? switches.values.ineligibleWord : eligibility;
}

function nextReview({ clock, switches }: World): string | null {
  const { catalogReviewHours } = switches.values;
  return catalogReviewHours === null
    ? null
    : new Date(clock.now().getTime() + catalogReviewHours * 3_600_000).toISOString();
}
