import type { Metadata } from 'next';
import { LinkButton } from '@/components/ui/button';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import { type DeliveryStatus, eventList, type StaffDelivery } from '@/lib/views/admin-events';
import { InstantCell } from '../_components/instant-cell';
import { ChoiceViews, ListPage } from '../_components/list-page';
import { LookChip } from '../_components/look-chip';
import { Sentence } from '../_components/sentence';
import { openForStaff } from '../_page/open';
import { choiceOf, type Query, textOf } from '../_page/query';
import { answerWords, DELIVERY_LOOKS, hostOf } from '../_words/events';
import type { Reader } from '../_words/tasks';

export const metadata: Metadata = { title: 'Events' };

const PATH = '/admin/events';
const STATUSES = Object.keys(DELIVERY_LOOKS) as DeliveryStatus[];
const VIEWS = Object.fromEntries(STATUSES.map((status) => [status, DELIVERY_LOOKS[status].word])) as Record<
  DeliveryStatus,
  string
>;
const COLUMNS: readonly Column[] = [
  { label: 'Event' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Answer', shownFrom: 'md' },
  { label: 'Happened', align: 'right' },
];

export default async function EventsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const status = choiceOf(query, 'status', STATUSES);
  const after = textOf(query, 'after');
  const { shell, rows, next, hasEndpoint, disabledEndpoints } = await openForStaff((ctx) =>
    eventList(ctx, { status, after }),
  );
  return (
    <ListPage
      shell={shell}
      room="events"
      title="Events"
      meta="What the shop’s own systems are told, and what they answered. Orders are sent on invoice.paid."
      path={PATH}
      filters={{ status }}
      actions={
        <LinkButton href={`${PATH}/endpoints`} kind="edge" size="staff">
          Endpoints
        </LinkButton>
      }
      steer={
        <>
          {disabledEndpoints > 0 && (
            <div className="mt-5">
              <Notice kind="partial">
                {disabledEndpoints === 1 ? 'One endpoint is' : `${disabledEndpoints} endpoints are`} disabled. What
                happens waits. <QuietLink href={`${PATH}/endpoints`}>See endpoints</QuietLink>
              </Notice>
            </div>
          )}
          <ChoiceViews path={PATH} name="status" current={status} labels={VIEWS} />
        </>
      }
      count={rows.length}
      order="the latest first"
      after={after}
      next={next}
      nothing={
        !hasEndpoint
          ? 'Nobody is told yet. Add an endpoint, and what happens from then on stands here.'
          : status === undefined
            ? 'Nothing has happened since the endpoint was added.'
            : 'No delivery is like that.'
      }
    >
      <DataTable caption="Events on their way to endpoints, the latest first" columns={COLUMNS}>
        {rows.map((row) => (
          <DeliveryRow key={row.id} row={row} reader={shell} />
        ))}
      </DataTable>
    </ListPage>
  );
}

function DeliveryRow({ row, reader }: { row: StaffDelivery; reader: Reader }) {
  const status = <LookChip look={DELIVERY_LOOKS[row.status]} bare />;
  return (
    <Row>
      <RowHead
        href={`${PATH}/${row.eventId}`}
        title={row.type}
        detail={hostOf(row.url)}
        phone={{ detail: hostOf(row.url), status }}
      />
      <Cell shownFrom="md" detail={row.tries > 1 ? `tried ${row.tries} times` : undefined}>
        {status}
      </Cell>
      <Cell shownFrom="md">
        <Sentence>{answerWords(row)}</Sentence>
      </Cell>
      <InstantCell at={row.createdAt} reader={reader} />
    </Row>
  );
}
