import type { Metadata } from 'next';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { RowList } from '@/components/ui/list-rows';
import { PageHeading, QuietLink, Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { type HistoryEntry, historyPage } from '@/lib/views/history';
import { AccountShell } from '../_components/account-shell';
import { HistoryRow } from './_components/history-row';

export const metadata: Metadata = { title: 'History' };

/** All that was charged and was not, over all subscriptions, by year, the latest first. */
export default async function HistoryRoom({ searchParams }: { searchParams: Promise<{ after?: string | string[] }> }) {
  const { after } = await searchParams;
  const ctx = await pageContext(await requireCustomerPage('/account/history'));
  const isFirst = typeof after !== 'string';
  const { shell, today, entries, next } = await historyPage(ctx, { after: isFirst ? undefined : after });
  return (
    <AccountShell shell={shell} room="History">
      <PageHeading
        title="History"
        meta="Every order, with what became of it. Each leads to its receipt."
        actions={
          <LinkButton href="/account/history/claims" kind="edge">
            Claim packs
          </LinkButton>
        }
      />
      {entries.length === 0 && (
        <div className="mt-7">
          <EmptyState level={2} title={isFirst ? 'No orders yet' : 'No earlier orders'}>
            Your orders stand here once the first one is due, with what was charged, and why.
          </EmptyState>
        </div>
      )}
      {byYear(entries).map(([year, ofYear]) => (
        <Section key={year} id={`year-${year}`} title={year}>
          <RowList>
            {ofYear.map((entry) => (
              <HistoryRow key={keyOf(entry)} entry={entry} today={today} />
            ))}
          </RowList>
        </Section>
      ))}
      {(!isFirst || next !== null) && (
        <p className="mt-4 flex gap-6">
          {!isFirst && <QuietLink href="/account/history">Latest orders</QuietLink>}
          {next !== null && <QuietLink href={`/account/history?after=${next}`}>Earlier orders</QuietLink>}
        </p>
      )}
    </AccountShell>
  );
}

const dayOf = (entry: HistoryEntry) => (entry.kind === 'order' ? entry.charge.orderOn : entry.orderOn);
const keyOf = (entry: HistoryEntry) =>
  entry.kind === 'order' ? entry.charge.invoiceId : `${entry.subscriptionId} ${entry.orderOn}`;

/** Entries that are sorted by day, under their years. */
function byYear(entries: readonly HistoryEntry[]): [string, HistoryEntry[]][] {
  const years = new Map<string, HistoryEntry[]>();
  for (const entry of entries) {
    const year = dayOf(entry).slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), entry]);
  }
  return [...years];
}
