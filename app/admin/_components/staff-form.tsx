'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import type { ButtonKind } from '@/components/ui/button-look';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/action';

interface StaffFormProps {
  action: FormAction;
  /** Hidden fields. */
  fields: Record<string, string>;
  /** The verb on the button, and the verb in progress. */
  verb: ReactNode;
  busy: string;
  kind?: ButtonKind;
  size?: 'customer' | 'staff';
}

/** One button that sends one verb; what was refused stands under it. What was done shows on the page that follows. */
export function StaffForm({ action, fields, verb, busy, kind = 'edge', size = 'staff' }: StaffFormProps) {
  const [state, send] = useActionState(action, { kind: 'idle' });
  return (
    <form action={send} className="max-sm:w-full">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton kind={kind} size={size} wide busy={busy}>
        {verb}
      </SubmitButton>
      <FormOutcome state={state} />
    </form>
  );
}
