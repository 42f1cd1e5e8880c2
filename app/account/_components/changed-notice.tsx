import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { CHANGE_LINKS } from '../_words/change-words';

/**
 * Said after a change was made: how the subscription stands now, whatever the address claims. `isSkip`: an order was skipped,
 * and that can be taken back. `isOpen`: an order of it may still be charged. `mayResume`: its customer may end a pause of it.
 */
export function ChangedNotice({
  subscription,
  isSkip,
  isOpen,
  mayResume,
}: {
  subscription: SubscriptionFacts;
  isSkip: boolean;
  isOpen: boolean;
  mayResume: boolean;
}) {
  return (
    <div className="mb-6">
      <Notice kind="done" announce>
        {standing(subscription, isSkip ? 'Skipped.' : 'Saved.', isOpen, mayResume)}
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

function standing(
  subscription: SubscriptionFacts,
  done: 'Saved.' | 'Skipped.',
  isOpen: boolean,
  mayResume: boolean,
): string {
  const { status, nextChargeOn, totalCents, pauseUntil, cancelOn, today, awaitsHandOver } = subscription;
  const nothing = isOpen ? 'Nothing else is' : 'Nothing more is';
  if (status === 'canceled') return `Canceled. ${nothing} charged.`;
  if (cancelOn !== null) return `It ends on ${longDate(cancelOn, today)}. ${nothing} charged.`;
  if (status === 'paused')
    return pauseUntil === null
      ? `Paused. ${isOpen ? nothing : 'Nothing is'} charged until ${mayResume ? 'you resume it' : 'it is resumed'}.`
      : `Paused. ${isOpen ? nothing : 'Nothing is'} charged until ${longDate(pauseUntil, today)}.`;
  return nextChargeOn === null || awaitsHandOver
    ? done
    : `${done} Your next charge is ${formatCents(totalCents)} on ${longDate(nextChargeOn, today)}.`;
}
