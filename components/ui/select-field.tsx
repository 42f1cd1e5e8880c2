'use client';

import type { ReactNode } from 'react';
import { FieldProblem, useAnswer } from './field-answers';

interface SelectFieldProps {
  /** Also the id; one a page. */
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: string;
  hint?: ReactNode;
  required?: boolean;
  autoComplete?: string;
}

/** A labelled choice out of many: label above, hint below, as a Field has them. */
export function SelectField({ name, label, options, chosen, hint, ...select }: SelectFieldProps) {
  const { typed = chosen, problem } = useAnswer(name);
  const described = [problem && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ');
  return (
    <div>
      <label htmlFor={name} className="block text-small font-semibold">
        {label}
      </label>
      {/* Made anew with another choice to begin with: React sets it on a new one only. */}
      <select
        key={typed}
        id={name}
        name={name}
        defaultValue={typed}
        className={`select mt-1.5 w-full${problem ? ' border-error' : ''}`}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described || undefined}
        {...select}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {problem && <FieldProblem name={name}>{problem}</FieldProblem>}
      {hint && (
        <p id={`${name}-hint`} className="mt-2 text-small text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
