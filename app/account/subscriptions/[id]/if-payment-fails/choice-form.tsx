'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { Actions } from '@/components/ui/button';
import { ChoiceList } from '@/components/ui/choice-list';
import { AnsweredFields } from '@/components/ui/field-answers';
import { SubmitButton } from '@/components/ui/submit-button';
import { failureChoiceAction } from '../../failure-choice-action';

/** One of the choices, with what each would do; `children` is the way out. */
export function ChoiceForm({
  subscriptionId,
  choices,
  chosen,
  children,
}: {
  subscriptionId: string;
  choices: readonly { value: string; label: string }[];
  chosen: string;
  children: ReactNode;
}) {
  const [state, submit] = useActionState(failureChoiceAction, { kind: 'idle' });
  return (
    <form action={submit} className="mt-6">
      <input type="hidden" name="subscriptionId" value={subscriptionId} />
      <AnsweredFields state={state}>
        <ChoiceList name="choice" legend="If your card cannot pay an order" choices={choices} chosen={chosen} />
      </AnsweredFields>
      <Actions>
        <SubmitButton wide busy="Keeping it">
          Keep this choice
        </SubmitButton>
        {children}
      </Actions>
      <FormOutcome state={state} />
    </form>
  );
}
