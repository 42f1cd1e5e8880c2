'use client';

import { createContext, type ReactNode, use } from 'react';
import { Icon } from './icon';

/** How a form was answered, by the names of its fields: what was typed, and what is wrong with it. */
interface Answer {
  kind: string;
  typed?: Readonly<Record<string, string>> | undefined;
  problems?: Readonly<Record<string, string>> | undefined;
}

const Answers = createContext<Answer>({ kind: 'idle' });

/**
 * The fields of a form that may be refused. Each begins with what was typed, since React empties a form to what its fields
 * began with, and before scripts load the page comes anew; and each says what is wrong with it.
 */
export function AnsweredFields({ state, children }: { state: Answer; children: ReactNode }) {
  return <Answers value={state}>{children}</Answers>;
}

/** What the answer of its form says of a field. */
export function useAnswer(name: string): { typed: string | undefined; problem: string | undefined } {
  const { typed, problems } = use(Answers);
  return { typed: typed?.[name], problem: problems?.[name] };
}

/** What is wrong with a field, under it. */
export function FieldProblem({ name, children }: { name: string; children: ReactNode }) {
  return (
    <p id={`${name}-error`} className="mt-1.5 flex gap-1.5 text-small text-error">
      <span className="mt-0.5 shrink-0">
        <Icon name="circle-alert" />
      </span>
      {children}
    </p>
  );
}
