import type { ReactNode } from 'react';
import { Chip } from './chip';

interface ErrorStateProps {
  /** What kind of failure, in the chip: "Could not be saved". */
  chip: string;
  title: string;
  /** The heading of the page itself, where nothing else is on it. */
  heading?: 'h1' | 'h2' | 'h3';
  /** What to do: buttons. */
  actions?: ReactNode;
  /** What failed and what is safe. */
  children: ReactNode;
}

/** What failed, what is safe, what to do. */
export function ErrorState({ chip, title, heading: Heading = 'h2', actions, children }: ErrorStateProps) {
  return (
    <div className={Heading === 'h1' ? 'sheet p-6 sm:p-10' : 'sheet p-6'} role="alert">
      <Chip tone="bad" icon="circle-x">
        {chip}
      </Chip>
      <Heading className={`mt-3 font-semibold ${Heading === 'h1' ? 'text-answer' : 'text-title'}`}>{title}</Heading>
      <div className={Heading === 'h1' ? 'mt-4 text-muted' : 'mt-1 text-muted'}>{children}</div>
      {actions && <div className="mt-5 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
