import type { Metadata } from 'next';
import { QuietLink, Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { type AccountOverview, accountOverview } from '@/lib/views/account';
import { isOpen } from '@/lib/views/charge-state';
import { AccountShell } from './_components/account-shell';
import { BilledElsewhereAnswer } from './_components/billed-elsewhere';
import { ChargeNotices } from './_components/charge-notices';
import { ComingUpList } from './_components/coming-up';
import { HeldAnswer } from './_components/held-answer';
import { HowYouPay } from './_components/how-you-pay';
import { InactiveAnswer } from './_components/inactive-answer';
import { NextChargeAnswer } from './_components/next-charge-answer';
import { OpenOrderAnswer, OpenOrders } from './_components/open-orders';
import { OrderHistory } from './_components/order-history';
import { OrderOnHold } from './_components/order-on-hold';
import { OtherSubscription } from './_components/other-subscription';

export const metadata: Metadata = { title: 'Overview' };

interface AccountPageProps {
  searchParams: Promise<{ from?: string | string[] }>;
}

export default async function AccountPage({ searchParams }: AccountPageProps) {
  const ctx = await pageContext(await requireCustomerPage('/account'));
  const [overview, { from }] = await Promise.all([accountOverview(ctx), searchParams]);
  const { shell, answer, payment, others, alsoHeld, comingUp, ordered, recent, today } = overview;
  const isHeld = answer.kind === 'action_needed';
  // Where there is no subscription yet, the latest of them is the answer.
  const beside = answer.subscription === null ? ordered.slice(1) : ordered;
  return (
    <AccountShell shell={shell}>
      <ChargeNotices charges={recent} fromTruemed={from === 'truemed'} />
      <AccountAnswer overview={overview} />
      {isHeld && <OrderOnHold charge={answer.charge} schedule={answer.subscription.schedule} />}
      {alsoHeld.length > 0 && (
        <Section id="held" title="Also on hold">
          <OrderHistory charges={alsoHeld} today={today} />
        </Section>
      )}
      {beside.length > 0 && <OpenOrders orders={beside} />}
      {payment !== null && !isHeld && <HowYouPay payment={payment} paysFor={payment.paysFor} today={today} />}
      {comingUp.length > 0 && <ComingUpList charges={comingUp} today={today} />}
      {others.length > 0 && (
        <Section id="other" title={othersTitle(overview)}>
          <div className="space-y-5">
            {others.map((subscription) => (
              <OtherSubscription key={subscription.id} subscription={subscription} />
            ))}
          </div>
        </Section>
      )}
      {recent.length > 0 && (
        <Section id="recent" title="Recent">
          <OrderHistory charges={recent} today={today} />
        </Section>
      )}
      {answer.subscription !== null && (
        <p className="mt-12">
          <QuietLink href="/plans">See what else you can subscribe to</QuietLink>
        </p>
      )}
    </AccountShell>
  );
}

function AccountAnswer({ overview: { answer, payment, shell, recent, ordered } }: { overview: AccountOverview }) {
  switch (answer.kind) {
    case 'action_needed':
      return <HeldAnswer place="overview" {...answer} payment={payment} merchant={shell.merchant} />;
    case 'next_charge':
      return <NextChargeAnswer place="overview" {...answer} payment={payment} />;
    case 'billed_elsewhere':
      return <BilledElsewhereAnswer place="overview" {...answer} />;
    case 'inactive':
      if (answer.subscription === null && ordered[0] !== undefined) return <OpenOrderAnswer order={ordered[0]} />;
      return (
        <InactiveAnswer {...answer} hasCard={payment !== null} isOpen={recent.some(({ state }) => isOpen(state))} />
      );
  }
}

function othersTitle({ others }: AccountOverview): string {
  return others.length === 1 ? 'Your other subscription' : 'Your other subscriptions';
}
