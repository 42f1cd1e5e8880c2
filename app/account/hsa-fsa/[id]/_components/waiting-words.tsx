import type { ReactNode } from 'react';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { cardKind } from '@/lib/core/card-words';
import type { ProvisionPurpose, WaitingState } from '@/lib/core/provisioning';
import type { WaitingPage } from '@/lib/views/provisioning';
import { cardWords } from '../../../_words/card-words';
import { DETAILS_DONE } from './details-done';

interface WaitingWords {
  title: string;
  text: ReactNode;
}

/** Title and text of each state (mockups/README.md "Words"); one state has other words where its cause or its purpose is another. */
export const WAITING_WORDS: Record<WaitingState, (page: WaitingPage) => WaitingWords> = {
  Confirming: confirming,
  'Being reviewed': beingReviewed,
  Connected: connected,
  'Not completed': notCompleted,
  'Needs attention': needsAttention,
};

const NOTHING_CHARGED = <strong className="font-semibold">Nothing was charged.</strong>;

/** What Truemed has to confirm, in the words of each purpose. */
const ASKED: Record<ProvisionPurpose, { it: string; unchanged: string; open: string }> = {
  move: { it: 'your card', unchanged: 'Your card is not connected', open: 'the health survey or the card' },
  reconnect: { it: 'your card', unchanged: 'Your card is not connected', open: 'the health survey or the card' },
  store: { it: 'your card', unchanged: 'Your card is not stored', open: 'the health survey or the card' },
  card: { it: 'your card', unchanged: 'Your card was not changed', open: 'the update of your card' },
  survey: { it: 'your health survey', unchanged: 'The health survey is not complete', open: 'the health survey' },
  items: {
    it: 'your new items',
    unchanged: 'Your items were not changed',
    open: 'what Truemed asked for your new items',
  },
};

/** Only a move ends in a mail of its own; an order that waited ends in its receipt. */
const FIND_IT: Record<ProvisionPurpose, string> = {
  move: 'we write to you when your card is connected.',
  reconnect: 'your payment page says how it stands.',
  store: 'your payment page says how it stands.',
  card: 'your payment page says how it stands.',
  survey: 'your payment page says how it stands.',
  items: 'your subscription page says how it stands.',
};

function confirming({ status, purpose }: WaitingPage): WaitingWords {
  if (status === 'planned')
    return {
      title: 'We are asking Truemed for your page',
      text: (
        <>
          Truemed has not answered yet. {NOTHING_CHARGED} We ask again, and this page follows by itself. You may close
          it: {purpose === 'move' ? 'you find it again in your overview.' : FIND_IT[purpose]}
        </>
      ),
    };
  return {
    title: `Confirming ${ASKED[purpose].it} with Truemed`,
    text: `You are back from Truemed, and we are waiting for its answer. This page follows by itself, and you may close it: ${FIND_IT[purpose]}`,
  };
}

function beingReviewed({ status, purpose }: WaitingPage): WaitingWords {
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
  // A card alone is confirmed by Truemed itself.
  if (purpose === 'card')
    return {
      title: 'Truemed is checking your card',
      text: `Truemed has what you entered. You may close this page: ${FIND_IT[purpose]}`,
    };
  const has = purpose === 'survey' || purpose === 'items' ? 'your health survey' : 'your health survey and your card';
  return {
    title: 'A licensed practitioner is reviewing',
    text: `Truemed has ${has}. You may close this page: ${FIND_IT[purpose]}`,
  };
}

function connected(page: WaitingPage): WaitingWords {
  const { subscription, payment } = page;
  if (subscription === null) return DETAILS_DONE[page.purpose](page);
  const { name, nextChargeOn, today, totalCents, lastExternalOn, awaitsHandOver } = subscription;
  return {
    title: `Your ${cardKind(payment?.card ?? null)} is connected`,
    text: (
      <>
        {name} is charged to {cardWords(payment?.card ?? null)} from now on.{' '}
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

function notCompleted({ status, declined, lastAskedAt, purpose, items }: WaitingPage): WaitingWords {
  const { it, unchanged, open } = ASKED[purpose];
  if (items?.isWithdrawn)
    return {
      title: 'You have taken this change back',
      text: 'Your orders keep the items that they have, and are charged as before. If you still complete it at Truemed, nothing comes of it here.',
    };
  if (items?.isReplaced)
    return {
      title: 'Another change has taken its place',
      text: 'You have asked for other items since. If you still complete this one at Truemed, nothing comes of it here.',
    };
  const leave = 'or leave everything as it is.';
  if (status === 'abandoned')
    return {
      title: `Truemed has not confirmed ${it}`,
      text: (
        <>
          Ten days have passed without an answer. {NOTHING_CHARGED} You can begin again, {leave}
          {purpose === 'items' ? '' : ` If Truemed still confirms ${it}, we take it up.`}
        </>
      ),
    };
  if (declined)
    return {
      title: unchanged,
      text: (
        <>
          You came back from Truemed before {open} was completed
          {purpose === 'card' ? '' : ', or you did not qualify'}. {NOTHING_CHARGED} You can go on where you stopped,{' '}
          {leave}
        </>
      ),
    };
  return {
    title: 'Something is still open at Truemed',
    text: (
      <>
        {lastAskedAt === null ? capital(open) : `Truemed tells us that ${open}`} is not complete yet. {NOTHING_CHARGED}{' '}
        You can go on where you stopped, {leave}
      </>
    ),
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function needsAttention({ status, purpose, isCardGone, waitingOrders }: WaitingPage): WaitingWords {
  if (isCardGone) return cardGone(waitingOrders);
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
  if (purpose === 'items')
    return {
      title: 'Truemed did not take your new items',
      text: (
        <>
          {NOTHING_CHARGED} Your orders stay as they are, and are charged as before. Our team has it on the list. There
          is nothing you need to do.
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

function cardGone(orders: WaitingPage['waitingOrders']): WaitingWords {
  const held = orders.find(({ recovery }) => recovery !== null);
  return {
    title: 'No card is connected any more',
    text: (
      <>
        Truemed had confirmed what you asked for; the card was removed since.{' '}
        {held !== undefined && (
          <>
            Your <Money cents={held.totalCents} /> order waits for a card.{' '}
          </>
        )}
        <strong className="font-semibold">Nothing is charged until one is connected again.</strong>
      </>
    ),
  };
}
