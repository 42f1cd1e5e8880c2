'use client';

import { FieldProblem, useAnswer } from './field-answers';

/** One of several, as radio buttons in rows between hairlines. `chosen` is the one that is marked at first. */
export function ChoiceList({
  name,
  legend,
  choices,
  chosen,
  error,
}: {
  name: string;
  legend: string;
  choices: readonly { value: string; label: string }[];
  chosen?: string;
  error?: string | undefined;
}) {
  const { typed = chosen, problem = error } = useAnswer(name);
  return (
    <fieldset aria-describedby={problem ? `${name}-error` : undefined}>
      <legend className="text-small font-semibold">{legend}</legend>
      <div className="mt-2 border-t border-line">
        {choices.map(({ value, label }) => (
          <label
            key={value}
            className="flex min-h-11 cursor-pointer items-center gap-3 border-b border-line py-2.5 hover:bg-base-200"
          >
            <input
              type="radio"
              name={name}
              value={value}
              defaultChecked={value === typed}
              required
              className="size-4.5 shrink-0 accent-primary"
            />
            {label}
          </label>
        ))}
      </div>
      {problem && <FieldProblem name={name}>{problem}</FieldProblem>}
    </fieldset>
  );
}
