import type { ReactNode } from 'react';

const SIZES = { small: 'mt-4 text-small text-base-content', dense: 'mt-1' } as const;

/** Facts between hairlines, word left and value right: the effect of a decision (`small`), a panel for staff (`dense`). */
export function FactList({
  facts,
  size = 'dense',
}: {
  facts: readonly { term: ReactNode; value: ReactNode }[];
  size?: keyof typeof SIZES;
}) {
  return (
    <dl className={`divide-y divide-line border-y border-line ${SIZES[size]}`}>
      {facts.map(({ term, value }, index) => (
        <div key={typeof term === 'string' ? term : index} className="flex justify-between gap-3 py-2.5">
          <dt className="max-w-2/3 shrink-0 break-words text-muted">{term}</dt>
          <dd className={`num min-w-0 break-words text-right${size === 'small' ? ' font-medium' : ''}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
