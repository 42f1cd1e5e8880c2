'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { Actions } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/action';

/** Confirms a change that was previewed: `fields` are what the preview was made of, `children` the way out. */
export function ChangeForm({
  action,
  fields,
  verb,
  busy,
  foot,
  children,
}: {
  action: FormAction;
  fields: Record<string, string>;
  verb: string;
  busy: string;
  foot?: string | undefined;
  children: ReactNode;
}) {
  const [state, submit] = useActionState(action, { kind: 'idle' });
  return (
    <form action={submit}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Actions className="mt-6">
        <SubmitButton wide busy={busy}>
          {verb}
        </SubmitButton>
        {children}
      </Actions>
      {foot && <p className="mt-3 text-small text-muted">{foot}</p>}
      <FormOutcome state={state} />
    </form>
  );
}
