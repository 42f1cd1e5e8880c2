import type { ReactNode } from 'react';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import type { CheckoutState } from '@/lib/core/checkout';
import { everyInterval } from '@/lib/core/interval-words';
import type { CheckoutPage } from '@/lib/views/checkout-page';

interface CheckoutWords {
  title: string;
  text: ReactNode;
}

const NOTHING_CHARGED = <strong className="font-semibold">Nothing was charged.</strong>;
const FOLLOWS = 'This page follows by itself, and you may close it.';

/** Title and text of each state of an order: whether money moved, and what happens next. */
export const CHECKOUT_WORDS: Record<CheckoutState, (page: CheckoutPage) => CheckoutWords> = {
  Confirming: ({ status }) =>
    status === 'planned'
      ? {
          title: 'We are asking Truemed for your page',
          text: (
            <>
              Truemed has not answered yet. {NOTHING_CHARGED} We ask again, and {lower(FOLLOWS)}
            </>
          ),
        }
      : {
          title: 'Confirming your order with Truemed',
          text: <>You are back from Truemed, and we are waiting for its answer. {FOLLOWS}</>,
        },
  'Being reviewed': () => ({
    title: 'A licensed practitioner is reviewing',
    text: 'Truemed has your health survey and your card. Your order begins when Truemed has taken the payment, and we write to you when it was taken, or was not. You may close this page.',
  }),
  'Waiting for Truemed': ({ totalCents }) => ({
    title: 'Your first order is on its way',
    text: (
      <>
        Truemed has agreed, and <Money cents={totalCents} /> is charged to your card. We write to you when it is paid.{' '}
        {FOLLOWS}
      </>
    ),
  }),
  'Action needed': ({ totalCents }) => ({
    title: 'Your first order waits for you',
    text: (
      <>
        Truemed asks for something before your <Money cents={totalCents} /> order can be paid. {NOTHING_CHARGED} Your
        subscription says what.
      </>
    ),
  }),
  Paid: (page) => ({
    title: 'Your order is confirmed',
    text: (
      <>
        {quantityOf(page)}, <Money cents={page.totalCents} />, is paid. <Next page={page} />
      </>
    ),
  }),
  Trial: (page) => ({
    title: 'Your trial has begun',
    text: (
      <>
        {NOTHING_CHARGED}{' '}
        {page.subscription?.nextChargeOn == null ? (
          'Nothing is to come after it, as your subscription stands now.'
        ) : (
          <>
            It ends on <DateText date={page.subscription.nextChargeOn} today={page.today} />; then{' '}
            <Money cents={page.subscription.orderCents} /> {everyInterval(page.interval).toLowerCase()}. Cancel before,
            and nothing is charged.
          </>
        )}
      </>
    ),
  }),
  Canceled: () => ({
    title: 'Your first order was not charged',
    text: <>It was canceled, paused or left out before it was paid. Your subscription says how it stands now.</>,
  }),
  'Not completed': notCompleted,
  'Not taken': ({ name }) => ({
    title: 'Your payment was not taken',
    text: (
      <>
        Truemed did not take the payment for {name}. {NOTHING_CHARGED} A hold on your card, if you see one, ends by
        itself. You can order again, also with another card.
      </>
    ),
  }),
  Refunded: ({ trialEndsOn, totalCents }) => ({
    title: 'This order was made twice',
    text:
      trialEndsOn === null ? (
        <>
          It was paid beside another order of yours, so it began nothing, and all of it goes back to your card:{' '}
          <Money cents={totalCents} />. The other order stays as it is.
        </>
      ) : (
        <>It was made beside another order of yours, so it began nothing. {NOTHING_CHARGED}</>
      ),
  }),
  'Needs attention': () => ({
    title: 'We are looking into this for you',
    text: (
      <>
        Truemed answered in a way that our system does not know. {NOTHING_CHARGED} Our team has it on the list. Please
        do not order again until we have written to you.
      </>
    ),
  }),
};

function notCompleted({ status, declined, hasLink, name }: CheckoutPage): CheckoutWords {
  if (status === 'canceled')
    return {
      title: 'This order was not made',
      text: <>It was not completed at Truemed, and its link is closed. {NOTHING_CHARGED} You can order again.</>,
    };
  if (declined)
    return {
      title: `${name} is not ordered yet`,
      text: (
        <>
          You came back from Truemed before the order was paid: the health survey or the card was not completed, you did
          not qualify, or the card was not taken. {NOTHING_CHARGED}{' '}
          {hasLink && 'You can go on where you stopped, or leave it: its link closes after a day.'}
        </>
      ),
    };
  return {
    title: 'Something is still open at Truemed',
    text: (
      <>
        The health survey or the card is not complete yet. {NOTHING_CHARGED}{' '}
        {hasLink && 'You can go on where you stopped, or leave it: its link closes after a day.'}
      </>
    ),
  };
}

function Next({ page: { subscription, today } }: { page: CheckoutPage }) {
  if (subscription?.nextChargeOn == null) return null;
  return (
    <>
      Your next order is on{' '}
      <strong className="font-semibold">
        <DateText date={subscription.nextChargeOn} today={today} />
      </strong>
      .
    </>
  );
}

function quantityOf({ name, quantity }: CheckoutPage): string {
  return quantity === 1 ? name : `${quantity} of ${name}`;
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
