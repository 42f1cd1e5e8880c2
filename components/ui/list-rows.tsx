import type { ReactNode } from 'react';
import type { LocalDate } from '@/lib/core/calendar';
import { shortDate, weekday } from '@/lib/core/date-words';
import { Icon } from './icon';
import type { IconName } from './icon-shapes';

/** Rows between hairlines, for customers. */
export function RowList({ children }: { children: ReactNode }) {
  return <ul className="border-t border-line">{children}</ul>;
}

interface DatedRowProps {
  date: LocalDate;
  today: LocalDate;
  title: ReactNode;
  detail?: ReactNode;
  /** Under the detail, where it is no line of words: a disclosure. */
  more?: ReactNode;
  amount?: ReactNode;
  /** A bare chip. */
  status?: ReactNode;
}

/** Date over weekday, thing over detail, amount over status. */
export function DatedRow({ date, today, title, detail, more, amount, status }: DatedRowProps) {
  return (
    <li className="grid grid-cols-[4.5rem_1fr_auto] items-start gap-x-3 border-b border-line py-4 sm:grid-cols-[7rem_1fr_auto]">
      <time dateTime={date}>
        <span className="block font-medium">{shortDate(date, today, 'never')}</span>
        <span className="block text-small text-muted max-sm:text-fine">{weekday(date)}</span>
      </time>
      <div className="min-w-0 break-words">
        <p>{title}</p>
        {detail && <p className="text-small text-muted">{detail}</p>}
        {more && <div className="mt-1">{more}</div>}
      </div>
      <div className="text-right">
        {amount && <p className="num font-medium">{amount}</p>}
        {status && <p>{status}</p>}
      </div>
    </li>
  );
}

/** A fact with an icon: the card, the letter. `status` is a chip, `action` a quiet link. */
export function IconRow({
  icon,
  title,
  detail,
  status,
  action,
}: {
  icon: IconName;
  title: ReactNode;
  detail?: ReactNode;
  status?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-b border-line py-4">
      <div className="flex min-w-0 gap-4">
        <span className="mt-0.5 shrink-0 text-muted">
          <Icon name={icon} size={5} />
        </span>
        <div className="min-w-0 break-words">
          <p className="font-medium">{title}</p>
          {detail && <p className="text-small text-muted">{detail}</p>}
        </div>
      </div>
      {(status || action) && (
        <div className="flex items-center gap-4 max-sm:pl-9">
          {status}
          {action}
        </div>
      )}
    </li>
  );
}

/** One line of an order: the thing over its quantity and price, the sum at the right. */
export function LineItemRow({ title, detail, amount }: { title: string; detail: ReactNode; amount: ReactNode }) {
  return (
    <li className="grid grid-cols-[1fr_auto] gap-x-5 border-b border-line py-4">
      <div className="min-w-0 break-words">
        <p>{title}</p>
        <p className="text-small text-muted">{detail}</p>
      </div>
      <p className="num text-right font-medium">{amount}</p>
    </li>
  );
}

/** The sum under the lines of an order; `extras` are shipping and tax. */
export function TotalRow({
  label,
  amount,
  extras = [],
}: {
  label: string;
  amount: ReactNode;
  extras?: readonly { label: string; amount: ReactNode }[];
}) {
  return (
    <>
      {extras.length > 0 && (
        <li className="space-y-1 border-b border-line py-4 text-small text-muted">
          {extras.map((extra) => (
            <p key={extra.label} className="flex justify-between gap-5">
              <span>{extra.label}</span>
              <span className="num">{extra.amount}</span>
            </p>
          ))}
        </li>
      )}
      <li className="grid grid-cols-[1fr_auto] gap-x-5 py-4 font-semibold">
        <p>{label}</p>
        <p className="num text-right">{amount}</p>
      </li>
    </>
  );
}

/** A row that leads to a page where something is changed. */
export function LinkRow({
  href,
  icon,
  title,
  detail,
}: {
  href: string;
  icon: IconName;
  title: string;
  detail?: ReactNode;
}) {
  return (
    <li className="border-b border-line">
      <a href={href} className="group flex items-center gap-4 py-4">
        <span className="text-muted">
          <Icon name={icon} size={5} />
        </span>
        <span className="min-w-0 flex-1 break-words">
          <span className="block font-medium group-hover:underline group-hover:decoration-edge group-hover:underline-offset-4">
            {title}
          </span>
          {detail && <span className="block text-small text-muted">{detail}</span>}
        </span>
        <span className="text-muted">
          <Icon name="chevron-right" size={4.5} />
        </span>
      </a>
    </li>
  );
}
