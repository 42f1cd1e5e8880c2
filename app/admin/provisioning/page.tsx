import type { Metadata } from 'next';
import { StatusChip } from '@/components/ui/chip';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { type ProvisionFilter, provisionList, type StaffProvisionRequest } from '@/lib/views/admin-provisioning';
import { InstantCell } from '../_components/instant-cell';
import { ChoiceViews, ListPage } from '../_components/list-page';
import { Sentence } from '../_components/sentence';
import { openForStaff } from '../_page/open';
import { choiceOf, type Query, textOf } from '../_page/query';
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
    <ListPage
      shell={shell}
      room="provisioning"
      title="Provisioning"
      meta="Every move to HSA/FSA and every change of card, from us to Truemed and back."
      path={PATH}
      filters={{ show: filter }}
      steer={<ChoiceViews path={PATH} name="show" current={filter} labels={VIEWS} />}
      count={rows.length}
      order="the latest first"
      after={after}
      next={next}
      nothing={filter === undefined ? 'No customer has begun to move yet.' : 'No request is like that.'}
    >
      <DataTable caption="Provision requests, the latest first" columns={COLUMNS}>
        {rows.map((row) => (
          <RequestRow key={row.id} row={row} reader={shell} />
        ))}
      </DataTable>
    </ListPage>
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
