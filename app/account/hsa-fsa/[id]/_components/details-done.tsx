import type { ReactNode } from 'react';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { localDateAt } from '@/lib/core/calendar';
import { cardKind } from '@/lib/core/card-words';
import type { ProvisionPurpose } from '@/lib/core/provisioning';
import { isUnderWay } from '@/lib/views/charge-state';
import type { WaitingPage } from '@/lib/views/provisioning';
import { cardWords } from '../../../_words/card-words';

type Words = (page: WaitingPage) => { title: string; text: ReactNode };

/** What is so once Truemed has confirmed what was asked of it, where no subscription moves. */
export const DETAILS_DONE: Record<ProvisionPurpose, Words> = {
  move: updated('Your card is up to date'),
  card: updated('Your card is up to date'),
  reconnect: (page) => ({
    title: `Your ${cardKind(page.payment?.card ?? null)} is connected`,
    text: (
      <>
        {sentence(cardWords(page.payment?.card ?? null))}{' '}
        {page.isCharged || page.waitingOrders.length > 0
          ? 'pays for your subscriptions from now on.'
          : 'pays for no subscription now, and nothing is charged to it.'}{' '}
        <Orders page={page} />
      </>
    ),
  }),
  store: ({ payment, others, isCharged }) => ({
    title: `Your ${cardKind(payment?.card ?? null)} is stored`,
    text: (
      <>
        Truemed keeps {cardWords(payment?.card ?? null)}.{' '}
        {isCharged
          ? 'It pays for what you have moved to it.'
          : `Nothing is charged to it${others.length === 0 ? '.' : ' until you move a subscription to it.'}`}
      </>
    ),
  }),
  survey: (page) =>
    page.hadPage
      ? updated('Your health survey is complete')(page)
      : {
          title: 'Truemed asks nothing of you now',
          text: (
            <>
              We asked, and there is no health survey to complete. <Letter page={page} /> <Orders page={page} />
            </>
          ),
        },
  items: ({ items }) =>
    items?.isWithdrawn
      ? {
          title: 'You have taken this change back',
          text: 'Truemed has agreed to these items, but you did not want them any more. Your subscription says what each order is.',
        }
      : items?.isReplaced
        ? {
            title: 'Another change has taken its place',
            text: 'Truemed has agreed to these items, but you have asked for others since. Your subscription says what each order is.',
          }
        : items?.isOver
          ? {
              title: 'Your new items are confirmed',
              text: 'Truemed has agreed, but no order of this subscription is to come. If it goes on, its orders have them.',
            }
          : {
              title: 'Your new items are confirmed',
              text:
                items === null ? (
                  'Truemed has agreed to them.'
                ) : (
                  <>
                    Truemed has agreed.{' '}
                    {items.isOnce ? 'With your next order, and no other, comes' : 'From now on each order is'}{' '}
                    <strong className="font-semibold">
                      {items.items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}
                    </strong>
                    .
                  </>
                ),
            },
};

function updated(title: string): Words {
  return (page) => ({
    title,
    text: (
      <>
        Truemed has confirmed it. <Letter page={page} /> <Orders page={page} />
      </>
    ),
  });
}

function Letter({ page: { payment, now, timeZone } }: { page: WaitingPage }) {
  const letter = payment?.letterExpiresOn ?? null;
  const today = localDateAt(now, timeZone);
  if (letter === null || letter < today) return null;
  return (
    <>
      Your letter is valid until <DateText date={letter} today={today} year="always" />.
    </>
  );
}

/** What becomes of the order that waited: it is charged by itself, and followed here. */
function Orders({ page: { waitingOrders } }: { page: WaitingPage }) {
  const [order] = waitingOrders;
  if (order === undefined) return <>There is nothing you need to do.</>;
  const amount = <Money cents={order.totalCents} />;
  if (order.state === 'paid')
    return (
      <>
        <strong className="font-semibold">Your {amount} order is paid.</strong> There is nothing you need to do.
      </>
    );
  if (isUnderWay(order.state))
    return (
      <>
        <strong className="font-semibold">Your {amount} order is being charged.</strong> This page follows by itself,
        and we write to you when it is paid.
      </>
    );
  return <>Your {amount} order still waits. You have not been charged. Your overview says what it waits for.</>;
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
