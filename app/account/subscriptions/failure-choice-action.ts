'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { FAILURE_CHOICES } from '@/lib/core/failure-choice';
import { type Id, isId } from '@/lib/core/id';
import { chooseOnFailure } from '@/lib/services/choose-on-failure';
import { CHANGE_REFUSALS } from '../_words/change-refusals';

const Choice = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
  choice: z.enum(FAILURE_CHOICES),
});

/** Keeps what becomes of an order that cannot be paid. */
export const failureChoiceAction = customerAction(Choice, async (ctx, input) => {
  const result = await chooseOnFailure(ctx, input);
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: CHANGE_REFUSALS[result.reason] };
  redirect(`/account/subscriptions/${input.subscriptionId}/if-payment-fails?kept=1`);
});
