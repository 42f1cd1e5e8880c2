import type { ReactNode } from 'react';
import { Stems } from '../stems';

/** Nothing here yet: what it will hold, and the first step. */
export function EmptyState({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <div className="overflow-hidden rounded-box border border-line">
      <div className="px-6 pt-6">
        <h3 className="text-title font-semibold">{title}</h3>
        <p className="mt-1 text-muted">{children}</p>
        {action && <div className="mt-4">{action}</div>}
      </div>
      <div className="mt-2 h-24">
        <Stems size="short" />
      </div>
    </div>
  );
}
