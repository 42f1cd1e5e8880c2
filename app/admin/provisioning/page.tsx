import type { Metadata } from 'next';
import { StaffPage } from '@/components/staff-shell';
import { StatusChip } from '@/components/ui/chip';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { PageHeading } from '@/components/ui/page-heading';
import { SavedViews } from '@/components/ui/table-filters';
import { type ProvisionFilter, provisionList, type StaffProvisionRequest } from '@/lib/views/admin-provisioning';
import { AdminShell } from '../_components/admin-shell';
import { InstantCell } from '../_components/instant-cell';
import { ListFoot, NothingListed } from '../_components/list-foot';
import { Sentence } from '../_components/sentence';
import { openForStaff } from '../_page/open';
import { addressOf, choiceOf, type Query, textOf } from '../_page/query';
import { standing, WAITING_STATUS } from '../_words/provisioning';
import type { Reader } from '../_words/tasks';

export const metadata: Metadata = { title: 'Provisioning' };

const PATH = '/admin/provisioning';
const VIEWS: Record<ProvisionFilter, string> = {
  needs_staff: 'Needs a person',
  waiting: 'Under way',
  connected: 'Connected',
};
const FILTERS = Object.keys(VIEWS) as ProvisionFilter[];
const COLUMNS: readonly Column[] = [
  { label: 'Customer' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Standing', shownFrom: 'md' },
  { label: 'Begun', align: 'right' },
];

export default async function ProvisioningPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const filter = choiceOf(query, 'show', FILTERS);
  const after = textOf(query, 'after');
  const { shell, rows, next } = await openForStaff((ctx) => provisionList(ctx, { filter, after }));
  return (
    <AdminShell shell={shell} room="provisioning">
      <StaffPage last={false}>
        <PageHeading
          title="Provisioning"
          meta="Every move to HSA/FSA and every change of card, from us to Truemed and back."
        />
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
          {filter === undefined ? 'No customer has begun to move yet.' : 'No request is like that.'}
        </NothingListed>
      ) : (
        <DataTable caption="Provision requests, the latest first" columns={COLUMNS}>
          {rows.map((row) => (
            <RequestRow key={row.id} row={row} reader={shell} />
          ))}
        </DataTable>
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

function RequestRow({ row, reader }: { row: StaffProvisionRequest; reader: Reader }) {
  const status = <StatusChip status={WAITING_STATUS[row.state]} bare />;
  const words = standing(row);
  return (
    <Row>
      <RowHead
        href={`${PATH}/${row.id}`}
        title={row.customer.name}
        detail={row.customer.email}
        phone={{ detail: words, status }}
      />
      <Cell shownFrom="md" detail={row.kind === 'create' ? 'new token' : 'update'}>
        {status}
      </Cell>
      <Cell shownFrom="md">
        <Sentence>{words}</Sentence>
      </Cell>
      <InstantCell at={row.createdAt} reader={reader} />
    </Row>
  );
}
