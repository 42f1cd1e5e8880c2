import { type Id, isId } from './id';

/** How many of each item of a subscription are wanted; 0 leaves one out. */
export type WantedQuantities = ReadonlyMap<Id<'item'>, number>;

/** As many of one item as an order may have. */
export const MOST_OF_ONE = 99;

/** Reads `itm_…:2,itm_…:1`, the one field in which a form carries them; null for anything else. */
export function parseQuantities(text: string): WantedQuantities | null {
  const wanted = new Map<Id<'item'>, number>();
  for (const part of text.split(',')) {
    const [id = '', quantity = '', ...rest] = part.split(':');
    if (rest.length > 0 || !isId('item', id) || !/^\d{1,2}$/.test(quantity) || wanted.has(id)) return null;
    wanted.set(id, Number(quantity));
  }
  return wanted;
}

/** The field that `parseQuantities` reads. */
export function formatQuantities(wanted: WantedQuantities): string {
  return [...wanted].map(([id, quantity]) => `${id}:${quantity}`).join(',');
}
