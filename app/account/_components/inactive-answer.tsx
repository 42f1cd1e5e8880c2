import { Actions, LinkButton } from '@/components/ui/button';
import { StatusChip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Section } from '@/components/ui/page-heading';
import { Answer, Sheet } from '@/components/ui/sheet';
import { longDate } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import type { ChangeKind } from '@/lib/core/requested-change';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { subscriptionStatus } from '../_words/subscription-status';
import { wayBackOf } from './resting-answer';

interface InactiveAnswerProps {
  /** The one that is likeliest to be wanted again; null where there is none yet. */
  subscription: SubscriptionFacts | null;
  offered: readonly ChangeKind[];
  hasCard: boolean;
  /** An order may still be charged. */
  isOpen: boolean;
}

/** Nothing is charged: everything is paused, ends or is canceled, or there is nothing yet. What rests can be started again. */
export function InactiveAnswer({ subscription, offered, hasCard, isOpen }: InactiveAnswerProps) {
  if (subscription === null) return <NothingYet />;
  const wayBack = wayBackOf(subscription, offered);
  return (
    <Sheet labelledBy="next">
      <p className="mb-4">
        <StatusChip status={subscriptionStatus(subscription, null)} />
      </p>
      <Answer id="next">{isOpen ? 'Nothing else is charged' : 'Nothing is charged'}</Answer>
      <p className="mt-4 break-words">{restWords(subscription, wayBack !== null)}</p>
      {hasCard && <p className="mt-2 text-muted">Your card and your letter stay with Truemed.</p>}
      <Actions>
        {wayBack !== null && (
          <LinkButton href={wayBack.href} wide>
            {wayBack.words}
          </LinkButton>
        )}
        <LinkButton
          href={`/account/subscriptions/${subscription.id}`}
          kind={wayBack === null ? 'primary' : 'bare'}
          wide
        >
          Open subscription
        </LinkButton>
      </Actions>
      {wayBack !== null && (
        <p className="mt-3 text-small text-muted">You see what is charged and when before you confirm.</p>
      )}
    </Sheet>
  );
}

function NothingYet() {
  return (
    <>
      <h1 className="text-answer font-semibold">Nothing is charged</h1>
      <Section id="orders" title="Your subscriptions">
        <EmptyState title="No orders yet">Your charges will be here after the first order.</EmptyState>
        <Actions>
          <LinkButton href="/plans" wide>
            See the plans
          </LinkButton>
        </Actions>
      </Section>
    </>
  );
}

function restWords(
  { name, schedule, usualTotalCents, status, pauseUntil, cancelOn, today }: SubscriptionFacts,
  mayWake: boolean,
): string {
  const what = `${name}, ${formatCents(usualTotalCents)} ${everyInterval(schedule.interval).toLowerCase()},`;
  if (status === 'paused')
    return pauseUntil === null
      ? `${what} is paused until ${mayWake ? 'you resume it' : 'it is resumed'}.`
      : `${what} is paused. It resumes on ${longDate(pauseUntil, today)} by itself.`;
  return status === 'canceled' || cancelOn === null
    ? `${what} is canceled.`
    : `${what} ends on ${longDate(cancelOn, today)}.`;
}
