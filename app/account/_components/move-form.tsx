'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { moveAction } from '../actions';

/** The form that leads to Truemed; its buttons say how: `where` is `truemed` (this tab) or `page` (inside our page). */
export function MoveForm({ subscriptionId, children }: { subscriptionId: string; children: ReactNode }) {
  const [state, action] = useActionState(moveAction, { kind: 'idle' });
  return (
    <form action={action} className="contents">
      <input type="hidden" name="subscriptionId" value={subscriptionId} />
      {children}
      <FormOutcome state={state} />
    </form>
  );
}
