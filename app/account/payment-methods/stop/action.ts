'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction } from '@/lib/action';
import { parseStopChoices } from '@/lib/core/stop-hsa-fsa';
import { stopHsaFsa } from '@/lib/services/stop-hsa-fsa';

const Stop = z.strictObject({
  choices: z.string().transform((text, check) => {
    const choices = parseStopChoices(text);
    if (choices !== null) return choices;
    check.addIssue('not a list of subscriptions and what becomes of them');
    return z.NEVER;
  }),
  card: z.enum(['keep', 'delete']),
});

/** Stops HSA/FSA as the page showed it; the payment page then says what is so. */
export const stopAction = customerAction(Stop, async (ctx, { choices, card }) => {
  const result = await stopHsaFsa(ctx, { choices, deleteCard: card === 'delete' });
  // A second press finds nothing left to stop, which is what was wanted.
  if (!result.ok && result.reason === 'changed_meanwhile')
    return {
      kind: 'refused',
      reason: result.reason,
      message:
        'Your subscriptions have changed since you opened this page. Nothing was changed by this. Load the page again.',
    };
  redirect('/account/payment-methods?stopped=1');
});
