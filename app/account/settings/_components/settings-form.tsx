'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { Actions } from '@/components/ui/button';
import { AnsweredFields } from '@/components/ui/field-answers';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/action';

/** A form of the settings: its fields, the button that saves them, and the way out. */
export function SettingsForm({
  action,
  verb,
  busy,
  wayOut,
  children,
}: {
  action: FormAction;
  verb: string;
  busy: string;
  wayOut: ReactNode;
  children?: ReactNode;
}) {
  const [state, submit] = useActionState(action, { kind: 'idle' });
  return (
    <form action={submit}>
      <div className="max-w-[26rem] space-y-6">
        <AnsweredFields state={state}>{children}</AnsweredFields>
      </div>
      <Actions>
        <SubmitButton wide busy={busy}>
          {verb}
        </SubmitButton>
        {wayOut}
      </Actions>
      <FormOutcome state={state} />
    </form>
  );
}
