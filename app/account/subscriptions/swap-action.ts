'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { parseWantedLines } from '@/lib/core/wanted-quantities';
import { changeItems } from '@/lib/services/change-items';
import { CHANGE_ITEMS_REFUSALS } from '../_words/change-refusals';

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
export const swapItemAction = customerAction(Swap, async (ctx, { subscriptionId, items }) => {
  const result = await changeItems(ctx, { subscriptionId, items, embedded: false });
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: CHANGE_ITEMS_REFUSALS[result.reason] };
  if (result.next === 'truemed') redirect(result.redirectUrl);
  redirect(
    result.next === 'applied'
      ? `/account/subscriptions/${subscriptionId}?changed=items`
      : `/account/hsa-fsa/${result.requestId}`,
  );
});
