'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { withdrawItemChange } from '@/lib/services/withdraw-item-change';
import { TAKE_CHANGE_BACK_REFUSALS } from '../_words/change-refusals';

const Change = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
  requestId: z.custom<Id<'provisionRequest'>>((value) => isId('provisionRequest', value)),
});

/** Takes the change of items back that the page showed. */
export const takeChangeBackAction = customerAction(Change, async (ctx, input) => {
  const result = await withdrawItemChange(ctx, input);
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: TAKE_CHANGE_BACK_REFUSALS[result.reason] };
  redirect(`/account/subscriptions/${input.subscriptionId}?changed=items`);
});
