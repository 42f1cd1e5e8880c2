'use client';

import { type ReactNode, useEffect, useId, useRef } from 'react';

interface DialogProps {
  /** Asks: "Charge $48.30 today?". */
  title: string;
  /** The address of the page without the dialog. */
  closeHref: string;
  /** Named after what it leaves alone: "Do not charge". */
  wayOut: string;
  /** Who and what, and a FactList of the effect. */
  children: ReactNode;
  /** The form with its SubmitButton, which repeats verb and amount. */
  action: ReactNode;
}

/**
 * A decision that moves money. It has an address: the page renders it while its query asks for it, so that it opens and
 * closes without scripts. Where scripts run it is modal, and Escape is the way out.
 */
export function Dialog({ title, closeHref, wayOut, children, action }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const out = useRef<HTMLAnchorElement>(null);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.removeAttribute('open');
    element.showModal();
    return () => element.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      open
      aria-labelledby={titleId}
      className="decision w-[calc(100%-2rem)] max-w-md rounded-box border border-line bg-base-100 p-6 text-base-content shadow-float sm:p-7"
      onCancel={(event) => {
        event.preventDefault();
        out.current?.click();
      }}
    >
      <h2 id={titleId} className="text-title font-semibold">
        {title}
      </h2>
      <div className="mt-2 text-muted">{children}</div>
      <div className="mt-6 flex flex-wrap gap-2">
        {action}
        <a ref={out} href={closeHref} className="btn btn-bare max-sm:w-full">
          {wayOut}
        </a>
      </div>
    </dialog>
  );
}
