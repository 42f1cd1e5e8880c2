import type { ReactNode } from 'react';
import { Icon } from './icon';

interface PageHeadingProps {
  title: ReactNode;
  /** Where it belongs to: "Customers". */
  back?: { href: string; label: string };
  /** The status beside the title. */
  chip?: ReactNode;
  /** One line below: what it is. */
  meta?: ReactNode;
  /** One line above: the day and time. */
  over?: ReactNode;
  actions?: ReactNode;
}

/** The head of a staff page or of a page about one thing; the overview of a customer has an Answer instead. */
export function PageHeading({ title, back, chip, meta, over, actions }: PageHeadingProps) {
  return (
    <div>
      {back && (
        <p className="mb-2">
          <a
            href={back.href}
            className="inline-flex max-w-full items-center gap-1 py-1 font-medium text-muted hover:text-base-content"
          >
            <span className="shrink-0">
              <Icon name="chevron-right" turned />
            </span>
            <span className="truncate">{back.label}</span>
          </a>
        </p>
      )}
      {over && <p className="mb-1 text-muted">{over}</p>}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <h1 className="text-head font-semibold break-words">{title}</h1>
            {chip}
          </div>
          {meta && <p className="mt-1 break-words text-muted">{meta}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}

/** A section of a page under its title; `more` stands at the right of it: a quiet link, a sum. */
export function Section({
  id,
  title,
  more,
  children,
}: {
  id: string;
  title: ReactNode;
  more?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={id} className="mt-12">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 pb-2">
        <h2 id={id} className="text-title font-semibold">
          {title}
        </h2>
        {more}
      </div>
      {children}
    </section>
  );
}

/** A link inside text or beside a heading: ink with a soft underline. */
export function QuietLink({ href, small = false, children }: { href: string; small?: boolean; children: ReactNode }) {
  return (
    <a href={href} className={small ? 'quiet text-small' : 'quiet'}>
      {children}
    </a>
  );
}
