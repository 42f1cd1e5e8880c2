import type { ReactNode } from 'react';
import { Stems } from '../stems';

interface EmptyStateProps {
  title: string;
  /** Of its heading: 2 where it stands under the page's own. */
  level?: 2 | 3;
  action?: ReactNode;
  children: ReactNode;
}

/** Nothing here yet: what it will hold, and the first step. */
export function EmptyState({ title, level = 3, action, children }: EmptyStateProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <div className="overflow-hidden rounded-box border border-line">
      <div className="px-6 pt-6">
        <Heading className="text-title font-semibold">{title}</Heading>
        <p className="mt-1 text-muted">{children}</p>
        {action && <div className="mt-4">{action}</div>}
      </div>
      <div className="mt-2 h-24 sm:aspect-[62/13] sm:h-auto">
        <Stems size="short" />
      </div>
    </div>
  );
}
