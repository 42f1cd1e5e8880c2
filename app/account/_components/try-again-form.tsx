'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { SubmitButton } from '@/components/ui/submit-button';
import { tryAgainAction } from '../actions';

/** Collects a held order now. `children` say the effect before it is pressed; what came of it stands below. */
export function TryAgainForm({ caseId, children }: { caseId: string; children: ReactNode }) {
  const [state, action] = useActionState(tryAgainAction, { kind: 'idle' });
  return (
    <form action={action} className="mt-5 border-t border-line pt-5">
      <input type="hidden" name="caseId" value={caseId} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <SubmitButton kind="edge" wide busy="Trying again">
          Try again
        </SubmitButton>
        <p className="min-w-0 flex-1 basis-60 text-small text-muted">{children}</p>
      </div>
      <FormOutcome state={state} />
    </form>
  );
}
