import type { Line } from './amounts';
import { type ProvisionStatus, REUSE_MS } from './provisioning';

/** An item as a change names it. Its name says nothing about whether it is the same. */
export interface NamedItem {
  sku: string;
  quantity: number;
  unitPriceCents: number;
  priceId: string | null;
}

/** What is wanted: the items of every order, or one that comes with the next order only. */
export interface WantedItems {
  items: readonly NamedItem[];
  onceItem: NamedItem | null;
  /** Whether it is to be completed inside our page. */
  embedded: boolean;
}

/** A change that waits for Truemed, and the request that asks for it. */
export interface HeldItems extends WantedItems {
  request: { status: ProvisionStatus; createdAt: Date };
}

/**
 * What a wanted change comes to. `as_it_is`: the orders have these items already. `as_held`: just this waits for Truemed.
 * `takes_back`: the orders have these items, and other ones wait, which nobody wants any more. `ask`: Truemed is asked.
 */
export type ItemsAnswer = 'as_it_is' | 'as_held' | 'takes_back' | 'ask';

/**
 * Decides whether Truemed must be asked about items: never about what the orders have, and not again about what it has just
 * been asked for. How long its link works is not documented, so one of more than half an hour ago is asked for anew.
 */
export function answerItems(
  wanted: WantedItems,
  { present, held, now }: { present: readonly NamedItem[]; held: HeldItems | null; now: Date },
): ItemsAnswer {
  if (wanted.onceItem === null && areSame(wanted.items, present))
    return held === null || held.onceItem !== null ? 'as_it_is' : 'takes_back';
  if (held === null || held.embedded !== wanted.embedded || !isSameChange(wanted, held)) return 'ask';
  const { status, createdAt } = held.request;
  const isFresh = status === 'planned' || (status === 'open' && now.getTime() - createdAt.getTime() < REUSE_MS);
  return isFresh ? 'as_held' : 'ask';
}

function isSameChange(wanted: WantedItems, held: WantedItems): boolean {
  if (wanted.onceItem === null || held.onceItem === null)
    return wanted.onceItem === held.onceItem && areSame(wanted.items, held.items);
  return areSame([wanted.onceItem], [held.onceItem]);
}

/**
 * Why items were not taken. `in_review`: Truemed reviews something else of this customer first. `not_completed`: what it asked
 * for did not come in its time.
 */
export type NotTaken = 'refused' | 'in_review' | 'not_completed';

/**
 * Why a change of items that has ended was not taken, by the status of the request that asked for it; null where it was not
 * Truemed's answer that ended it, such as a card that was deleted meanwhile, and that is said elsewhere.
 */
export function whyNotTaken(ended: 'refused' | 'abandoned', request: ProvisionStatus): NotTaken | null {
  if (ended === 'abandoned') return 'not_completed';
  if (request === 'waiting_verification') return 'in_review';
  return request === 'refused' || request === 'already_provisioned' ? 'refused' : null;
}

/** An item that orders have, as a new change names it. */
export type PresentItem<I extends string> = NamedItem & { id: I };

/** Where the same is asked for again: other numbers of what the orders have, or one item in the place of another. */
export type AskedAgain<I extends string> =
  | { page: 'items'; quantities: { itemId: I; quantity: number }[] }
  | { page: 'swap'; out: I; into: string };

/**
 * How items that were not taken are asked for again on the pages of a customer, from what the orders have now; null where no
 * page asks for just this at once, or the orders have it by now.
 */
export function askAgain<I extends string>(
  asked: readonly NamedItem[],
  present: readonly PresentItem<I>[],
): AskedAgain<I> | null {
  const countOf = ({ sku }: NamedItem) => asked.find((one) => one.sku === sku)?.quantity ?? 0;
  const changed = present.filter((one) => one.quantity !== countOf(one));
  const added = asked.filter(({ sku }) => !present.some((one) => one.sku === sku));
  const [out, into] = [changed[0], added[0]];
  if (out === undefined) return null;
  if (into === undefined)
    return { page: 'items', quantities: present.map((one) => ({ itemId: one.id, quantity: countOf(one) })) };
  const isSwap = changed.length === 1 && added.length === 1 && countOf(out) === 0 && out.quantity === into.quantity;
  return isSwap && into.priceId !== null ? { page: 'swap', out: out.id, into: into.priceId } : null;
}

/** Whether everything that orders have is among what was named to Truemed, each as often as the orders have it. */
export function namesAll(named: readonly Line[], lines: readonly Line[]): boolean {
  const left = named.map(keyOf);
  return lines.map(keyOf).every((key) => {
    const found = left.indexOf(key);
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

function keyOf({ sku, quantity, unitPriceCents }: Line): string {
  return JSON.stringify([sku, quantity, unitPriceCents]);
}

/** Whether two lists have the same items, in whatever order. */
function areSame(some: readonly NamedItem[], others: readonly NamedItem[]): boolean {
  return some.length === others.length && keysOf(some).every((key, index) => key === keysOf(others)[index]);
}

function keysOf(items: readonly NamedItem[]): string[] {
  return items
    .map(({ sku, quantity, unitPriceCents, priceId }) => JSON.stringify([sku, quantity, unitPriceCents, priceId]))
    .sort();
}
