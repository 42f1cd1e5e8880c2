'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { keepTyped } from '@/app/_components/keep-typed';
import { Actions } from '@/components/ui/button';
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
    <form action={submit} onReset={keepTyped}>
      <div className="max-w-[26rem] space-y-6">{children}</div>
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
