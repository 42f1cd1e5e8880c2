'use client';

import { useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { LinkButton } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormState } from '@/lib/action';
import { confirmEmailAction } from '../actions';

/** The press that confirms: programs that open links for people press nothing. */
export function ConfirmForm({ link }: { link: string }) {
  const [state, submit] = useActionState<FormState, FormData>(confirmEmailAction, { kind: 'idle' });
  return (
    <form action={submit} className="mt-8">
      <input type="hidden" name="link" value={link} />
      {state.kind === 'done' || (state.kind === 'refused' && state.reason === 'link_over') ? (
        <LinkButton href="/sign-in" kind="edge" wide>
          Go to sign-in
        </LinkButton>
      ) : (
        <SubmitButton wide busy="Confirming">
          Confirm
        </SubmitButton>
      )}
      <FormOutcome state={state} />
    </form>
  );
}
