import type { ItemsAgain } from '@/lib/views/own-subscription';

/** The page below a subscription on which just these items are asked for again, with their effect shown first. */
export function againPath(again: ItemsAgain): string {
  switch (again.page) {
    case 'one-time':
      return `one-time?item=${again.item}&quantity=${again.quantity}`;
    case 'items':
      return `items?${again.quantities.map(({ itemId, quantity }) => `${itemId}=${quantity}`).join('&')}`;
    case 'swap':
      return `swap?out=${again.out}&in=${again.into}`;
  }
}
