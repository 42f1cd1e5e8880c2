'use server';

import { z } from 'zod';
import { type FormState, publicAction } from '@/lib/action';
import { pageContext } from '@/lib/auth/principal';
import { confirmEmailChange } from '@/lib/services/confirm-email-change';

const WORDS = {
  changed: 'Your e-mail address has changed. Sign in with the new one from now on.',
  other_side_missing: 'Confirmed. The address changes once the other mail has been confirmed too.',
  link_over: 'This link was used already, or its time is over. Nothing was changed by it.',
} as const;

/** `Confirm`: what the mailed link leads to. Opening the page alone changes nothing. */
export const confirmEmailAction = publicAction(
  z.strictObject({ link: z.string().max(200) }),
  async (input): Promise<FormState> => {
    const ctx = await pageContext({ kind: 'system', name: 'mailed_link' });
    const result = await confirmEmailChange(ctx, input);
    return result.ok
      ? { kind: 'done', message: WORDS[result.state] }
      : { kind: 'refused', reason: result.reason, message: WORDS[result.reason] };
  },
);
