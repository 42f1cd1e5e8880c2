'use client';

import { useEffect, useId, useRef } from 'react';
import { Decision, type DecisionProps } from './decision';

/**
 * A decision that moves money, before the page. It has an address: the page renders it while its query asks for it, so that
 * it opens and closes without scripts. Where scripts run it is modal, the way
 * out has the focus, and Escape takes it.
 */
export function Dialog(props: DecisionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const out = useRef<HTMLAnchorElement>(null);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.removeAttribute('open');
    element.showModal();
    out.current?.focus();
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
      <Decision {...props} titleId={titleId} outRef={out} />
    </dialog>
  );
}
