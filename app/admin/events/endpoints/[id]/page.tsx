import type { Metadata } from 'next';
import { idFrom } from '@/app/_page/own';
import { StaffPage } from '@/components/staff-shell';
import { Timestamp } from '@/components/ui/date-text';
import { FactList } from '@/components/ui/fact-list';
import { Notice } from '@/components/ui/notice';
import { PageHeading, Section } from '@/components/ui/page-heading';
import { DecisionPanel } from '@/components/ui/staff-rows';
import { type EndpointPage, endpointPage } from '@/lib/views/admin-endpoints';
import { AdminShell } from '../../../_components/admin-shell';
import { LookChip } from '../../../_components/look-chip';
import { StaffForm } from '../../../_components/staff-form';
import { openForStaff } from '../../../_page/open';
import type { Query } from '../../../_page/query';
import { endpointLook, hostOf } from '../../../_words/events';
import { disableEndpointAction, enableEndpointAction, rotateSecretAction } from '../../actions';

export const metadata: Metadata = { title: 'Endpoint' };

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function EndpointDetailPage({ params, searchParams }: PageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const endpointId = idFrom('endpoint', id);
  const page = await openForStaff((ctx) => endpointPage(ctx, { endpointId }));
  const { shell, endpoint } = page;
  const isEnabled = endpoint.status === 'enabled';
  return (
    <AdminShell shell={shell} room="events">
      <StaffPage>
        <PageHeading
          back={{ href: '/admin/events/endpoints', label: 'Endpoints' }}
          title={hostOf(endpoint.url)}
          meta={<span className="break-all">{endpoint.url}</span>}
        />
        {query.enabled === '1' && isEnabled && (
          <div className="mt-5">
            <Notice kind="wait" announce>
              It is told again. What waited goes out with the next ticks, the oldest first.
            </Notice>
          </div>
        )}
        <DecisionPanel
          id="standing"
          chip={<LookChip look={endpointLook(endpoint)} />}
          title={isEnabled ? 'It is told of every event' : (endpoint.disabledReason ?? 'It is told nothing')}
          {...(page.mayManage
            ? {
                actions: isEnabled ? (
                  <StaffForm action={disableEndpointAction} fields={{ endpointId }} verb="Disable" busy="Disabling" />
                ) : (
                  <StaffForm action={enableEndpointAction} fields={{ endpointId }} verb="Enable" busy="Enabling" />
                ),
              }
            : {})}
        >
          {isEnabled
            ? 'While it does not answer, its events wait. After three days without an answer it is disabled.'
            : 'Nothing is lost: its events wait, and go out when it is enabled, the oldest first.'}
        </DecisionPanel>
        <Section id="facts" title="What it is">
          <div className="max-w-[40rem]">
            <FactList facts={factsOf(page)} />
          </div>
        </Section>
        {page.mayManage && (
          <Section id="secret" title="Secret">
            <p className="max-w-[40rem] text-muted">
              It signs what is sent. A new one is shown once; the former one signs as well for 24 hours, so that the
              system can change over.
            </p>
            <div className="mt-4 max-w-[40rem] wrap-anywhere">
              <StaffForm action={rotateSecretAction} fields={{ endpointId }} verb="New secret" busy="Making" />
            </div>
          </Section>
        )}
      </StaffPage>
    </AdminShell>
  );
}

function factsOf({ endpoint, shell }: EndpointPage) {
  const time = (at: Date) => <Timestamp at={at} now={shell.now} timeZone={shell.timeZone} form="full" />;
  const { waiting, failingSince, disabledAt, formerSecretUntil, createdAt } = endpoint;
  return [
    { term: 'Events that wait', value: waiting },
    ...(failingSince === null ? [] : [{ term: 'Has taken nothing since', value: time(failingSince) }]),
    ...(disabledAt === null ? [] : [{ term: 'Disabled', value: time(disabledAt) }]),
    ...(formerSecretUntil === null ? [] : [{ term: 'Former secret signs until', value: time(formerSecretUntil) }]),
    { term: 'Added', value: time(createdAt) },
    { term: 'Record', value: <span className="break-all">{endpoint.id}</span> },
  ];
}
