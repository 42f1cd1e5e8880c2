'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { renewLetterAction, storeAction, updateCardAction } from '../actions';

const ACTIONS = { store: storeAction, card: updateCardAction, survey: renewLetterAction } as const;

/** The form that leads to Truemed and moves nothing; its buttons say where with `where`: `truemed`, or `page` to store a card. */
export function DetailsForm({ what, children }: { what: keyof typeof ACTIONS; children: ReactNode }) {
  const [state, action] = useActionState(ACTIONS[what], { kind: 'idle' });
  return (
    <form action={action} className="contents">
      {children}
      <FormOutcome state={state} />
    </form>
  );
}
