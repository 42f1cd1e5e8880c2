import type { FormState } from '@/lib/action';

/** What the sign-in page shows after its form was sent. None of them tells whether the address is known. */
export type SignInState =
  | FormState
  | { kind: 'sent'; email: string; isAgain: boolean }
  | { kind: 'no_address'; email: string }
  | { kind: 'too_many'; email: string };
