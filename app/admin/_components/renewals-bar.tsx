import { Money } from '@/components/ui/money';
import { QuietLink } from '@/components/ui/page-heading';
import type { Share, TodaysRenewals } from '@/lib/views/admin-today';
import { counted } from '../_words/counts';

interface Part {
  label: string;
  fill: string;
  share: Share;
  href: string;
}

/** The gap between two parts, in percent of the bar. */
const GAP = 0.35;

/** Today's renewals as one bar, and what each part of it comes to. */
export function RenewalsBar({ renewals }: { renewals: TodaysRenewals }) {
  const parts: Part[] = [
    { label: 'Collected', fill: 'fill-leaf', share: renewals.collected, href: '/admin/charges?show=captured' },
    { label: 'Waiting for Truemed', fill: 'fill-info', share: renewals.waiting, href: '/admin/charges?show=under_way' },
    { label: 'On hold', fill: 'fill-warning', share: renewals.onHold, href: '/admin/subscriptions?status=past_due' },
    { label: 'Still to come', fill: 'fill-band', share: renewals.toCome, href: '/admin/subscriptions?billing=hsa_fsa' },
  ];
  const total = parts.reduce((sum, { share }) => sum + share.count, 0);
  return (
    <section aria-labelledby="now" className="mt-12">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 id="now" className="text-title font-semibold">
          Today’s renewals
        </h2>
        {total > 0 && (
          <p className="text-muted">
            <span className="num font-semibold text-base-content">{total.toLocaleString('en-US')}</span> due,{' '}
            <span className="num font-semibold text-base-content">
              <Money cents={parts.reduce((sum, { share }) => sum + share.cents, 0)} />
            </span>
          </p>
        )}
      </div>
      {total === 0 ? (
        <p className="mt-2 text-muted">
          Nothing falls due today. <QuietLink href="/admin/subscriptions">What comes next</QuietLink>
        </p>
      ) : (
        <>
          <Bar parts={parts} total={total} />
          <dl className="mt-4 grid gap-x-8 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">
            {parts.map((part) => (
              <Sum key={part.label} part={part} />
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function Bar({ parts, total }: { parts: readonly Part[]; total: number }) {
  const shown = parts.filter(({ share }) => share.count > 0);
  const room = 100 - GAP * (shown.length - 1);
  const width = (part: Part) => (part.share.count / total) * room;
  const words = parts.map(({ label, share }) => `${share.count} ${label.toLowerCase()}`).join(', ');
  return (
    <div className="mt-4">
      <svg
        className="block w-full"
        height="14"
        role="img"
        aria-label={`Of ${counted(total, 'renewal')} today: ${words}`}
      >
        {shown.map((part, index) => {
          const x = shown.slice(0, index).reduce((sum, before) => sum + width(before) + GAP, 0);
          return <rect key={part.label} x={pct(x)} width={pct(width(part))} height="14" rx="4" className={part.fill} />;
        })}
      </svg>
    </div>
  );
}

function Sum({ part: { label, fill, share, href } }: { part: Part }) {
  return (
    <div className="max-sm:flex max-sm:items-baseline max-sm:justify-between max-sm:gap-4">
      <dt className="flex items-center gap-2 text-muted">
        <svg className="size-2.5" aria-hidden="true">
          <rect width="10" height="10" rx="3" className={fill} />
        </svg>
        <a href={href} className="quiet font-normal">
          {label}
        </a>
      </dt>
      <dd className="num sm:mt-1">
        <span className="text-lead font-semibold sm:text-title">
          <Money cents={share.cents} />
        </span>{' '}
        <span className="text-muted">from {share.count.toLocaleString('en-US')}</span>
      </dd>
    </div>
  );
}

const pct = (n: number) => `${Math.round(n * 100) / 100}%`;
