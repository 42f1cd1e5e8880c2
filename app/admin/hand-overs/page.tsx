import type { Metadata } from 'next';
import { StaffPage } from '@/components/staff-shell';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { DateText, Timestamp } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { daysAway } from '@/lib/core/date-words';
import { type HandOverList, handOverList } from '@/lib/views/admin-hand-overs';
import type { StaffSubscription } from '@/lib/views/admin-subscription-rows';
import { AdminShell } from '../_components/admin-shell';
import { NothingListed } from '../_components/list-foot';
import { StaffForm } from '../_components/staff-form';
import { openForStaff } from '../_page/open';
import type { Query } from '../_page/query';
import { confirmHandOverAction } from '../actions';

export const metadata: Metadata = { title: 'Hand-overs' };

export default async function HandOversPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const list = await openForStaff(handOverList);
  const { shell, rows, hasMore, chargesWait } = list;
  return (
    <AdminShell shell={shell} room="hand-overs">
      <StaffPage last={false}>
        <PageHeading
          title="Hand-overs"
          meta={
            chargesWait
              ? 'Moved to HSA/FSA and perhaps still billed by the former processor. Stop each there, then confirm: our first charge waits for it.'
              : 'Moved to HSA/FSA and perhaps still billed by the former processor. Stop each there before its day, then confirm.'
          }
        />
        {query.confirmed === '1' && (
          <div className="mt-5">
            <Notice kind="done" announce>
              Confirmed: the former processor no longer bills that one.
            </Notice>
          </div>
        )}
      </StaffPage>
      {rows.length === 0 ? (
        <NothingListed>
          Nothing to hand over. A subscription stands here from the moment that its customer is connected until you
          confirm that the former processor no longer bills it.
        </NothingListed>
      ) : (
        <HandOverTable list={list} />
      )}
      <p className="px-4 pt-4 pb-12 text-muted sm:px-8 lg:px-10">
        {rows.length > 0 && (hasMore ? 'These are the most urgent; more follow when they are done.' : 'That is all.')}
      </p>
    </AdminShell>
  );
}

function HandOverTable({ list }: { list: HandOverList }) {
  const columns: readonly Column[] = [
    { label: 'Customer' },
    { label: 'Subscription', shownFrom: 'md' },
    { label: 'Shop’s id', shownFrom: 'lg' },
    { label: list.chargesWait ? 'First charge' : 'Charged twice on', shownFrom: 'md' },
    { label: 'Moved', shownFrom: 'lg' },
    { label: list.mayConfirm ? 'Done there?' : 'Amount', align: 'right' },
  ];
  return (
    <DataTable caption="Subscriptions to hand over, the most urgent first" columns={columns}>
      {list.rows.map((row) => (
        <HandOverRow key={row.id} row={row} list={list} />
      ))}
    </DataTable>
  );
}

function HandOverRow({ row, list }: { row: StaffSubscription; list: HandOverList }) {
  const { customer, name, today, firstOfOursOn, movedAt, externalId } = row;
  const first = <DateText date={firstOfOursOn} today={today} form="short" />;
  return (
    <Row>
      <RowHead
        href={`/admin/subscriptions/${row.id}`}
        title={customer.name}
        detail={customer.email}
        phone={{
          detail: name,
          status: (
            <span className="text-fine">
              {list.chargesWait ? 'First charge' : 'Charged twice on'} <span className="font-semibold">{first}</span>
            </span>
          ),
        }}
      />
      <Cell shownFrom="md" detail={<Money cents={row.totalCents} />} cut>
        <span title={name}>{name}</span>
      </Cell>
      <Cell shownFrom="lg" cut>
        <span title={externalId}>{externalId}</span>
      </Cell>
      <Cell shownFrom="md" detail={daysAway(firstOfOursOn, today)}>
        <span className="font-medium">{first}</span>
      </Cell>
      <Cell shownFrom="lg">
        {movedAt === null ? '–' : <Timestamp at={movedAt} now={list.shell.now} timeZone={list.shell.timeZone} />}
      </Cell>
      <Cell align="right">
        {list.mayConfirm ? (
          <StaffForm
            action={confirmHandOverAction}
            fields={{ subscriptionId: row.id, from: 'list' }}
            verb={
              <>
                Confirm<span className="sr-only"> hand-over of {customer.name}</span>
              </>
            }
            busy="Confirming"
          />
        ) : (
          <Money cents={row.totalCents} column />
        )}
      </Cell>
    </Row>
  );
}
