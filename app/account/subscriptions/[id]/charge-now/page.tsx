import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { LinkButton } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { type ChargeNowPreview, chargeNowPreview } from '@/lib/views/charge-now';
import { AccountShell } from '../../../_components/account-shell';
import { NotNow } from '../../../_components/not-now';
import { cardWords } from '../../../_words/card-words';
import { chargeNowRefusal } from '../../../_words/charge-now-words';
import { chargeNowAction } from '../../charge-now-action';
import { ChangeForm } from '../[change]/_components/change-form';
import { Effect } from '../[change]/_components/effect';

export const metadata: Metadata = { title: 'Order now' };

/** The next order before its day: what is charged today, to which card, and what the dates become. */
export default async function ChargeNowPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/charge-now`));
  const preview = await orNotFound(chargeNowPreview(ctx, { subscriptionId }));
  const { shell, subscription, outcome } = preview;
  return (
    <AccountShell shell={shell}>
      <PageHeading back={{ href: back, label: 'Subscription' }} title="Order now" meta={subscription.name} />
      <div className="mt-7">
        <Sheet labelledBy="order">
          {outcome.ok ? (
            <Confirm preview={preview} outcome={outcome} back={back} />
          ) : (
            <NotNow id="order" title="This order cannot be made now" back={back}>
              {chargeNowRefusal(outcome.reason, outcome.from, subscription.today)}
            </NotNow>
          )}
        </Sheet>
      </div>
    </AccountShell>
  );
}

function Confirm({
  preview: { subscription, payment, now },
  outcome: { periodStart, totalCents, after, readiness },
  back,
}: {
  preview: ChargeNowPreview;
  outcome: Extract<ChargeNowPreview['outcome'], { ok: true }>;
  back: string;
}) {
  const { id, today } = subscription;
  const amount = formatCents(totalCents);
  const following = after[1];
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. You have not been charged.</p>
      <h2 id="order" className="text-answer font-semibold">
        Pay {amount} today?
      </h2>
      <p className="mt-3">
        This is your order of {dayAndMonth(periodStart, today)}, made today and charged to{' '}
        {cardWords(payment?.card ?? null)}. It is not charged again on {dayAndMonth(periodStart, today)}. Later orders
        keep their days
        {following === undefined
          ? '.'
          : `: the next charge is ${formatCents(following.totalCents)} on ${longDate(following.date, today)}.`}
      </p>
      <Effect now={now} after={after} readiness={readiness} today={today} />
      <ChangeForm
        action={chargeNowAction}
        fields={{ subscriptionId: id, periodStart, totalCents: String(totalCents) }}
        verb={`Pay ${amount} now`}
        busy="Paying"
        foot="If Truemed asks something of you first, nothing is charged, and we tell you what it is."
      >
        <LinkButton href={back} kind="bare" wide>
          Keep it on {dayAndMonth(periodStart, today)}
        </LinkButton>
      </ChangeForm>
    </>
  );
}
