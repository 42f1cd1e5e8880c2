'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { tryAgain } from '@/lib/services/charge-now';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { MOVE_REFUSALS, TRY_AGAIN_OUTCOMES, TRY_AGAIN_REFUSALS } from './_words/outcomes';

const MoveInput = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
  where: z.enum(['truemed', 'page']),
});

/** `Use my HSA/FSA`: leads to Truemed, in this tab or inside our page, or to the waiting page, which says what happened. */
export const moveAction = customerAction(MoveInput, async (ctx, { subscriptionId, where }) => {
  const result = await moveToHsaFsa(ctx, { subscriptionId, embedded: where === 'page' });
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: MOVE_REFUSALS[result.reason] };
  const waitingPage = `/account/hsa-fsa/${result.requestId}`;
  if (result.next === 'waiting') redirect(waitingPage);
  redirect(where === 'page' ? `${waitingPage}/frame` : result.redirectUrl);
});

const TryAgainInput = z.strictObject({
  caseId: z.custom<Id<'recoveryCase'>>((value) => isId('recoveryCase', value)),
});

/** `Try again`: collects a held order now, and says what came of it. */
export const tryAgainAction = customerAction(TryAgainInput, async (ctx, { caseId }) => {
  const result = await tryAgain(ctx, { caseId });
  revalidatePath('/account', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: TRY_AGAIN_REFUSALS[result.reason] };
  return { kind: 'done', message: TRY_AGAIN_OUTCOMES[result.status] };
});
