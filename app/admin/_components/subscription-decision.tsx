import { LinkButton } from '@/components/ui/button';
import { DateText } from '@/components/ui/date-text';
import { DecisionPanel } from '@/components/ui/staff-rows';
import { cardName } from '@/lib/core/card-words';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { StaffSubscriptionPage } from '@/lib/views/admin-subscription';
import { answered, CHARGE_REFUSALS, HOLD_WORDS } from '../_words/charges';
import { subscriptionLook } from '../_words/subscription';
import { LookChip } from './look-chip';

/** Where the subscription stands, and what can be done about it now. */
export function SubscriptionDecision({ page }: { page: StaffSubscriptionPage }) {
  const { subscription, charge } = page;
  return (
    <DecisionPanel
      id="do"
      chip={<LookChip look={subscriptionLook(subscription)} />}
      title={titleOf(page)}
      {...(charge.kind === 'offered'
        ? {
            actions: (
              <LinkButton href={`/admin/subscriptions/${subscription.id}?do=charge`} size="staff">
                Charge now
              </LinkButton>
            ),
          }
        : {})}
      {...(charge.kind === 'not_offered'
        ? { reason: `“Charge now” is not offered: ${CHARGE_REFUSALS[charge.reason]}` }
        : {})}
    >
      <Situation page={page} />
    </DecisionPanel>
  );
}

function titleOf({ subscription }: StaffSubscriptionPage): string {
  const { openOrder, nextChargeOn, totalCents, today, status, billingMethod } = subscription;
  if (openOrder !== null) {
    const renewal = `A renewal of ${formatCents(openOrder.totalCents)}`;
    if (openOrder.state === 'on_its_way') return `${renewal} waits for Truemed`;
    if (openOrder.state === 'outcome_unknown') return `The outcome of ${formatCents(openOrder.totalCents)} is unknown`;
    if (openOrder.state === 'in_progress' || openOrder.recoveryReason === null) return `${renewal} is being charged`;
    return `${renewal} ${HOLD_WORDS[openOrder.recoveryReason]}`;
  }
  if (nextChargeOn === null) return status === 'canceled' ? 'Nothing more is charged' : 'Nothing is charged';
  const next = `${formatCents(totalCents)} on ${longDate(nextChargeOn, today)}`;
  return billingMethod === 'external' ? `${next}, billed elsewhere` : next;
}

function Situation({ page: { subscription, handOver } }: { page: StaffSubscriptionPage }) {
  const { openOrder, payment, today, billingMethod, nextChargeOn, lastExternalOn } = subscription;
  if (openOrder !== null) {
    return (
      <>
        Order of <DateText date={openOrder.orderOn} today={today} />
        {answered(openOrder.errorCode)}.
        {nextChargeOn !== null && (
          <>
            {' '}
            The one after it is due on <DateText date={nextChargeOn} today={today} />.
          </>
        )}
        {(openOrder.state === 'waits_for_survey' || openOrder.state === 'waits_for_card') &&
          ' When the customer has finished at Truemed, the charge goes out by itself; before that Truemed gives the same answer.'}
        {openOrder.state === 'card_spent' &&
          ' The card was refused too often in 30 days: it is not tried again by itself, until the customer has given Truemed another one or you charge it.'}
      </>
    );
  }
  if (billingMethod === 'external') {
    return 'The former processor charges the card that was given at checkout. We never charge this one until the customer moves it to HSA/FSA.';
  }
  if (nextChargeOn === null) return 'It keeps its card and its price.';
  if (handOver?.chargesWait) return 'Our first charge waits until the hand-over is confirmed.';
  return (
    <>
      {payment === null
        ? 'There is no live payment token, so the charge will not be possible.'
        : `To the ${cardName(payment.card)}.`}
      {lastExternalOn !== null && (
        <>
          {' '}
          The order of <DateText date={lastExternalOn} today={today} form="day" /> is still billed by the former
          processor.
        </>
      )}
    </>
  );
}
