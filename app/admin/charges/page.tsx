import type { Metadata } from 'next';
import { StaffPage } from '@/components/staff-shell';
import { PageHeading } from '@/components/ui/page-heading';
import { SavedViews } from '@/components/ui/table-filters';
import { type ChargeFilter, chargeList } from '@/lib/views/admin-charges';
import { AdminShell } from '../_components/admin-shell';
import { ChargeTable } from '../_components/charge-table';
import { ListFoot, NothingListed } from '../_components/list-foot';
import { openForStaff } from '../_page/open';
import { addressOf, choiceOf, type Query, textOf } from '../_page/query';

export const metadata: Metadata = { title: 'Charges' };

const PATH = '/admin/charges';
const VIEWS: Record<ChargeFilter, string> = {
  under_way: 'Under way',
  unknown: 'Outcome unknown',
  captured: 'Captured',
  action_required: 'Action needed',
  not_taken: 'Not taken',
  captured_twice: 'Captured twice',
};
const FILTERS = Object.keys(VIEWS) as ChargeFilter[];

export default async function ChargesPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const filter = choiceOf(query, 'show', FILTERS);
  const after = textOf(query, 'after');
  const { shell, rows, next } = await openForStaff((ctx) => chargeList(ctx, { filter, after }));
  return (
    <AdminShell shell={shell} room="charges">
      <StaffPage last={false}>
        <PageHeading title="Charges" meta="Every try to collect an order, with Truemed’s answer." />
        <SavedViews
          views={[
            { href: PATH, label: 'All', current: filter === undefined },
            ...FILTERS.map((show) => ({
              href: addressOf(PATH, { show }),
              label: VIEWS[show],
              current: filter === show,
            })),
          ]}
        />
      </StaffPage>
      {rows.length === 0 ? (
        <NothingListed>
          {filter === undefined
            ? 'No charge was made yet. The first stands here when a subscription on an HSA/FSA card falls due.'
            : 'No charge is like that.'}
        </NothingListed>
      ) : (
        <ChargeTable rows={rows} reader={shell} />
      )}
      <div className="pb-12">
        {rows.length > 0 && (
          <ListFoot
            count={rows.length}
            order="the latest first"
            nextHref={next && addressOf(PATH, { show: filter, after: next })}
            firstHref={after ? addressOf(PATH, { show: filter }) : null}
          />
        )}
      </div>
    </AdminShell>
  );
}
