'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/action';

/** The merchant's switches, saved together. `version` is the one that the page shows. */
export function SwitchesForm({
  action,
  version,
  children,
}: {
  action: FormAction;
  version: number;
  children: ReactNode;
}) {
  const [state, send] = useActionState(action, { kind: 'idle' });
  return (
    <form action={send} className="max-w-[34rem]">
      <input type="hidden" name="version" value={version} />
      {children}
      <SubmitButton size="staff" busy="Saving" className="mt-6">
        Save
      </SubmitButton>
      <FormOutcome state={state} />
    </form>
  );
}
