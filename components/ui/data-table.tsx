import type { ReactNode } from 'react';
import { Icon } from './icon';

/** From which width on a column is shown; the phone keeps the row head and one column at the right. */
export type ShownFrom = 'always' | 'md' | 'lg' | 'xl';

export interface Column {
  label: string;
  shownFrom?: ShownFrom;
  align?: 'left' | 'right';
  /** A sort link: where it leads, and the order in force where it is this column. */
  sort?: { href: string; order: 'ascending' | 'descending' | null };
}

const SHOWN = { always: '', md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const;
const HEAD = 'sticky top-0 z-1 border-b border-line bg-base-100 py-2 pr-4 font-medium whitespace-nowrap';
const EDGES = 'first:pl-4 sm:first:pl-8 lg:first:pl-10 last:pr-4 sm:last:pr-8 lg:last:pr-10';

/**
 * A table for staff: sticky head, rows of 52 px, two lines a cell. The first column is the row's head and takes what is left.
 * `caption` says what is shown and in which order. Rows are `Row` with `RowHead` and `Cell`s of the same `shownFrom`. Stands
 * directly in the shell's `full` content: its rows reach from edge to edge.
 */
export function DataTable({
  caption,
  columns,
  children,
}: {
  caption: string;
  columns: readonly Column[];
  children: ReactNode;
}) {
  return (
    <table className="mt-4 w-full table-fixed border-separate border-spacing-0 md:table-auto">
      <caption className="sr-only">{caption}</caption>
      <thead className="text-fine text-muted">
        <tr>
          {columns.map(({ label, shownFrom = 'always', align = 'left', sort }, index) => (
            <th
              key={label}
              scope="col"
              aria-sort={sort?.order ?? undefined}
              className={`${HEAD} ${EDGES} ${SHOWN[shownFrom]} ${align === 'right' ? 'w-28 text-right' : 'text-left'} ${index === 0 ? 'md:w-[26%]' : ''}`}
            >
              {sort ? <SortLink label={label} {...sort} /> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function SortLink({ label, href, order }: { label: string; href: string; order: 'ascending' | 'descending' | null }) {
  return (
    <a
      href={href}
      className={`inline-flex items-center gap-1 hover:text-base-content ${order ? 'text-base-content' : ''}`}
    >
      {label}
      {order && <Icon name={order === 'ascending' ? 'arrow-up' : 'arrow-down'} size={3.5} />}
    </a>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="group hover:bg-base-200/70">{children}</tr>;
}

interface RowHeadProps {
  /** Without it the title is plain. */
  href?: string;
  title: string;
  /** The second line, from `md` on. */
  detail?: ReactNode;
  /** The second and third line on a phone: the thing, and its status as a bare chip. */
  phone?: { detail?: ReactNode; status?: ReactNode };
}

/** Who or what the row is about; cut off with the full text in the link. */
export function RowHead({ href, title, detail, phone }: RowHeadProps) {
  const words = 'block truncate font-semibold';
  return (
    <th scope="row" className={`max-w-0 border-b border-line py-2.5 pr-4 text-left align-top font-normal ${EDGES}`}>
      {href ? (
        <a
          href={href}
          className={`${words} group-hover:underline group-hover:decoration-edge group-hover:underline-offset-4`}
        >
          {title}
        </a>
      ) : (
        <span className={words}>{title}</span>
      )}
      {detail && (
        <span className={`block truncate text-fine text-muted ${phone ? 'max-md:hidden' : ''}`}>{detail}</span>
      )}
      {phone?.detail && <span className="block truncate text-fine text-muted md:hidden">{phone.detail}</span>}
      {phone?.status && <span className="mt-1 block md:hidden">{phone.status}</span>}
    </th>
  );
}

interface CellProps {
  children: ReactNode;
  /** The second line. */
  detail?: ReactNode;
  /** The second line on a phone only. */
  phoneDetail?: ReactNode;
  shownFrom?: ShownFrom;
  align?: 'left' | 'right';
  /** Cut off at 12 rem; else kept on one line. */
  cut?: boolean;
}

/** The second line; on a phone a time with its year takes two. */
const DETAIL = 'block text-fine font-normal text-muted max-md:whitespace-normal max-md:[&_time]:whitespace-normal';

export function Cell({ children, detail, phoneDetail, shownFrom = 'always', align = 'left', cut = false }: CellProps) {
  return (
    <td
      className={`border-b border-line py-2.5 pr-4 align-top ${EDGES} ${SHOWN[shownFrom]} ${align === 'right' ? 'text-right font-medium' : ''} ${cut ? '' : 'whitespace-nowrap'}`}
    >
      <span className={cut ? 'block max-w-48 truncate xl:max-w-56' : 'block'}>{children}</span>
      {detail && <span className={DETAIL}>{detail}</span>}
      {phoneDetail && <span className={`${DETAIL} md:hidden`}>{phoneDetail}</span>}
    </td>
  );
}

/** Under the table: how many there are, and the pages. */
export function TableFoot({
  children,
  previousHref,
  nextHref,
}: {
  children: ReactNode;
  previousHref?: string;
  nextHref?: string;
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 px-4 pt-4 sm:px-8 lg:px-10">
      <p className="text-muted">{children}</p>
      {(previousHref || nextHref) && (
        <nav aria-label="Pages" className="flex gap-2">
          {previousHref && (
            <a href={previousHref} className="btn btn-edge btn-sm">
              Previous
            </a>
          )}
          {nextHref && (
            <a href={nextHref} className="btn btn-edge btn-sm">
              Next
            </a>
          )}
        </nav>
      )}
    </div>
  );
}
