import type { Metadata } from 'next';
import { idFrom } from '@/app/_page/own';
import { StaffPage } from '@/components/staff-shell';
import { StatusChip } from '@/components/ui/chip';
import { Timestamp } from '@/components/ui/date-text';
import { FactList } from '@/components/ui/fact-list';
import { Notice } from '@/components/ui/notice';
import { PageHeading, QuietLink, Section } from '@/components/ui/page-heading';
import { type ProvisionPage, provisionPage } from '@/lib/views/admin-provisioning';
import { AdminShell } from '../../_components/admin-shell';
import { KnownTokens } from '../../_components/known-tokens';
import { openForStaff } from '../../_page/open';
import type { Query } from '../../_page/query';
import { standing, WAITING_STATUS } from '../../_words/provisioning';

export const metadata: Metadata = { title: 'Provision request' };

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function ProvisionRequestPage({ params, searchParams }: PageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const requestId = idFrom('provisionRequest', id);
  const page = await openForStaff((ctx) => provisionPage(ctx, { requestId }));
  const { shell, request, known } = page;
  return (
    <AdminShell shell={shell} room="provisioning">
      <StaffPage>
        <PageHeading
          back={{ href: '/admin/provisioning', label: 'Provisioning' }}
          title={request.customer.name}
          chip={<StatusChip status={WAITING_STATUS[request.state]} />}
          meta={request.customer.email}
        />
        <p className="mt-5 max-w-[36rem] text-small">{standing(request)}</p>
        {query.linked === '1' && request.status === 'connected' && (
          <div className="mt-5">
            <Notice kind="done" announce>
              Linked. The customer is connected, and the subscription is in the list to hand over.
            </Notice>
          </div>
        )}
        {known !== null && <KnownTokens known={known} request={request} reader={shell} />}
        <Section id="facts" title="What it is">
          <div className="max-w-[40rem]">
            <FactList facts={factsOf(page)} />
          </div>
        </Section>
      </StaffPage>
    </AdminShell>
  );
}

function factsOf({ request, shell }: ProvisionPage) {
  const time = (term: string, at: Date | null) =>
    at === null ? [] : [{ term, value: <Timestamp at={at} now={shell.now} timeZone={shell.timeZone} form="full" /> }];
  const { subscriptionId, truemedRequestId } = request;
  return [
    { term: 'Asks for', value: request.kind === 'create' ? 'a new payment token' : 'an update of the payment token' },
    ...(subscriptionId === null
      ? []
      : [
          {
            term: 'Moves',
            value: <QuietLink href={`/admin/subscriptions/${subscriptionId}`}>the subscription</QuietLink>,
          },
        ]),
    { term: 'Shown', value: request.embedded ? 'inside our page' : 'at Truemed' },
    ...time('Begun', request.createdAt),
    ...time('Came back', request.returnedAt),
    ...time('Came back without finishing', request.declinedAt),
    ...time('Last asked for the token', request.lastAskedAt),
    ...time('Asked again', request.dueAt),
    ...time('Connected', request.connectedAt),
    { term: 'Sent', value: request.tries === 1 ? 'once' : `${request.tries} times` },
    ...(request.errorCode === null ? [] : [{ term: 'Truemed’s answer', value: request.errorCode }]),
    ...(truemedRequestId === null
      ? []
      : [{ term: 'Truemed’s id', value: <span className="break-all">{truemedRequestId}</span> }]),
    { term: 'Record', value: <span className="break-all">{request.id}</span> },
  ];
}
