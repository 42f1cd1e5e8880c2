import { asc, eq } from 'drizzle-orm';
import { subscriptionItems } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice, type InvoiceDraft, type OrderFacts } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import type { WantedLine, WantedQuantities } from '@/lib/core/wanted-quantities';
import type { OfferedPlan } from '@/lib/services/offered-plan';
import { currentSwitches } from '@/lib/services/switches';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { readNextOrder } from './next-order';
import { type HeldItems, ownSubscription, readHeldItems } from './own-subscription';
import { offeredPlans } from './plans';
import type { ShownLine, SubscriptionFacts } from './subscription-facts';

/** The items of a subscription, as its customer may change their number, and what a change would cost. */
export interface ItemsPage {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  /** A card is connected, so Truemed can be asked, and the merchant leaves it to customers. */
  mayChange: boolean;
  items: (Pick<Line, 'sku' | 'name' | 'quantity' | 'unitPriceCents'> & { id: Id<'item'> })[];
  /** The next order with the wanted numbers, and all of them, those of other items too; null where none are wanted yet. */
  preview: (InvoiceDraft<ShownLine> & { wanted: WantedQuantities }) | null;
  held: HeldItems | null;
}

/**
 * Reads the items of a subscription and, for `wanted`, what the next order would cost, by the function that plans it. Throws
 * `not_found` for a subscription that is not theirs, `forbidden` for everybody who is not a customer.
 */
export async function itemsPage(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; wanted: WantedQuantities | null },
): Promise<ItemsPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, wanted } = input;
  const file = await readCustomerFile(ctx, customerId);
  const subscription = ownSubscription(file, subscriptionId);
  const [items, order, held, switches] = await Promise.all([
    readItems(ctx, subscriptionId),
    readNextOrder(ctx, subscriptionId),
    readHeldItems(ctx, subscriptionId),
    currentSwitches(ctx.db),
  ]);
  return {
    shell: file.shell,
    subscription,
    mayChange: file.payment !== null && customerMay(switches, 'quantity'),
    items,
    preview: wanted === null ? null : previewOf(items, order, wanted),
    held,
  };
}

/** Another item in the place of one, before it is asked for. */
export interface SwapPage {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  mayChange: boolean;
  items: ItemsPage['items'];
  /** What may come in its place, at the price of today. */
  offered: Pick<OfferedPlan, 'priceId' | 'name' | 'description' | 'unitPriceCents'>[];
  /** What the next order would be; null where nothing is chosen yet, or what was chosen is not to be had. */
  preview: (InvoiceDraft<ShownLine> & { wanted: WantedLine[]; out: string; in: string }) | null;
  held: HeldItems | null;
}

/**
 * Reads what an item may be swapped for and, for a chosen pair, what the next order would cost, by the function that plans it.
 * Throws `not_found` for a subscription that is not theirs, `forbidden` for everybody who is not a customer.
 */
export async function swapPage(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; itemId: Id<'item'> | null; priceId: Id<'price'> | null },
): Promise<SwapPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, itemId, priceId } = input;
  const file = await readCustomerFile(ctx, customerId);
  const subscription = ownSubscription(file, subscriptionId);
  const [items, order, held, switches, plans] = await Promise.all([
    readItems(ctx, subscriptionId),
    readNextOrder(ctx, subscriptionId),
    readHeldItems(ctx, subscriptionId),
    currentSwitches(ctx.db),
    offeredPlans(ctx),
  ]);
  const taken = new Set(items.map(({ sku }) => sku));
  const offered = plans.filter(({ sku }) => !taken.has(sku));
  const [out, into] = [items.find(({ id }) => id === itemId), offered.find((plan) => plan.priceId === priceId)];
  return {
    shell: file.shell,
    subscription,
    mayChange:
      file.payment !== null &&
      subscription.billingMethod === 'hsa_fsa' &&
      subscription.status !== 'canceled' &&
      customerMay(switches, 'swap_item'),
    items,
    offered: offered.map(({ priceId: price, name, description, unitPriceCents }) => ({
      priceId: price,
      name,
      description,
      unitPriceCents,
    })),
    preview: out === undefined || into === undefined ? null : swapped(items, order, out, into),
    held,
  };
}

function swapped(
  items: ItemsPage['items'],
  order: OrderFacts<ShownLine>,
  out: ItemsPage['items'][number],
  into: OfferedPlan,
): NonNullable<SwapPage['preview']> {
  const lines = items.map(({ id, name, quantity, unitPriceCents }, position) =>
    id === out.id
      ? { position, quantity, name: into.name, unitPriceCents: into.unitPriceCents }
      : { position, quantity, name, unitPriceCents },
  );
  const wanted = items.map(({ id, quantity }) =>
    id === out.id ? { priceId: into.priceId, quantity } : { itemId: id, quantity },
  );
  const draft = draftInvoice({ ...order, lines: [...lines, ...onceOf(order)] });
  return { ...draft, wanted, out: out.name, in: into.name };
}

function readItems(ctx: Context, subscriptionId: Id<'subscription'>): Promise<ItemsPage['items']> {
  const { id, sku, name, quantity, unitPriceCents } = subscriptionItems;
  return ctx.db
    .select({ id, sku, name, quantity, unitPriceCents })
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId))
    .orderBy(asc(subscriptionItems.position));
}

function previewOf(
  items: ItemsPage['items'],
  order: OrderFacts<ShownLine>,
  wanted: WantedQuantities,
): ItemsPage['preview'] {
  const kept = items
    .map((item, position) => ({ ...item, position, quantity: wanted.get(item.id) ?? item.quantity }))
    .filter(({ quantity }) => quantity > 0);
  if (kept.length === 0) return null;
  const lines = kept.map(({ position, name, unitPriceCents, quantity }) => ({
    position,
    name,
    unitPriceCents,
    quantity,
  }));
  const draft = draftInvoice({ ...order, lines: [...lines, ...onceOf(order)] });
  return { ...draft, wanted: new Map(kept.map(({ id, quantity }) => [id, quantity])) };
}

// What comes with the next order only is in it whatever else changes.
function onceOf(order: OrderFacts<ShownLine>): ShownLine[] {
  return order.lines.filter(({ isOnce }) => isOnce === true);
}
