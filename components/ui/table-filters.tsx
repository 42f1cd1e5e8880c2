import type { ReactNode } from 'react';
import { Icon } from './icon';

/** Views that are kept, as links: "All 12,408". */
export function SavedViews({
  views,
}: {
  views: readonly { href: string; label: string; count?: string; current?: boolean }[];
}) {
  return (
    <nav
      aria-label="Saved views"
      className="mt-4 flex gap-5 overflow-x-auto border-b border-line [scrollbar-width:none]"
    >
      {views.map(({ href, label, count, current = false }) => (
        <a
          key={href}
          href={href}
          aria-current={current ? 'page' : undefined}
          className={`-mb-px flex shrink-0 items-baseline gap-1.5 border-b-2 px-0.5 pb-2.5 ${current ? 'border-base-content font-semibold' : 'border-transparent font-medium text-muted hover:text-base-content'}`}
        >
          {label}
          {count && <span className="num text-fine text-muted">{count}</span>}
        </a>
      ))}
    </nav>
  );
}

interface FilterFormProps {
  /** "Filter subscriptions". */
  label: string;
  search?: { name: string; label: string; placeholder: string; value: string };
  selects?: readonly {
    name: string;
    label: string;
    value: string;
    options: readonly { value: string; label: string }[];
    hiddenOnPhone?: boolean;
  }[];
  /** Filters in force, each a link that removes it. */
  active?: readonly { label: string; removeHref: string }[];
  children?: ReactNode;
}

/** The filters of a table, as a GET form: they live in the address. `children` are hidden fields to keep. */
export function FilterForm({ label, search, selects = [], active = [], children }: FilterFormProps) {
  return (
    <form method="get" className="mt-4 flex flex-wrap items-center gap-2" aria-label={label}>
      {children}
      {search && (
        <label className="input input-sm w-full text-dense sm:w-64">
          <span className="sr-only">{search.label}</span>
          <span className="text-muted">
            <Icon name="search" />
          </span>
          <input name={search.name} type="search" placeholder={search.placeholder} defaultValue={search.value} />
        </label>
      )}
      {selects.map((select) => (
        <span key={select.name} className={select.hiddenOnPhone ? 'max-sm:hidden' : undefined}>
          <select
            name={select.name}
            aria-label={select.label}
            defaultValue={select.value}
            className="select select-sm w-auto text-dense"
          >
            {select.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </span>
      ))}
      <button type="submit" className="btn btn-bare btn-sm">
        Apply
      </button>
      {active.map((filter) => (
        <a
          key={filter.label}
          href={filter.removeHref}
          className="chip border border-line text-base-content sm:last:ml-auto"
        >
          {filter.label}
          <span className="sr-only">, remove this filter</span>
          <Icon name="x" />
        </a>
      ))}
    </form>
  );
}
