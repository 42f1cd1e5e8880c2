'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { addOnceItem } from '@/lib/services/add-once-item';
import { removeOnceItem } from '@/lib/services/remove-once-item';
import { ADD_ONCE_REFUSALS, REMOVE_ONCE_REFUSALS } from '../_words/change-refusals';
import { showItems } from './show-items';

const Own = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
});
const Addition = Own.extend({
  priceId: z.custom<Id<'price'>>((value) => isId('price', value)),
  quantity: z.coerce.number().int(),
});
const Removal = Own.extend({ onceItemId: z.custom<Id<'onceItem'>>((value) => isId('onceItem', value)) });

/** Adds an item to the next order only: leads to Truemed where it asks for something, else to what it says. */
export const addOnceAction = customerAction(Addition, async (ctx, input) =>
  showItems(input, await addOnceItem(ctx, { ...input, embedded: false }), ADD_ONCE_REFUSALS),
);

/** Takes an item out that waits for the next order. */
export const removeOnceAction = customerAction(Removal, async (ctx, input) => {
  const result = await removeOnceItem(ctx, input);
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: REMOVE_ONCE_REFUSALS[result.reason] };
  redirect(`/account/subscriptions/${input.subscriptionId}?changed=items`);
});
