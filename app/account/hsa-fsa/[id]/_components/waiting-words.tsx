import type { ReactNode } from 'react';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import type { WaitingState } from '@/lib/core/provisioning';
import type { WaitingPage } from '@/lib/views/provisioning';
import { cardWords } from '../../../_words/card-words';

interface WaitingWords {
  title: string;
  text: ReactNode;
}

/** Title and text of each state (mockups/README.md "Words"); one state has other words where its cause is another. */
export const WAITING_WORDS: Record<WaitingState, (page: WaitingPage) => WaitingWords> = {
  Confirming: confirming,
  'Being reviewed': beingReviewed,
  Connected: connected,
  'Not completed': notCompleted,
  'Needs attention': needsAttention,
};

const NOTHING_CHARGED = <strong className="font-semibold">Nothing was charged.</strong>;

function confirming({ status }: WaitingPage): WaitingWords {
  if (status === 'planned')
    return {
      title: 'We are asking Truemed for your page',
      text: (
        <>
          Truemed has not answered yet. {NOTHING_CHARGED} We ask again, and this page follows by itself. You may close
          it: you find it again in your overview.
        </>
      ),
    };
  return {
    title: 'Confirming your card with Truemed',
    text: 'You are back from Truemed, and we are waiting for its answer. This page follows by itself, and you may close it: we write to you when your card is connected.',
  };
}

function beingReviewed({ status }: WaitingPage): WaitingWords {
  if (status === 'waiting_verification')
    return {
      title: 'Truemed is reviewing what you sent before',
      text: (
        <>
          Truemed has a health survey of yours already and has not finished reviewing it. {NOTHING_CHARGED} Once Truemed
          has written to you, ask again here, and we go on from there.
        </>
      ),
    };
  return {
    title: 'A licensed practitioner is reviewing',
    text: 'Truemed has your health survey and your card. You may close this page: we write to you when your card is connected.',
  };
}

function connected({ subscription, payment, waitingOrders }: WaitingPage): WaitingWords {
  if (subscription === null) {
    const [order] = waitingOrders;
    return {
      title: 'Your payment details are up to date',
      text:
        order === undefined ? (
          'Truemed has confirmed them. There is nothing you need to do.'
        ) : (
          <>
            Truemed has confirmed them. We charge your <Money cents={order.totalCents} /> order with them and write to
            you when it is paid.
          </>
        ),
    };
  }
  const { name, nextChargeOn, today, totalCents, lastExternalOn, awaitsHandOver } = subscription;
  const card = payment?.cardLast4 == null ? cardWords(null) : `your card ending ${payment.cardLast4}`;
  return {
    title: 'Your HSA/FSA card is connected',
    text: (
      <>
        {name} is charged to {card} from now on.{' '}
        {lastExternalOn !== null && (
          <>
            Your order of <DateText date={lastExternalOn} today={today} form="day" /> is still billed to your former
            card.{' '}
          </>
        )}
        {nextChargeOn !== null && (
          <>
            Next:{' '}
            <strong className="font-semibold">
              <Money cents={totalCents} /> on <DateText date={nextChargeOn} today={today} />
            </strong>
            {awaitsHandOver ? ' at the earliest, once our former payment company has stopped billing it.' : '.'}
          </>
        )}
      </>
    ),
  };
}

function notCompleted({ status, declined, lastAskedAt }: WaitingPage): WaitingWords {
  const title = 'Something is still open at Truemed';
  if (status === 'abandoned')
    return {
      title: 'Truemed has not confirmed your card',
      text: (
        <>
          Ten days have passed without an answer. {NOTHING_CHARGED} You can begin again, or leave everything as it is.
          If Truemed still confirms your card, we connect it.
        </>
      ),
    };
  if (declined)
    return {
      title: 'Your card is not connected',
      text: (
        <>
          You came back from Truemed before a card was connected: the health survey or the card was not completed, or
          you did not qualify. {NOTHING_CHARGED} You can go on where you stopped, or leave everything as it is.
        </>
      ),
    };
  return {
    title,
    text: (
      <>
        {lastAskedAt === null ? 'The' : 'Truemed tells us that the'} health survey or the card is not complete yet.{' '}
        {NOTHING_CHARGED} You can go on where you stopped, or leave everything as it is.
      </>
    ),
  };
}

function needsAttention({ status }: WaitingPage): WaitingWords {
  if (status === 'already_provisioned')
    return {
      title: 'Truemed has a card of yours already',
      text: (
        <>
          Truemed knows your e-mail address with a card that is not connected with us yet. {NOTHING_CHARGED} Our team
          has it on the list and connects it for you. There is nothing you need to do.
        </>
      ),
    };
  return {
    title: 'We are looking into this for you',
    text: (
      <>
        Truemed answered in a way that our system does not know. {NOTHING_CHARGED} Our team has it on the list. There is
        nothing you need to do.
      </>
    ),
  };
}
