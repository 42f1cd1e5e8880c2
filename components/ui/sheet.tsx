import type { ReactNode } from 'react';
import { Icon } from './icon';

/** A raised sheet: here you decide. `labelledBy` is the id of its heading. `foot` is a second part on a quieter ground. */
export function Sheet({ labelledBy, foot, children }: { labelledBy: string; foot?: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={labelledBy} className="sheet overflow-hidden">
      <div className={foot ? 'p-6 sm:p-10 sm:pb-8' : 'p-6 sm:p-10'}>{children}</div>
      {foot && <div className="border-t border-line bg-base-200/60 px-6 py-6 sm:px-10">{foot}</div>}
    </section>
  );
}

/** A smaller sheet among others on a page: one subscription of several. */
export function SmallSheet({ labelledBy, children }: { labelledBy: string; children: ReactNode }) {
  return (
    <article aria-labelledby={labelledBy} className="sheet p-6 sm:px-8">
      {children}
    </article>
  );
}

/** The one sentence of a customer page, once a page. */
export function Answer({ id, children }: { id: string; children: ReactNode }) {
  return (
    <h1 id={id} className="text-answer font-semibold">
      {children}
    </h1>
  );
}

/** What happens next, in numbered sentences (NumberedItem); for the foot of a sheet. */
export function NumberedList({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h2 className="font-semibold">{title}</h2>
      <ol className="mt-3 space-y-2.5 [counter-reset:sentence]">{children}</ol>
    </>
  );
}

export function NumberedItem({ children }: { children: ReactNode }) {
  return (
    <li className="flex gap-3 before:tabular-nums before:w-5 before:shrink-0 before:text-muted before:content-[counter(sentence)] [counter-increment:sentence]">
      <span>{children}</span>
    </li>
  );
}

/** More to read, behind one line: "Why am I asked again?". */
export function Disclosure({
  summary,
  size = 'small',
  children,
}: {
  summary: string;
  size?: 'small' | 'fine';
  children: ReactNode;
}) {
  const text = size === 'small' ? 'text-small' : 'text-fine';
  return (
    <details className="group/more">
      <summary
        className={`inline-flex items-center gap-1.5 rounded font-medium text-muted hover:text-base-content ${text}`}
      >
        <span className="group-open/more:rotate-180">
          <Icon name="chevron-down" size={size === 'small' ? 4 : 3.5} />
        </span>
        {summary}
      </summary>
      <div className={`mt-3 text-muted ${text}`}>{children}</div>
    </details>
  );
}

/** What stays as it is while something is open: "Until then nothing changes". */
export function SafeNote({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="mt-10 flex gap-4 px-1">
      <span className="mt-1 shrink-0 text-muted">
        <Icon name="shield-check" size={5} />
      </span>
      <div>
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        <div className="mt-1 text-muted">{children}</div>
      </div>
    </section>
  );
}
