import { Notice } from '@/components/ui/notice';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';

/** Said after a change was made: how the subscription stands now, whatever the address claims. */
export function ChangedNotice({ subscription }: { subscription: SubscriptionFacts }) {
  return (
    <div className="mb-6">
      <Notice kind="done" announce>
        {standing(subscription)}
      </Notice>
    </div>
  );
}

function standing({ status, nextChargeOn, totalCents, pauseUntil, cancelOn, today }: SubscriptionFacts): string {
  if (status === 'canceled') return 'Canceled. Nothing more is charged.';
  if (cancelOn !== null) return `It ends on ${longDate(cancelOn, today)}. Nothing more is charged.`;
  if (status === 'paused')
    return pauseUntil === null
      ? 'Paused. Nothing is charged until you resume it.'
      : `Paused. Nothing is charged until ${longDate(pauseUntil, today)}.`;
  return nextChargeOn === null
    ? 'Saved.'
    : `Saved. Your next charge is ${formatCents(totalCents)} on ${longDate(nextChargeOn, today)}.`;
}
