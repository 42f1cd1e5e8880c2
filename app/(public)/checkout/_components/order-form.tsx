'use client';

import { type ReactNode, useActionState } from 'react';
import { FormOutcome } from '@/app/_components/form-outcome';
import { Actions, LinkButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { AnsweredFields, FieldProblem } from '@/components/ui/field-answers';
import { Icon } from '@/components/ui/icon';
import { SubmitButton } from '@/components/ui/submit-button';
import { orderAction } from '../actions';

/** What was agreed to, among the fields. */
const SHOWN = ['quantity', 'every', 'totalCents', 'dueNowCents', 'firstChargeOn', 'consentVersion'] as const;

/** Makes the order that was previewed: who orders, where it is sent, what they agree to. `fields` are what the preview was made of. */
export function OrderForm({
  fields,
  consent,
  email,
  name,
  livesIn,
  where,
  other,
}: {
  fields: Record<string, string>;
  consent: string;
  email: string;
  name: string | null;
  /** The state in which Truemed's health survey begins; null: the one that it is sent to. */
  livesIn: string | null;
  /** The fields that say where it is sent. */
  where: ReactNode;
  other: string;
}) {
  const [outcome, submit] = useActionState(orderAction, { kind: 'idle' });
  const typed = 'typed' in outcome ? outcome.typed : undefined;
  const notAgreed = 'problems' in outcome ? outcome.problems?.consent : undefined;
  // What was agreed to is what the page showed: to another amount or another day nobody has agreed.
  const isAgreed = typed?.consent === 'yes' && SHOWN.every((field) => typed[field] === fields[field]);
  return (
    <form action={submit} className="mt-8 border-t border-line pt-6">
      {Object.entries(fields).map(([field, value]) => (
        <input key={field} type="hidden" name={field} value={value} />
      ))}
      <h3 className="font-semibold">Who orders</h3>
      <p className="mt-1 break-words text-muted">{name === null ? email : `${name}, ${email}`}</p>
      <div className="mt-5 max-w-[26rem] space-y-5">
        {name === null ? (
          <AnsweredFields state={outcome}>
            <Field
              name="name"
              label="First and last name"
              autoComplete="name"
              required
              maxLength={200}
              hint="As it stands on your card."
            />
          </AnsweredFields>
        ) : (
          <input type="hidden" name="name" value={name} />
        )}
      </div>
      <h3 className="mt-7 font-semibold">Where it is sent</h3>
      <p className="mt-1 text-muted">
        You can change it in your account. Truemed’s health survey begins with{' '}
        {livesIn === null ? 'this state' : `${livesIn}, where you live`}; you can choose another there.
      </p>
      <div className="mt-5 max-w-[26rem] space-y-5">
        <AnsweredFields state={outcome}>{where}</AnsweredFields>
      </div>
      <label className="mt-6 flex cursor-pointer gap-3">
        <input
          type="checkbox"
          name="consent"
          value="yes"
          required
          defaultChecked={isAgreed}
          aria-invalid={notAgreed === undefined ? undefined : true}
          aria-describedby={notAgreed === undefined ? undefined : 'consent-error'}
          className="mt-1 size-4.5 shrink-0 accent-primary"
        />
        <span className="text-small">{consent}</span>
      </label>
      {notAgreed !== undefined && <FieldProblem name="consent">{notAgreed}</FieldProblem>}
      <Actions className="mt-6">
        <SubmitButton wide busy="Opening Truemed">
          Continue to Truemed
          <Icon name="arrow-right" />
        </SubmitButton>
        <LinkButton href={other} kind="bare" wide>
          Change the order
        </LinkButton>
      </Actions>
      <FormOutcome state={outcome} />
    </form>
  );
}
