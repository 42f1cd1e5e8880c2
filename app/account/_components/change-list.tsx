import { LinkRow, RowList } from '@/components/ui/list-rows';
import { Section } from '@/components/ui/page-heading';
import { longDate } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import type { ChangeKind } from '@/lib/core/requested-change';
import type { SubscriptionPage } from '@/lib/views/subscription';
import { CHANGE_LINKS } from '../_words/change-words';

/** What a customer may change of a subscription now, each on a page of its own. */
export function ChangeList({ page }: { page: SubscriptionPage }) {
  const { subscription, offered, mayChargeNow, mayChangeAddress, maySwapItem, mayAddOnce, failureChoice } = page;
  if (offered.length === 0 && failureChoice === null && !mayChangeAddress) return null;
  return (
    <Section id="change" title="Change something">
      <RowList>
        {mayChargeNow && (
          <LinkRow
            href={`/account/subscriptions/${subscription.id}/charge-now`}
            icon="shopping-bag"
            title="Order now"
            detail={`The order of ${longDate(subscription.nextPeriodOn, subscription.today)}, charged today`}
          />
        )}
        {offered.map((kind) => {
          const { slug, title, icon } = CHANGE_LINKS[kind];
          return (
            <LinkRow
              key={kind}
              href={`/account/subscriptions/${subscription.id}/${slug}`}
              icon={icon}
              title={title}
              detail={detailOf(kind, page)}
            />
          );
        })}
        {mayAddOnce && (
          <LinkRow
            href={`/account/subscriptions/${subscription.id}/one-time`}
            icon="shopping-bag"
            title="Add to one order"
            detail="An item that comes once, with the next order"
          />
        )}
        {maySwapItem && (
          <LinkRow
            href={`/account/subscriptions/${subscription.id}/swap`}
            icon="arrow-left-right"
            title="Swap an item"
            detail="For another one, once Truemed agrees"
          />
        )}
        {mayChangeAddress && (
          <LinkRow
            href={`/account/subscriptions/${subscription.id}/address`}
            icon="house"
            title="Send it somewhere else"
            detail="To your address now, or to one of its own"
          />
        )}
        {failureChoice !== null && (
          <LinkRow
            href={`/account/subscriptions/${subscription.id}/if-payment-fails`}
            icon="life-buoy"
            title="If a payment fails"
            detail={failureChoice === 'wait' ? 'The order waits for you' : 'The order is left out'}
          />
        )}
      </RowList>
    </Section>
  );
}

function detailOf(kind: ChangeKind, { subscription, skippedOn, payment }: SubscriptionPage): string {
  const { today, nextPeriodOn, nextChargeOn, schedule, cancelOn } = subscription;
  const skipped = skippedOn.at(-1);
  const letter = payment?.letterExpiresOn ?? null;
  switch (kind) {
    case 'skip':
      return `No charge on ${longDate(nextChargeOn ?? nextPeriodOn, today)}`;
    case 'unskip':
      return skipped === undefined ? 'It is ordered again' : `Charged on ${longDate(skipped, today)} again`;
    case 'move':
      return letter !== null && letter > today ? `Any day up to ${longDate(letter, today)}` : 'To a day you choose';
    case 'interval':
      return `${everyInterval(schedule.interval)} now`;
    case 'pause':
      return 'Until a date you choose';
    case 'resume':
      return 'Today, on its own dates';
    case 'cancel':
      return payment === null ? 'Two steps' : 'Two steps. Your card and letter stay with Truemed';
    case 'undo_cancel':
      return cancelOn === null ? 'It goes on' : `It would end on ${longDate(cancelOn, today)}`;
    case 'reactivate':
      return 'With the same card and price';
  }
}
