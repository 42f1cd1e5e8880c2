'use client';

import type { ReactNode } from 'react';
import { useFormStatus } from 'react-dom';
import { type ButtonLook, buttonClass } from './button-look';

interface SubmitButtonProps extends ButtonLook {
  children: ReactNode;
  /** The verb in progress: "Sending". */
  busy: string;
  name?: string;
  value?: string;
}

/** Sends its form; while the form is on its way it shows a spinner and the verb in progress, and a second press does nothing. */
export function SubmitButton({ children, busy, name, value, ...look }: SubmitButtonProps) {
  const { pending, data } = useFormStatus();
  const isMine = pending && (name === undefined || data.get(name) === value);
  return (
    <button
      type="submit"
      name={name}
      value={value}
      className={buttonClass(look)}
      aria-busy={isMine}
      aria-disabled={pending}
      onClick={(event) => {
        if (pending) event.preventDefault();
      }}
    >
      {isMine ? (
        <>
          <span className="loading loading-spinner size-4" aria-hidden="true" />
          {busy}
        </>
      ) : (
        children
      )}
    </button>
  );
}
