import type { Metadata } from 'next';
import { idFrom } from '@/app/_page/own';
import { StaffPage } from '@/components/staff-shell';
import { Timestamp } from '@/components/ui/date-text';
import { FactList } from '@/components/ui/fact-list';
import { Notice } from '@/components/ui/notice';
import { PageHeading, Section } from '@/components/ui/page-heading';
import { DecisionPanel } from '@/components/ui/staff-rows';
import { type WebhookPage, webhookPage } from '@/lib/views/admin-webhooks';
import { AdminShell } from '../../_components/admin-shell';
import { LookChip } from '../../_components/look-chip';
import { StaffForm } from '../../_components/staff-form';
import { openForStaff } from '../../_page/open';
import type { Query } from '../../_page/query';
import { effectWords, verdict, WEBHOOK_LOOKS } from '../../_words/webhooks';
import { replayWebhookAction } from '../../actions';

export const metadata: Metadata = { title: 'Webhook' };

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function WebhookDetailPage({ params, searchParams }: PageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const webhookId = idFrom('webhook', id);
  const page = await openForStaff((ctx) => webhookPage(ctx, { webhookId }));
  const { shell, webhook } = page;
  return (
    <AdminShell shell={shell} room="webhooks">
      <StaffPage>
        <PageHeading
          back={{ href: '/admin/webhooks', label: 'Webhooks' }}
          title={webhook.eventType}
          meta={
            <>
              Received <Timestamp at={webhook.receivedAt} now={shell.now} timeZone={shell.timeZone} form="full" /> ·{' '}
              {verdict(webhook)}
            </>
          }
        />
        {query.replayed === '1' && webhook.status === 'received' && (
          <div className="mt-5">
            <Notice kind="wait" announce>
              It is processed again by the next tick.
            </Notice>
          </div>
        )}
        <DecisionPanel
          id="effect"
          chip={<LookChip look={WEBHOOK_LOOKS[webhook.status]} />}
          title={effectWords(webhook)}
          {...(page.mayReplay && webhook.status !== 'received'
            ? {
                actions: (
                  <StaffForm
                    action={replayWebhookAction}
                    fields={{ webhookId: webhook.id }}
                    verb="Process again"
                    busy="Asking"
                  />
                ),
              }
            : {})}
        >
          Processing reads the truth at Truemed again, so doing it twice changes nothing twice. The body stays sealed.
        </DecisionPanel>
        <Section id="facts" title="What it is">
          <div className="max-w-[40rem]">
            <FactList facts={factsOf(page)} />
          </div>
        </Section>
      </StaffPage>
    </AdminShell>
  );
}

function factsOf({ webhook, shell }: WebhookPage) {
  const time = (at: Date) => <Timestamp at={at} now={shell.now} timeZone={shell.timeZone} form="full" />;
  return [
    { term: 'Delivery', value: <span className="break-all">{webhook.deliveryKey}</span> },
    { term: 'Tried', value: webhook.tries === 1 ? 'once' : `${webhook.tries} times` },
    ...(webhook.processedAt === null ? [] : [{ term: 'Processed', value: time(webhook.processedAt) }]),
    ...(webhook.dueAt === null ? [] : [{ term: 'Tried again', value: time(webhook.dueAt) }]),
    ...(webhook.lastError === null ? [] : [{ term: 'Last error', value: webhook.lastError }]),
    { term: 'Record', value: <span className="break-all">{webhook.id}</span> },
  ];
}
