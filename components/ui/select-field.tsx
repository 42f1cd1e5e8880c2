import type { ReactNode } from 'react';

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
  return (
    <div>
      <label htmlFor={name} className="block text-small font-semibold">
        {label}
      </label>
      <select
        id={name}
        name={name}
        defaultValue={chosen}
        className="select mt-1.5 w-full"
        aria-describedby={hint ? `${name}-hint` : undefined}
        {...select}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${name}-hint`} className="mt-2 text-small text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
