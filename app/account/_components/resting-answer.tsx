import { Actions, LinkButton } from '@/components/ui/button';
import { Sheet } from '@/components/ui/sheet';
import { longDate } from '@/lib/core/date-words';
import type { ChangeKind } from '@/lib/core/requested-change';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { CHANGE_LINKS } from '../_words/change-words';

const WAKES: readonly ChangeKind[] = ['resume', 'undo_cancel', 'reactivate'];

/** A subscription that charges nothing: paused, about to end, or canceled, and what starts it again. `isOpen`: an order of it may still be charged. */
export function RestingAnswer({
  subscription,
  offered,
  isOpen,
}: {
  subscription: SubscriptionFacts;
  offered: ChangeKind[];
  isOpen: boolean;
}) {
  const wayBack = wayBackOf(subscription, offered);
  const { title, text } = words(subscription, isOpen, wayBack !== null);
  return (
    <Sheet labelledBy="resting">
      <h2 id="resting" className="text-answer font-semibold">
        {title}
      </h2>
      <p className="mt-3">{text}</p>
      {wayBack !== null && (
        <Actions>
          <LinkButton href={wayBack.href} wide>
            {wayBack.words}
          </LinkButton>
        </Actions>
      )}
    </Sheet>
  );
}

/** The page on which a resting subscription is started again, its effect first; null where its customer may not. */
export function wayBackOf(
  { id, status }: Pick<SubscriptionFacts, 'id' | 'status'>,
  offered: readonly ChangeKind[],
): { href: string; words: string } | null {
  const home = `/account/subscriptions/${id}`;
  const wake = WAKES.find((kind) => offered.includes(kind));
  if (wake !== undefined) return { href: `${home}/${CHANGE_LINKS[wake].slug}`, words: CHANGE_LINKS[wake].title };
  return status === 'canceled' ? { href: `${home}/subscribe-again`, words: 'Subscribe again' } : null;
}

function words(
  { status, pauseUntil, cancelOn, today }: SubscriptionFacts,
  isOpen: boolean,
  mayWake: boolean,
): { title: string; text: string } {
  const nothing = isOpen ? 'Nothing else is' : status === 'paused' ? 'Nothing is' : 'Nothing more is';
  if (status === 'paused')
    return {
      title: pauseUntil === null ? 'Paused' : `Paused until ${longDate(pauseUntil, today)}`,
      text:
        pauseUntil === null
          ? `${nothing} charged until ${mayWake ? 'you resume it' : 'it is resumed. Write to us for that'}.`
          : `${nothing} charged before ${longDate(pauseUntil, today)}. It resumes on that day by itself.`,
    };
  if (cancelOn !== null)
    return {
      title: `Ends on ${longDate(cancelOn, today)}`,
      text: `${nothing} charged. You can keep it until that day.`,
    };
  return { title: 'Canceled', text: `${nothing} charged.` };
}
