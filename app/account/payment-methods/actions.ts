'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction, type FormState } from '@/lib/action';
import type { AskResult } from '@/lib/services/ask-truemed';
import { storePaymentMethod } from '@/lib/services/store-payment-method';
import { updatePaymentDetails } from '@/lib/services/update-payment-details';
import { ASK_REFUSALS } from '../_words/payment-words';

const Where = z.enum(['truemed', 'page']);

/** Stores a card without moving anything: leads to Truemed, in this tab or inside our page, or to the waiting page. */
export const storeAction = customerAction(z.strictObject({ where: Where }), async (ctx, { where }) =>
  follow(await storePaymentMethod(ctx, { embedded: where === 'page' }), where),
);

/** Brings the card up to date at Truemed. */
export const updateCardAction = customerAction(
  z.strictObject({ where: z.literal('truemed') }),
  async (ctx, { where }) => follow(await updatePaymentDetails(ctx, { what: 'card' }), where),
);

/** Asks Truemed for the health survey. */
export const renewLetterAction = customerAction(
  z.strictObject({ where: z.literal('truemed') }),
  async (ctx, { where }) => follow(await updatePaymentDetails(ctx, { what: 'survey' }), where),
);

function follow(result: AskResult, where: z.output<typeof Where>): FormState {
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: ASK_REFUSALS[result.reason] };
  const waitingPage = `/account/hsa-fsa/${result.requestId}`;
  if (result.next === 'waiting') redirect(waitingPage);
  redirect(where === 'page' ? `${waitingPage}/frame` : result.redirectUrl);
}
