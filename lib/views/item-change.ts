import { asc, eq, sql } from 'drizzle-orm';
import { runningDiscountsOf } from '@/db/running-discounts';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice, type InvoiceDraft } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import type { WantedQuantities } from '@/lib/core/wanted-quantities';
import { currentSwitches } from '@/lib/services/switches';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { type HeldItems, ownSubscription, readHeldItems } from './own-subscription';
import type { ShownLine, SubscriptionFacts } from './subscription-facts';

/** The items of a subscription, as its customer may change their number, and what a change would cost. */
export interface ItemsPage {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  /** A card is connected, so Truemed can be asked, and the merchant leaves it to customers. */
  mayChange: boolean;
  items: (Pick<Line, 'name' | 'quantity' | 'unitPriceCents'> & { id: Id<'item'> })[];
  /** The next order with the wanted numbers; null where none are wanted yet. */
  preview: InvoiceDraft<ShownLine> | null;
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
    readOrder(ctx, subscriptionId),
    readHeldItems(ctx, subscriptionId),
    currentSwitches(ctx.db),
  ]);
  return {
    shell: file.shell,
    subscription,
    mayChange: file.payment !== null && customerMay(switches, 'quantity'),
    items,
    preview: wanted === null || order === undefined ? null : previewOf(items, order, wanted),
    held,
  };
}

function readItems(ctx: Context, subscriptionId: Id<'subscription'>): Promise<ItemsPage['items']> {
  const { id, name, quantity, unitPriceCents } = subscriptionItems;
  return ctx.db
    .select({ id, name, quantity, unitPriceCents })
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, subscriptionId))
    .orderBy(asc(subscriptionItems.position));
}

async function readOrder(ctx: Context, subscriptionId: Id<'subscription'>) {
  const running = runningDiscountsOf(ctx.db);
  const { shippingCents, taxCents, discountCents } = subscriptions;
  const [order] = await ctx.db
    .select({ shippingCents, taxCents, discountCents, discounts: running.list })
    .from(subscriptions)
    .leftJoinLateral(running, sql`true`)
    .where(eq(subscriptions.id, subscriptionId));
  return order;
}

function previewOf(
  items: ItemsPage['items'],
  order: NonNullable<Awaited<ReturnType<typeof readOrder>>>,
  wanted: WantedQuantities,
): InvoiceDraft<ShownLine> | null {
  const lines = items
    .map(({ id, name, quantity, unitPriceCents }, position) => ({
      position,
      name,
      unitPriceCents,
      quantity: wanted.get(id) ?? quantity,
    }))
    .filter(({ quantity }) => quantity > 0);
  return lines.length === 0 ? null : draftInvoice({ ...order, lines, discounts: order.discounts ?? [] });
}
