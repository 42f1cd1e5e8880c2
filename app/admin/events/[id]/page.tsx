import type { Metadata } from 'next';
import { idFrom } from '@/app/_page/own';
import { StaffPage } from '@/components/staff-shell';
import { Timestamp } from '@/components/ui/date-text';
import { FactList } from '@/components/ui/fact-list';
import { Notice } from '@/components/ui/notice';
import { PageHeading, QuietLink, Section } from '@/components/ui/page-heading';
import { DecisionPanel } from '@/components/ui/staff-rows';
import { type EventPage, eventPage, type StaffDelivery } from '@/lib/views/admin-events';
import { AdminShell } from '../../_components/admin-shell';
import { LookChip } from '../../_components/look-chip';
import { StaffForm } from '../../_components/staff-form';
import { openForStaff } from '../../_page/open';
import type { Query } from '../../_page/query';
import { answerWords, DELIVERY_LOOKS } from '../../_words/events';
import { replayEventAction } from '../actions';

export const metadata: Metadata = { title: 'Event' };

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function EventDetailPage({ params, searchParams }: PageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const eventId = idFrom('event', id);
  const page = await openForStaff((ctx) => eventPage(ctx, { eventId }));
  const { shell, event, subscriptionId, deliveries } = page;
  return (
    <AdminShell shell={shell} room="events">
      <StaffPage>
        <PageHeading
          back={{ href: '/admin/events', label: 'Events' }}
          title={event.type}
          meta={
            <>
              Happened <Timestamp at={event.createdAt} now={shell.now} timeZone={shell.timeZone} form="full" />
              {subscriptionId !== null && (
                <>
                  {' · '}
                  <QuietLink href={`/admin/subscriptions/${subscriptionId}`}>its subscription</QuietLink>
                </>
              )}
            </>
          }
        />
        {query.replayed === '1' && deliveries.some(({ status }) => status === 'pending') && (
          <div className="mt-5">
            <Notice kind="wait" announce>
              It is sent again by the next tick.
            </Notice>
          </div>
        )}
        <SendAgain page={page} />
        {deliveries.map((delivery) => (
          <Section
            key={delivery.id}
            id={delivery.id}
            title={<span className="break-all">{delivery.url}</span>}
            more={<LookChip look={DELIVERY_LOOKS[delivery.status]} />}
          >
            <p className="max-w-[40rem] break-words text-muted">{answerWords(delivery)}</p>
            <div className="mt-3 max-w-[40rem]">
              <FactList facts={factsOf(delivery, page)} />
            </div>
          </Section>
        ))}
        <Section id="payload" title="What is sent">
          <pre className="whitespace-pre-wrap break-all rounded-box bg-base-200 px-5 py-4 text-fine">
            {pretty(event.payload)}
          </pre>
        </Section>
      </StaffPage>
    </AdminShell>
  );
}

function SendAgain({ page: { event, deliveries, mayReplay } }: { page: EventPage }) {
  const [first] = deliveries;
  return (
    <DecisionPanel
      id="again"
      chip={first && <LookChip look={DELIVERY_LOOKS[first.status]} />}
      title={deliveries.length === 0 ? 'Nobody has been told of it' : 'Who has been told'}
      {...(mayReplay
        ? {
            actions: (
              <StaffForm action={replayEventAction} fields={{ eventId: event.id }} verb="Send again" busy="Asking" />
            ),
          }
        : {})}
    >
      It goes out with the same id, {event.id}, to each enabled endpoint. A system that has it already knows it by that.
    </DecisionPanel>
  );
}

function factsOf(delivery: StaffDelivery, { shell }: EventPage) {
  const time = (at: Date) => <Timestamp at={at} now={shell.now} timeZone={shell.timeZone} form="full" />;
  return [
    { term: 'Tried', value: delivery.tries === 1 ? 'once' : `${delivery.tries} times` },
    ...(delivery.lastTriedAt === null ? [] : [{ term: 'Last', value: time(delivery.lastTriedAt) }]),
    ...(delivery.dueAt === null ? [] : [{ term: 'Tried again', value: time(delivery.dueAt) }]),
  ];
}

const pretty = (payload: string) => JSON.stringify(JSON.parse(payload), null, 2);
