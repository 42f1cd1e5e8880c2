import type { Metadata } from 'next';
import { type ChargeFilter, chargeList } from '@/lib/views/admin-charges';
import { ChargeTable } from '../_components/charge-table';
import { ChoiceViews, ListPage } from '../_components/list-page';
import { openForStaff } from '../_page/open';
import { choiceOf, type Query, textOf } from '../_page/query';

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
    <ListPage
      shell={shell}
      room="charges"
      title="Charges"
      meta="Every try to collect an order, with Truemed’s answer."
      path={PATH}
      filters={{ show: filter }}
      steer={<ChoiceViews path={PATH} name="show" current={filter} labels={VIEWS} />}
      count={rows.length}
      order="the latest first"
      after={after}
      next={next}
      nothing={
        filter === undefined
          ? 'No charge was made yet. The first stands here when a subscription on an HSA/FSA card falls due.'
          : 'No charge is like that.'
      }
    >
      <ChargeTable rows={rows} reader={shell} />
    </ListPage>
  );
}
