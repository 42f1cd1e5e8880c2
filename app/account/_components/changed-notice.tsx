import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { CHANGE_LINKS } from '../_words/change-words';

/**
 * Said after a change was made: how the subscription stands now, whatever the address claims. `isSkip`: an order was skipped,
 * and that can be taken back.
 */
export function ChangedNotice({ subscription, isSkip }: { subscription: SubscriptionFacts; isSkip: boolean }) {
  return (
    <div className="mb-6">
      <Notice kind="done" announce>
        {standing(subscription, isSkip ? 'Skipped.' : 'Saved.')}
        {isSkip && (
          <>
            {' '}
            <QuietLink href={`/account/subscriptions/${subscription.id}/${CHANGE_LINKS.unskip.slug}`}>
              Take it back
            </QuietLink>
          </>
        )}
      </Notice>
    </div>
  );
}

function standing(subscription: SubscriptionFacts, done: 'Saved.' | 'Skipped.'): string {
  const { status, nextChargeOn, totalCents, pauseUntil, cancelOn, today } = subscription;
  if (status === 'canceled') return 'Canceled. Nothing more is charged.';
  if (cancelOn !== null) return `It ends on ${longDate(cancelOn, today)}. Nothing more is charged.`;
  if (status === 'paused')
    return pauseUntil === null
      ? 'Paused. Nothing is charged until you resume it.'
      : `Paused. Nothing is charged until ${longDate(pauseUntil, today)}.`;
  return nextChargeOn === null
    ? done
    : `${done} Your next charge is ${formatCents(totalCents)} on ${longDate(nextChargeOn, today)}.`;
}
