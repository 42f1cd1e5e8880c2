import { inTransaction, type Queryable } from '@/db/client';
import type { Context } from '@/lib/context';
import { customerMay } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { MOST_OF_ONE } from '@/lib/core/wanted-quantities';
import {
  askAboutItems,
  holdItemChange,
  type ItemsRefusal,
  type ItemsResult,
  openForItems,
  type PlannedItems,
} from './hold-item-change';
import { ONCE_AT_MOST } from './once-items';
import { itemsOf, onceLinesOf } from './order-lines';
import { priceOfToday } from './price-of-today';
import { currentSwitches } from './switches';

export type AddOnceResult = ItemsResult<AddOnceRefusal>;
/** `already_added`: it waits for the next order, by an earlier press or another tab. */
export type AddOnceRefusal =
  | ItemsRefusal
  | 'about_to_end'
  | 'already_added'
  | 'too_many_added'
  | 'not_a_quantity'
  | 'refused_by_truemed';

/**
 * A customer adds an offered item, at its price of today, to the next order of a subscription and to no other. Like every
 * change of items it is held until Truemed agrees by update payment token, and is then on the next order that is planned: a
 * skip or a pause leaves it for the one after. Once it is on an order it stays with that one, also where the order is given up.
 *
 * After that order Truemed is not told again. Its token then names one item more than the orders have, and a charge of fewer
 * items is taken (ASSUMED; truemed-api.md section 5.4 names only items changed beyond the letter, and the sandbox's switch is
 * `lettersCoverItems`). Telling it would take the customer, who may be asked for a survey to leave something out. The next
 * update of the token, whatever it is for, says the items as they are then. Where Truemed sees it otherwise, the charge is
 * answered 422 and repaired like any other.
 *
 * Throws `not_found` for a subscription that is not theirs.
 */
export async function addOnceItem(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; priceId: Id<'price'>; quantity: number; embedded: boolean },
): Promise<AddOnceResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const planned = await inTransaction(ctx.db, (tx) => plan(tx, ctx, customerId, input));
  return 'reason' in planned ? { ok: false, reason: planned.reason } : askAboutItems(ctx, planned);
}

async function plan(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  input: { subscriptionId: Id<'subscription'>; priceId: Id<'price'>; quantity: number; embedded: boolean },
): Promise<PlannedItems | { reason: AddOnceRefusal }> {
  const { quantity, embedded } = input;
  const open = await openForItems(tx, customerId, input.subscriptionId);
  if ('reason' in open) return open;
  const { subscription } = open;
  if (!customerMay(await currentSwitches(tx), 'add_once')) return { reason: 'switched_off' };
  if (subscription.cancelOn !== null) return { reason: 'about_to_end' };
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > MOST_OF_ONE) return { reason: 'not_a_quantity' };
  const price = await priceOfToday(tx, input.priceId);
  if (price === null) return { reason: 'no_such_item' };
  const waiting = await onceLinesOf(tx, [subscription.id]);
  if (waiting.some(({ sku }) => sku === price.sku)) return { reason: 'already_added' };
  if (waiting.length >= ONCE_AT_MOST) return { reason: 'too_many_added' };
  const items = await itemsOf(tx, subscription.id);
  return holdItemChange(tx, ctx, { subscription, items, onceItem: { ...price, quantity }, embedded });
}
