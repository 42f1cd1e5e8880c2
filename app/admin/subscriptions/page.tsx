import type { Metadata } from 'next';
import { FilterForm, SavedViews } from '@/components/ui/table-filters';
import { BILLING_METHODS, SUBSCRIPTION_STATUSES } from '@/lib/core/subscription';
import { type SubscriptionFilter, subscriptionList } from '@/lib/views/admin-subscriptions';
import { ListPage } from '../_components/list-page';
import { SubscriptionTable } from '../_components/subscription-table';
import { openForStaff } from '../_page/open';
import { addressOf, choiceOf, type Query, textOf } from '../_page/query';

export const metadata: Metadata = { title: 'Subscriptions' };

const PATH = '/admin/subscriptions';
const STATUSES = [
  { value: '', label: 'Any status' },
  { value: 'active', label: 'Active' },
  { value: 'past_due', label: 'On hold' },
  { value: 'trialing', label: 'Trial' },
  { value: 'paused', label: 'Paused' },
  { value: 'canceled', label: 'Canceled' },
];
const BILLINGS = [
  { value: '', label: 'Any billing' },
  { value: 'hsa_fsa', label: 'HSA/FSA card' },
  { value: 'external', label: 'Billed elsewhere' },
];

export default async function SubscriptionsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const status = choiceOf(query, 'status', SUBSCRIPTION_STATUSES);
  const billing = choiceOf(query, 'billing', BILLING_METHODS);
  const [text, after] = [textOf(query, 'q'), textOf(query, 'after')];
  const { shell, rows, next } = await openForStaff((ctx) => subscriptionList(ctx, { status, billing, text, after }));
  const filters = { q: text, status, billing };
  return (
    <ListPage
      shell={shell}
      room="subscriptions"
      title="Subscriptions"
      path={PATH}
      filters={filters}
      steer={
        <>
          <Views status={status} billing={billing} isSearch={text !== undefined} />
          <FilterForm
            label="Filter subscriptions"
            search={{
              name: 'q',
              label: 'Search by name, e-mail or id',
              placeholder: 'Name, e-mail or id',
              value: text ?? '',
            }}
            selects={[
              { name: 'status', label: 'Status', value: status ?? '', options: STATUSES },
              { name: 'billing', label: 'Billing', value: billing ?? '', options: BILLINGS },
            ]}
            active={activeFilters({ status, billing, text })}
          />
        </>
      }
      count={rows.length}
      order="our soonest charge first, then those that we do not charge"
      after={after}
      next={next}
      nothing={
        status || billing || text || after
          ? 'No subscription is like that.'
          : 'No subscription yet. The import brings in those that the shop has: npm run import -- FILE.csv'
      }
    >
      <SubscriptionTable rows={rows} />
    </ListPage>
  );
}

function Views({ status, billing, isSearch }: Pick<SubscriptionFilter, 'status' | 'billing'> & { isSearch: boolean }) {
  const view = (label: string, values: { status?: string; billing?: string }) => ({
    href: addressOf(PATH, values),
    label,
    current: !isSearch && status === values.status && billing === values.billing,
  });
  return (
    <SavedViews
      views={[
        view('All', {}),
        view('On hold', { status: 'past_due' }),
        view('HSA/FSA card', { billing: 'hsa_fsa' }),
        view('Billed elsewhere', { billing: 'external' }),
        view('Paused', { status: 'paused' }),
      ]}
    />
  );
}

function activeFilters({ status, billing, text }: SubscriptionFilter): { label: string; removeHref: string }[] {
  const all = { q: text, status, billing };
  const wordOf = (options: typeof STATUSES, value: string | undefined) =>
    options.find((option) => option.value === value)?.label ?? '';
  return [
    ...(text ? [{ label: `“${text}”`, removeHref: addressOf(PATH, { ...all, q: null }) }] : []),
    ...(status ? [{ label: wordOf(STATUSES, status), removeHref: addressOf(PATH, { ...all, status: null }) }] : []),
    ...(billing ? [{ label: wordOf(BILLINGS, billing), removeHref: addressOf(PATH, { ...all, billing: null }) }] : []),
  ];
}
