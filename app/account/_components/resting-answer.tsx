import { Actions, LinkButton } from '@/components/ui/button';
import { Sheet } from '@/components/ui/sheet';
import { longDate } from '@/lib/core/date-words';
import type { ChangeKind } from '@/lib/core/requested-change';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { CHANGE_LINKS } from '../_words/change-words';

const WAKES: readonly ChangeKind[] = ['resume', 'undo_cancel', 'reactivate'];

/** A subscription that charges nothing: paused, about to end, or canceled, and what starts it again. */
export function RestingAnswer({ subscription, offered }: { subscription: SubscriptionFacts; offered: ChangeKind[] }) {
  const { title, text } = words(subscription);
  const wake = WAKES.find((kind) => offered.includes(kind));
  const isOver = subscription.status === 'canceled' && wake === undefined;
  return (
    <Sheet labelledBy="resting">
      <h2 id="resting" className="text-answer font-semibold">
        {title}
      </h2>
      <p className="mt-3">{text}</p>
      {wake !== undefined && (
        <Actions>
          <LinkButton href={`/account/subscriptions/${subscription.id}/${CHANGE_LINKS[wake].slug}`} wide>
            {CHANGE_LINKS[wake].title}
          </LinkButton>
        </Actions>
      )}
      {isOver && (
        <Actions>
          <LinkButton href={`/account/subscriptions/${subscription.id}/subscribe-again`} wide>
            Subscribe again
          </LinkButton>
        </Actions>
      )}
    </Sheet>
  );
}

function words({ status, pauseUntil, cancelOn, today }: SubscriptionFacts): { title: string; text: string } {
  if (status === 'paused')
    return {
      title: pauseUntil === null ? 'Paused' : `Paused until ${longDate(pauseUntil, today)}`,
      text:
        pauseUntil === null
          ? 'Nothing is charged until you resume it.'
          : `Nothing is charged before ${longDate(pauseUntil, today)}. It resumes on that day by itself.`,
    };
  if (cancelOn !== null)
    return {
      title: `Ends on ${longDate(cancelOn, today)}`,
      text: 'Nothing more is charged. You can keep it until that day.',
    };
  return { title: 'Canceled', text: 'Nothing more is charged.' };
}
