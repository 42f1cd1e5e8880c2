import type { ReactNode } from 'react';
import type { Tone } from './chip';
import { Icon } from './icon';
import type { IconName } from './icon-shapes';

const GROUNDS = {
  ok: 'bg-tint-ok text-success',
  wait: 'bg-tint-wait text-info',
  attn: 'bg-tint-attn text-warning',
  bad: 'bg-tint-bad text-error',
  off: 'bg-tint-off text-muted',
} as const;

/** One thing that needs a person: what it is, what is known, the one thing to press. Inside a `TaskList`. */
export function TaskRow({
  tone,
  icon,
  title,
  action,
  children,
}: {
  tone: Tone;
  icon: IconName;
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <li className="grid grid-cols-[auto_1fr] gap-x-3.5 gap-y-2 border-b border-line py-4 last:border-b-0 sm:grid-cols-[auto_1fr_auto]">
      <span className={`mt-0.5 grid size-8 place-items-center rounded-field ${GROUNDS[tone]}`}>
        <Icon name={icon} size={4.5} />
      </span>
      <div className="min-w-0 break-words">
        <h2 className="text-small font-semibold">{title}</h2>
        <div className="mt-0.5 max-w-[34rem] text-muted">{children}</div>
      </div>
      {action && <div className="self-center max-sm:col-start-2 max-sm:justify-self-start">{action}</div>}
    </li>
  );
}

/** What needs a person, the most urgent first. `end` says that this is all. */
export function TaskList({ label, end, children }: { label: string; end?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={label}>
      <ul className="border-t border-line">{children}</ul>
      {end && <p className="border-t border-line pt-4 text-muted">{end}</p>}
    </section>
  );
}

/** A panel of paper on the staff's sheet: machine health. Rows are `PanelRow`. */
export function Panel({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="h-fit rounded-box bg-base-200 px-5 py-4">
      <h2 id={id} className="text-small font-semibold">
        {title}
      </h2>
      <ul className="mt-1 divide-y divide-line">{children}</ul>
    </section>
  );
}

export function PanelRow({ title, detail, status }: { title: string; detail: ReactNode; status: ReactNode }) {
  return (
    <li className="flex items-start justify-between gap-3 py-2.5">
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="text-fine text-muted">{detail}</p>
      </div>
      <p className="shrink-0">{status}</p>
    </li>
  );
}

/** What can be done about one thing, on paper with an edge; `reason` says why an action is left out. */
export function DecisionPanel({
  id,
  chip,
  title,
  actions,
  reason,
  children,
}: {
  id: string;
  chip: ReactNode;
  title: string;
  actions?: ReactNode;
  reason?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={id} className="mt-7 rounded-box border border-line bg-base-200 p-5 sm:px-7 sm:py-6">
      <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-5">
        <div className="max-w-[36rem]">
          {chip}
          <h2 id={id} className="mt-3 text-title font-semibold">
            {title}
          </h2>
          <div className="mt-1.5 text-muted">{children}</div>
        </div>
        {actions && <div className="flex flex-wrap gap-2 lg:flex-col lg:items-stretch">{actions}</div>}
      </div>
      {reason && (
        <p className="mt-4 flex gap-2 border-t border-line pt-3.5 text-fine text-muted">
          <span className="mt-px shrink-0">
            <Icon name="ban" />
          </span>
          {reason}
        </p>
      )}
    </section>
  );
}
