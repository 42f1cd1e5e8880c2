'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { publicAction } from '@/lib/action';
import { ownPath } from '@/lib/auth/return-path';
import { askForSignInLink } from '@/lib/auth/sign-in';
import { signOut } from '@/lib/auth/sign-out';
import { normalEmail } from '@/lib/core/subscriber-email';
import type { SignInState } from './sign-in-state';

const SignInInput = z.strictObject({
  email: z.string().max(1_000),
  callbackUrl: z.string().max(2_000).optional(),
  again: z.literal('yes').optional(),
});

/** `Email me a sign-in link`: one answer for known and unknown addresses. */
export const signInAction = publicAction(SignInInput, async (input): Promise<SignInState> => {
  const email = normalEmail(input.email);
  if (email === null) return { kind: 'no_address', email: input.email };
  const outcome = await askForSignInLink(email, ownPath(input.callbackUrl));
  return outcome === 'too_many' ? { kind: 'too_many', email } : { kind: 'sent', email, isAgain: input.again === 'yes' };
});

/** `Sign out`, from every shell. */
export async function signOutAction(): Promise<void> {
  await signOut();
  redirect('/');
}
