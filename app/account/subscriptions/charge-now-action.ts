'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { OPEN_ATTEMPT_STATUSES } from '@/lib/core/charge';
import { type Id, isId } from '@/lib/core/id';
import { chargeEarly } from '@/lib/services/charge-early';
import { chargeNowRefusal } from '../_words/charge-now-words';

const Order = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
  periodStart: z.custom<LocalDate>((value) => typeof value === 'string' && isLocalDate(value)),
  totalCents: z.coerce.number().int().nonnegative(),
});

/** Charges the order that the page showed, for the amount that it showed; its own page then says what came of it. */
export const chargeNowAction = customerAction(Order, async (ctx, input) => {
  const result = await chargeEarly(ctx, input);
  // One that is held is repaired on the subscription's page.
  if (result.ok)
    redirect(
      result.status === 'captured' || OPEN_ATTEMPT_STATUSES.some((open) => open === result.status)
        ? `/account/orders/${result.invoiceId}`
        : `/account/subscriptions/${input.subscriptionId}`,
    );
  return {
    kind: 'refused',
    reason: result.reason,
    message: chargeNowRefusal(result.reason, result.from, result.today),
  };
});
