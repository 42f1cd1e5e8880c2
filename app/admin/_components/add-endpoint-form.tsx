'use client';

import { useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { Field } from '@/components/ui/field';
import { AnsweredFields } from '@/components/ui/field-answers';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/action';

/** Asks for an address to tell. Its secret stands under the form once it is added, and nowhere else. */
export function AddEndpointForm({ action }: { action: FormAction }) {
  const [state, send] = useActionState(action, { kind: 'idle' });
  return (
    <form action={send} className="max-w-[34rem] wrap-anywhere">
      <AnsweredFields state={state}>
        <Field
          name="url"
          label="Address"
          type="url"
          required
          maxLength={2000}
          placeholder="https://shop.example/perennial"
          hint="It gets a POST for each event, signed by the Standard Webhooks scheme."
        />
      </AnsweredFields>
      <SubmitButton kind="edge" size="staff" busy="Adding" className="mt-4">
        Add endpoint
      </SubmitButton>
      <FormOutcome state={state} />
    </form>
  );
}
