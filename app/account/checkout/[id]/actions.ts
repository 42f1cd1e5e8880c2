'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { giveUpCheckout } from '@/lib/services/cancel-checkout';
import { continueCheckout } from '@/lib/services/start-checkout';

const Own = z.strictObject({ checkoutId: z.custom<Id<'checkout'>>((value) => isId('checkout', value)) });

/** `Continue at Truemed`: goes on where the customer stopped, or shows what became of the order. */
export const continueAction = customerAction(Own, async (ctx, { checkoutId }) => {
  const result = await continueCheckout(ctx, { checkoutId });
  redirect(result.ok && result.next === 'truemed' ? result.redirectUrl : `/account/checkout/${checkoutId}`);
});

/** `Do not order it`: closes its link, unless Truemed has it already. */
export const giveUpAction = customerAction(Own, async (ctx, { checkoutId }) => {
  const outcome = await giveUpCheckout(ctx, { checkoutId });
  if (outcome === 'unavailable')
    return {
      kind: 'refused',
      reason: outcome,
      message: 'Truemed does not answer at the moment. Nothing was charged. Try again, or leave it: its link closes.',
    };
  redirect(`/account/checkout/${checkoutId}`);
});
