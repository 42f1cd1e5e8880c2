import { StatusChip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { SmallSheet } from '@/components/ui/sheet';
import { longDate } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { subscriptionStatus } from '../_words/subscription-status';
import { MoveInvitation } from './billed-elsewhere';
import { OrderLink } from './order-link';

/** A subscription that the answer does not speak of: billed elsewhere, paused, about to end, or canceled. */
export function OtherSubscription({ subscription }: { subscription: SubscriptionFacts }) {
  const { id, name, schedule, nextChargeOn, totalCents, today } = subscription;
  const headingId = `${id}-name`;
  const chip = subscriptionStatus(subscription, null);
  return (
    <SmallSheet labelledBy={headingId}>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 break-words">
          <h3 id={headingId} className="text-lead font-semibold">
            <OrderLink to={{ subscriptionId: id }}>{name}</OrderLink>
          </h3>
          <p className="text-muted">
            {everyInterval(schedule.interval)}.{' '}
            {nextChargeOn === null ? (
              atRest(subscription)
            ) : (
              <>
                Next charge{' '}
                <span className="text-base-content">
                  <Money cents={totalCents} /> on <DateText date={nextChargeOn} today={today} />
                </span>
                .
              </>
            )}
          </p>
        </div>
        <StatusChip status={chip} />
      </div>
      {chip === 'Billed elsewhere' && <MoveInvitation subscription={subscription} labelId={headingId} kind="edge" />}
    </SmallSheet>
  );
}

function atRest({ status, pauseUntil, cancelOn, today }: SubscriptionFacts): string {
  if (status === 'paused')
    return pauseUntil === null
      ? 'Paused. Nothing is charged until it is resumed.'
      : `Paused. Nothing is charged until ${longDate(pauseUntil, today)}.`;
  return cancelOn === null || status === 'canceled'
    ? 'Canceled. Nothing more is charged.'
    : `It ends on ${longDate(cancelOn, today)}. Nothing more is charged.`;
}
