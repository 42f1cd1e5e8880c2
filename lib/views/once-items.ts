import type { Context } from '@/lib/context';
import type { Line } from '@/lib/core/amounts';
import type { LocalDate } from '@/lib/core/calendar';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice, type InvoiceDraft, type OrderFacts } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import type { OfferedPlan } from '@/lib/services/offered-plan';
import { onceLinesOf } from '@/lib/services/order-lines';
import { currentSwitches } from '@/lib/services/switches';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { mayAddOnce, readNextOrder } from './next-order';
import { type HeldItems, ownSubscription, readHeldItems } from './own-subscription';
import { offeredPlans } from './plans';
import type { ShownLine, SubscriptionFacts } from './subscription-facts';

/** What may come with the next order only, what does already, and what a change of that would cost. */
export interface OncePage {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  mayAdd: boolean;
  /** What may be added, at the price of today. */
  offered: Pick<OfferedPlan, 'priceId' | 'name' | 'description' | 'unitPriceCents'>[];
  waiting: (Pick<Line, 'name' | 'quantity' | 'unitPriceCents'> & { id: Id<'onceItem'> })[];
  /** The order that it would be on; null while none is planned, as in a pause. */
  orderOn: LocalDate | null;
  /** The next order with what is chosen; null where nothing is, or what is chosen is not to be had. */
  adding: (InvoiceDraft<ShownLine> & { priceId: Id<'price'>; name: string; quantity: number }) | null;
  /** The next order without what is to be taken out; null where nothing is. */
  removing: (InvoiceDraft<ShownLine> & { id: Id<'onceItem'>; name: string }) | null;
  held: HeldItems | null;
}

/**
 * Reads what may be added to the next order of a subscription and, for what is chosen, what that order would cost, by the
 * function that plans it. Throws `not_found` for a subscription that is not theirs, `forbidden` for everybody who is not a
 * customer.
 */
export async function oncePage(
  ctx: Context,
  input: {
    subscriptionId: Id<'subscription'>;
    add: { priceId: Id<'price'>; quantity: number } | null;
    remove: Id<'onceItem'> | null;
  },
): Promise<OncePage> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, add, remove } = input;
  const file = await readCustomerFile(ctx, customerId);
  const subscription = ownSubscription(file, subscriptionId);
  const [order, waiting, held, switches, plans] = await Promise.all([
    readNextOrder(ctx, subscriptionId),
    onceLinesOf(ctx.db, [subscriptionId]),
    readHeldItems(ctx, subscriptionId),
    currentSwitches(ctx.db),
    offeredPlans(ctx),
  ]);
  const taken = new Set(waiting.map(({ sku }) => sku));
  const offered = plans.filter(({ sku }) => !taken.has(sku));
  const plan = offered.find(({ priceId }) => priceId === add?.priceId);
  const out = waiting.find(({ id }) => id === remove);
  return {
    shell: file.shell,
    subscription,
    mayAdd: mayAddOnce(subscription, file.payment !== null) && customerMay(switches, 'add_once'),
    offered: offered.map(({ priceId, name, description, unitPriceCents }) => ({
      priceId,
      name,
      description,
      unitPriceCents,
    })),
    waiting: waiting.map(({ id, name, quantity, unitPriceCents }) => ({ id, name, quantity, unitPriceCents })),
    orderOn: subscription.nextChargeOn,
    adding: add === null || plan === undefined ? null : withItem(order, plan, add.quantity),
    removing: out === undefined ? null : { ...withoutItem(order, out), id: out.id, name: out.name },
    held,
  };
}

function withItem(
  order: OrderFacts<ShownLine>,
  { priceId, name, unitPriceCents }: OfferedPlan,
  quantity: number,
): NonNullable<OncePage['adding']> {
  const line = { position: order.lines.length, name, quantity, unitPriceCents, isOnce: true };
  return { ...draftInvoice({ ...order, lines: [...order.lines, line] }), priceId, name, quantity };
}

function withoutItem(
  order: OrderFacts<ShownLine>,
  out: Pick<Line, 'name' | 'quantity' | 'unitPriceCents'>,
): InvoiceDraft<ShownLine> {
  const at = order.lines.findIndex(
    ({ isOnce, name, quantity, unitPriceCents }) =>
      isOnce === true && name === out.name && quantity === out.quantity && unitPriceCents === out.unitPriceCents,
  );
  return draftInvoice({ ...order, lines: order.lines.filter((_, index) => index !== at) });
}
