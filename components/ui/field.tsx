import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import { Icon } from './icon';

interface FieldProps extends Omit<ComponentPropsWithoutRef<'input'>, 'id' | 'size' | 'className'> {
  /** Also the id; one a page. */
  name: string;
  label: string;
  hint?: ReactNode;
  /** How to repair it: "Add the part after the dot, such as .com". */
  error?: string | undefined;
}

/** A labelled field: label above, hint below, the error with its icon tied to the field. */
export function Field({ name, label, hint, error, ...input }: FieldProps) {
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ');
  return (
    <div>
      <label htmlFor={name} className="block text-small font-semibold">
        {label}
      </label>
      <input
        id={name}
        name={name}
        className={`input mt-1.5 w-full${error ? ' border-error' : ''}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        {...input}
      />
      {error && (
        <p id={`${name}-error`} className="mt-1.5 flex gap-1.5 text-small text-error">
          <span className="mt-0.5 shrink-0">
            <Icon name="circle-alert" />
          </span>
          {error}
        </p>
      )}
      {hint && (
        <p id={`${name}-hint`} className="mt-2 text-small text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
