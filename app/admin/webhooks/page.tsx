import type { Metadata } from 'next';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { type StaffWebhook, type WebhookStatus, webhookList } from '@/lib/views/admin-webhooks';
import { InstantCell } from '../_components/instant-cell';
import { ChoiceViews, ListPage } from '../_components/list-page';
import { LookChip } from '../_components/look-chip';
import { Sentence } from '../_components/sentence';
import { openForStaff } from '../_page/open';
import { choiceOf, type Query, textOf } from '../_page/query';
import type { Reader } from '../_words/tasks';
import { effectWords, verdict, WEBHOOK_LOOKS } from '../_words/webhooks';

export const metadata: Metadata = { title: 'Webhooks' };

const PATH = '/admin/webhooks';
const STATUSES = Object.keys(WEBHOOK_LOOKS) as WebhookStatus[];
const VIEWS = Object.fromEntries(STATUSES.map((status) => [status, WEBHOOK_LOOKS[status].word])) as Record<
  WebhookStatus,
  string
>;
const COLUMNS: readonly Column[] = [
  { label: 'Event' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Effect', shownFrom: 'md' },
  { label: 'Received', align: 'right' },
];

export default async function WebhooksPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const status = choiceOf(query, 'status', STATUSES);
  const after = textOf(query, 'after');
  const { shell, rows, next } = await openForStaff((ctx) => webhookList(ctx, { status, after }));
  return (
    <ListPage
      shell={shell}
      room="webhooks"
      title="Webhooks"
      meta="Every delivery of Truemed’s that we acknowledged, and what it led to."
      path={PATH}
      filters={{ status }}
      steer={<ChoiceViews path={PATH} name="status" current={status} labels={VIEWS} />}
      count={rows.length}
      order="the latest first"
      after={after}
      next={next}
      nothing={status === undefined ? 'Truemed has not sent anything yet.' : 'No delivery is like that.'}
    >
      <DataTable caption="Webhook deliveries, the latest first" columns={COLUMNS}>
        {rows.map((row) => (
          <WebhookRow key={row.id} row={row} reader={shell} />
        ))}
      </DataTable>
    </ListPage>
  );
}

function WebhookRow({ row, reader }: { row: StaffWebhook; reader: Reader }) {
  const status = <LookChip look={WEBHOOK_LOOKS[row.status]} bare />;
  const words = effectWords(row);
  return (
    <Row>
      <RowHead
        href={`${PATH}/${row.id}`}
        title={row.eventType}
        detail={verdict(row)}
        phone={{ detail: words, status }}
      />
      <Cell shownFrom="md" detail={row.tries > 1 ? `tried ${row.tries} times` : undefined}>
        {status}
      </Cell>
      <Cell shownFrom="md">
        <Sentence>{words}</Sentence>
      </Cell>
      <InstantCell at={row.receivedAt} reader={reader} />
    </Row>
  );
}
