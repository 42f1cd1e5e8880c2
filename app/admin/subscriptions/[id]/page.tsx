import type { Metadata } from 'next';
import { idFrom } from '@/app/_page/own';
import { StaffPage } from '@/components/staff-shell';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { staffSubscriptionPage } from '@/lib/views/admin-subscription';
import { AdminShell } from '../../_components/admin-shell';
import { ChargeDialog } from '../../_components/charge-dialog';
import { HandOverPanel } from '../../_components/hand-over-panel';
import { ReturnDialog, ReturnPanel } from '../../_components/return-panel';
import { SubscriptionDecision } from '../../_components/subscription-decision';
import { SubscriptionFactsPanel } from '../../_components/subscription-facts';
import { SubscriptionHistory } from '../../_components/subscription-history';
import { NotChargedDialog, UndecidedPanel } from '../../_components/undecided-panel';
import { openForStaff } from '../../_page/open';
import { type Query, textOf } from '../../_page/query';
import { chargeOutcome } from '../../_words/charges';

export const metadata: Metadata = { title: 'Subscription' };

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function SubscriptionPage({ params, searchParams }: PageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const before = textOf(query, 'before');
  const page = await openForStaff((ctx) => staffSubscriptionPage(ctx, { subscriptionId, before }));
  const { shell, subscription, charge, handOver, unreturned, undecided, timeline } = page;
  const { customer } = subscription;
  const path = `/admin/subscriptions/${subscriptionId}`;
  const charged = query.charged === '1' ? (subscription.openOrder?.state ?? 'paid') : null;
  return (
    <AdminShell shell={shell} room="subscriptions">
      <StaffPage>
        <PageHeading
          back={{ href: '/admin/subscriptions', label: 'Subscriptions' }}
          title={customer.name}
          meta={`${subscription.name} · ${customer.email}${customer.state === null ? '' : ` · ${customer.state}`}`}
        />
        <div className="mt-5 space-y-3 empty:hidden">
          {charged !== null && (
            <Notice kind={charged === 'paid' ? 'done' : 'wait'} announce>
              {chargeOutcome(charged)}
            </Notice>
          )}
          {query.returned === '1' && unreturned === null && (
            <Notice kind="done" announce>
              No payment waits to be returned any more. The history says what became of it.
            </Notice>
          )}
          {query.decided === '1' && undecided === null && (
            <Notice kind="done" announce>
              Noted: it was not charged. The order waits for you to charge it.
            </Notice>
          )}
          {query.confirmed === '1' && handOver === null && (
            <Notice kind="done" announce>
              Confirmed: the former processor no longer bills this one.
            </Notice>
          )}
        </div>
        <SubscriptionDecision page={page} />
        {unreturned !== null && (
          <ReturnPanel unreturned={unreturned} subscriptionId={subscriptionId} today={subscription.today} />
        )}
        {undecided !== null && (
          <UndecidedPanel undecided={undecided} subscriptionId={subscriptionId} today={subscription.today} />
        )}
        {handOver !== null && <HandOverPanel subscription={subscription} handOver={handOver} />}
        <div className="mt-10 grid gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_19.5rem]">
          <SubscriptionHistory timeline={timeline} path={path} isFirst={before === undefined} reader={shell} />
          <SubscriptionFactsPanel page={page} />
        </div>
      </StaffPage>
      {query.do === 'charge' && charge.kind === 'offered' && (
        <ChargeDialog
          offer={charge}
          subscriptionId={subscriptionId}
          customerName={customer.name}
          today={subscription.today}
        />
      )}
      {query.do === 'not-charged' && undecided?.mayDecide && (
        <NotChargedDialog undecided={undecided} subscriptionId={subscriptionId} today={subscription.today} />
      )}
      {query.do === 'return' && unreturned?.mayReturn && (
        <ReturnDialog unreturned={unreturned} subscriptionId={subscriptionId} today={subscription.today} />
      )}
    </AdminShell>
  );
}
