'use client';

import { useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { SubmitButton } from '@/components/ui/submit-button';
import { dismissChangeAction } from '../subscriptions/dismiss-change-action';

/** Puts away what is said of a change that came to nothing. */
export function DismissForm({ subscriptionId, requestId }: { subscriptionId: string; requestId: string }) {
  const [state, submit] = useActionState(dismissChangeAction, { kind: 'idle' });
  return (
    <form action={submit} className="max-sm:w-full">
      <input type="hidden" name="subscriptionId" value={subscriptionId} />
      <input type="hidden" name="requestId" value={requestId} />
      <SubmitButton kind="bare" wide busy="Putting it away">
        I have read this
      </SubmitButton>
      <FormOutcome state={state} />
    </form>
  );
}
