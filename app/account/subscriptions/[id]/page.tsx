import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { StatusChip } from '@/components/ui/chip';
import { PageHeading, QuietLink, Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { isLocalDate } from '@/lib/core/calendar';
import { intervalWithDay } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import { subscriptionPage } from '@/lib/views/subscription';
import { AccountShell } from '../../_components/account-shell';
import { ChangeList } from '../../_components/change-list';
import { ChangedNotice } from '../../_components/changed-notice';
import { ChargeNotices } from '../../_components/charge-notices';
import { EndedItemsNotice } from '../../_components/ended-items';
import { HeldItemsNotice } from '../../_components/held-items';
import { NextCharges } from '../../_components/next-charges';
import { OrderHistory } from '../../_components/order-history';
import { OrderLines } from '../../_components/order-lines';
import { SubscriptionAnswer } from '../../_components/subscription-answer';
import { subscriptionStatus } from '../../_words/subscription-status';

export const metadata: Metadata = { title: 'Subscription' };

interface SubscriptionPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ from?: string | string[]; before?: string | string[]; changed?: string | string[] }>;
}

export default async function SubscriptionPage({ params, searchParams }: SubscriptionPageProps) {
  const [{ id }, { from, before, changed }] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/subscriptions/${id}`));
  const olderThan = typeof before === 'string' && isLocalDate(before) ? before : undefined;
  const page = await orNotFound(subscriptionPage(ctx, { subscriptionId, before: olderThan }));
  const { shell, subscription, payment, history, older, held, heldItems, endedItems, mayChangeItems } = page;
  const isFirst = olderThan === undefined;
  return (
    <AccountShell shell={shell}>
      <PageHeading
        back={{ href: '/account', label: 'Overview' }}
        title={subscription.name}
        chip={<StatusChip status={subscriptionStatus(subscription, held?.state ?? null)} />}
        meta={`${formatCents(subscription.usualTotalCents)} ${intervalWithDay(subscription.schedule)}.`}
      />
      {isFirst && (
        <div className="mt-7">
          {changed !== undefined && (
            <ChangedNotice
              subscription={subscription}
              isSkip={changed === 'skip' && page.offered.includes('unskip')}
              isOpen={page.isOpen}
              mayResume={page.offered.includes('resume')}
            />
          )}
          {endedItems !== null && <EndedItemsNotice page={page} ended={endedItems} />}
          <ChargeNotices charges={history} fromTruemed={from === 'truemed'} />
          <SubscriptionAnswer page={page} />
        </div>
      )}
      {isFirst && <NextCharges subscription={subscription} card={payment?.card ?? null} />}
      {isFirst && (
        <Section
          id="in"
          title="In this order"
          more={
            mayChangeItems && (
              <QuietLink href={`/account/subscriptions/${id}/items`} small>
                Change items
              </QuietLink>
            )
          }
        >
          {heldItems !== null && <HeldItemsNotice held={heldItems} back={`/account/subscriptions/${id}`} />}
          <OrderLines order={subscription} totalLabel="Total" />
          {subscription.lines.some(({ isOnce }) => isOnce) && (
            <p className="mt-4">
              <QuietLink href={`/account/subscriptions/${id}/one-time`}>
                Take out what was added to this order
              </QuietLink>
            </p>
          )}
        </Section>
      )}
      {isFirst && <ChangeList page={page} />}
      {(history.length > 0 || !isFirst) && (
        <Section id="history" title={isFirst ? 'History' : 'Earlier orders'}>
          <OrderHistory charges={history} today={subscription.today} />
          <p className="mt-4 flex gap-6">
            {!isFirst && <QuietLink href={`/account/subscriptions/${id}`}>Latest orders</QuietLink>}
            {older !== null && (
              <QuietLink href={`/account/subscriptions/${id}?before=${older}`}>Earlier orders</QuietLink>
            )}
          </p>
        </Section>
      )}
    </AccountShell>
  );
}
