import type { ReactNode, Ref } from 'react';

export interface DecisionProps {
  /** Asks: "Charge $48.30 today?". */
  title: string;
  /** The address of the page without the decision. */
  closeHref: string;
  /** Named after what it leaves alone: "Do not charge". */
  wayOut: string;
  /** Who and what, and a FactList of the effect. */
  children: ReactNode;
  /** The form with its SubmitButton, which repeats verb and amount. */
  action: ReactNode;
}

/** What a decision that moves money says: the question, its effect, the deed and the way out. Stands in a Dialog or a sheet. */
export function Decision({
  title,
  closeHref,
  wayOut,
  children,
  action,
  titleId,
  outRef,
}: DecisionProps & { titleId: string; outRef?: Ref<HTMLAnchorElement> }) {
  return (
    <>
      <h2 id={titleId} className="text-title font-semibold">
        {title}
      </h2>
      <div className="mt-2 text-muted">{children}</div>
      <div className="mt-6 flex flex-wrap gap-2">
        {action}
        <a ref={outRef} href={closeHref} className="btn btn-bare max-sm:w-full">
          {wayOut}
        </a>
      </div>
    </>
  );
}
