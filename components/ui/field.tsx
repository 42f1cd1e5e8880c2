'use client';

import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import { FieldProblem, useAnswer } from './field-answers';

interface FieldProps extends Omit<ComponentPropsWithoutRef<'input'>, 'id' | 'size' | 'className'> {
  /** Also the id; one a page. */
  name: string;
  label: string;
  hint?: ReactNode;
  /** How to repair it: "Add the part after the dot, such as .com". In `AnsweredFields` the answer of the form says it. */
  error?: string | undefined;
}

/** A labelled field: label above, hint below, the error with its icon tied to the field. */
export function Field({ name, label, hint, error, defaultValue, ...input }: FieldProps) {
  const { typed, problem = error } = useAnswer(name);
  const described = [problem && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ');
  return (
    <div>
      <label htmlFor={name} className="block text-small font-semibold">
        {label}
      </label>
      <input
        id={name}
        name={name}
        className={`input mt-1.5 w-full${problem ? ' border-error' : ''}`}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described || undefined}
        defaultValue={typed ?? defaultValue}
        {...input}
      />
      {problem && <FieldProblem name={name}>{problem}</FieldProblem>}
      {hint && (
        <p id={`${name}-hint`} className="mt-2 text-small text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
