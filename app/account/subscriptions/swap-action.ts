'use server';

import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { parseWantedLines } from '@/lib/core/wanted-quantities';
import { changeItems } from '@/lib/services/change-items';
import { CHANGE_ITEMS_REFUSALS } from '../_words/change-refusals';
import { showItems } from './show-items';

const Lines = z.string().transform((text, check) => {
  const wanted = parseWantedLines(text);
  if (wanted !== null) return wanted;
  check.addIssue('not a list of items and numbers');
  return z.NEVER;
});
const Swap = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
  items: Lines,
});

/** Swaps an item: leads to Truemed where it asks for something, else to what it says. */
export const swapItemAction = customerAction(Swap, async (ctx, input) =>
  showItems(input, await changeItems(ctx, { ...input, embedded: false }), CHANGE_ITEMS_REFUSALS),
);
