'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/action';

/** One button about one order. */
export function CheckoutForm({
  action,
  checkoutId,
  busy,
  kind,
  children,
}: {
  action: FormAction;
  checkoutId: string;
  busy: string;
  kind: 'primary' | 'bare';
  children: ReactNode;
}) {
  const [state, submit] = useActionState(action, { kind: 'idle' });
  return (
    <form action={submit} className="max-sm:w-full">
      <input type="hidden" name="checkoutId" value={checkoutId} />
      <SubmitButton kind={kind} busy={busy} wide>
        {children}
      </SubmitButton>
      <FormOutcome state={state} />
    </form>
  );
}
