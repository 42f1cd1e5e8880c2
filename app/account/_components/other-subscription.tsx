import { StatusChip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { SmallSheet } from '@/components/ui/sheet';
import { everyInterval } from '@/lib/core/interval-words';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { MoveInvitation } from './billed-elsewhere';
import { OrderLink } from './order-link';

/** A subscription that the answer does not speak of: billed elsewhere, paused or canceled. */
export function OtherSubscription({ subscription }: { subscription: SubscriptionFacts }) {
  const { id, name, schedule, nextChargeOn, totalCents, today, status, billingMethod } = subscription;
  const headingId = `${id}-name`;
  const isExternal = billingMethod === 'external' && status !== 'canceled';
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
              status === 'paused' ? (
                'Paused. Nothing is charged until it is resumed.'
              ) : (
                'Canceled. Nothing more is charged.'
              )
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
        <StatusChip status={status === 'paused' ? 'Paused' : status === 'canceled' ? 'Canceled' : 'Billed elsewhere'} />
      </div>
      {isExternal && <MoveInvitation subscription={subscription} labelId={headingId} kind="edge" />}
    </SmallSheet>
  );
}
