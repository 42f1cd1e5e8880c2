'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { dismissItemChange } from '@/lib/services/dismiss-item-change';

const Change = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
  requestId: z.custom<Id<'provisionRequest'>>((value) => isId('provisionRequest', value)),
});

/** Puts away what the page says of items that were not taken. Where nothing is said any more, the page shows so. */
export const dismissChangeAction = customerAction(Change, async (ctx, input) => {
  await dismissItemChange(ctx, input);
  redirect(`/account/subscriptions/${input.subscriptionId}`);
});
