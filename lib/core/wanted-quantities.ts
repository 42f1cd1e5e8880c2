import { type Id, isId } from './id';

/** How many of each item of a subscription are wanted; 0 leaves one out. */
export type WantedQuantities = ReadonlyMap<Id<'item'>, number>;

/** As many of one item as an order may have. */
export const MOST_OF_ONE = 999;

/** Reads `itm_…:2,itm_…:1`, the one field in which a form carries them; null for anything else. */
export function parseQuantities(text: string): WantedQuantities | null {
  const wanted = new Map<Id<'item'>, number>();
  for (const part of text.split(',')) {
    const [id = '', quantity = '', ...rest] = part.split(':');
    if (rest.length > 0 || !isId('item', id) || !/^\d{1,3}$/.test(quantity) || wanted.has(id)) return null;
    wanted.set(id, Number(quantity));
  }
  return wanted;
}

/** The field that `parseQuantities` reads. */
export function formatQuantities(wanted: WantedQuantities): string {
  return [...wanted].map(([id, quantity]) => `${id}:${quantity}`).join(',');
}

/** An item that stays, or another one at the price of a plan that is offered, and how many of it. */
export type WantedLine = { itemId: Id<'item'>; quantity: number } | { priceId: Id<'price'>; quantity: number };

/** Reads `itm_…:2,prc_…:1`; null for anything else. */
export function parseWantedLines(text: string): WantedLine[] | null {
  const lines: WantedLine[] = [];
  for (const part of text.split(',')) {
    const [id = '', count = '', ...rest] = part.split(':');
    if (rest.length > 0 || !/^[1-9]\d{0,2}$/.test(count)) return null;
    const quantity = Number(count);
    if (isId('item', id)) lines.push({ itemId: id, quantity });
    else if (isId('price', id)) lines.push({ priceId: id, quantity });
    else return null;
  }
  return lines;
}

/** The field that `parseWantedLines` reads. */
export function formatWantedLines(lines: readonly WantedLine[]): string {
  return lines.map((line) => `${'itemId' in line ? line.itemId : line.priceId}:${line.quantity}`).join(',');
}
