import type { ReactNode } from 'react';
import { Actions, LinkButton } from '@/components/ui/button';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { Answer, Sheet } from '@/components/ui/sheet';
import { cardKind } from '@/lib/core/card-words';
import { readinessVerdict } from '@/lib/core/readiness';
import type { HeldState } from '@/lib/views/charge-state';
import type { PaymentMethodsPage } from '@/lib/views/payment-methods';
import { Readiness } from '../../_components/readiness';
import { HELD_WORDS } from '../../_words/charge-words';

/** Whether paying works, and the one thing to do about it. */
export function PaymentAnswer({ page }: { page: PaymentMethodsPage }) {
  const { title, text, action } = answerOf(page);
  const { next } = page;
  return (
    <Sheet labelledBy="paying">
      <Answer id="paying">{title}</Answer>
      <p className="mt-4">{text}</p>
      {next !== null && <Readiness input={next.readiness} isOurs />}
      {action !== null && (
        <Actions>
          <LinkButton href={action.href} wide className="h-auto min-h-11 py-2">
            {action.words}
          </LinkButton>
        </Actions>
      )}
    </Sheet>
  );
}

interface Said {
  title: ReactNode;
  text: ReactNode;
  action: { href: string; words: string } | null;
}

function answerOf(page: PaymentMethodsPage): Said {
  switch (page.need) {
    case 'card':
      return {
        title: 'Your card needs an update',
        text: <>Your payment details with Truemed need an update. {waits(page, 'waits_for_card')}</>,
        action: { href: '/account/payment-methods/card', words: 'Update my card' },
      };
    case 'another_card':
      return {
        title: 'Another card is needed',
        text: (
          <>
            {HELD_WORDS.card_spent.why} {waits(page, 'card_spent')}
          </>
        ),
        action: { href: '/account/payment-methods/card', words: 'Give another card' },
      };
    case 'survey':
      return {
        ...surveyNeed(page),
        action: { href: '/account/payment-methods/letter', words: 'Continue to the health survey' },
      };
    case 'connect':
      return {
        title: 'No card is connected',
        text: (
          <>
            Truemed no longer has the card that pays for {names(page.onCard)}. Nothing is charged until one is
            connected.
          </>
        ),
        action: { href: `/account/subscriptions/${page.onCard[0]?.id}/hsa-fsa`, words: 'Connect a card' },
      };
    case null:
      return page.payment === null ? withoutCard(page) : withCard(page);
  }
}

// Without an order on hold the sentence beside the line says why; Truemed has not asked for anything yet.
function surveyNeed(page: PaymentMethodsPage): Pick<Said, 'title' | 'text'> {
  const text = waits(page, 'waits_for_survey');
  if (page.held.some(({ state }) => state === 'waits_for_survey') || page.next === null)
    return {
      title: 'Truemed asks for a health survey',
      text: <>Please complete it again, to see whether you still qualify. {text}</>,
    };
  const { letterExpiresOn, today } = page.next.readiness;
  const hasEnded = letterExpiresOn !== null && letterExpiresOn < today;
  return { title: hasEnded ? 'Your letter has ended' : 'Your letter ends before your next charge', text };
}

function withCard({ next, elsewhere, held, payment }: PaymentMethodsPage): Said {
  const card = cardKind(payment?.card ?? null);
  if (next !== null) {
    const { subscription, readiness } = next;
    const isReady = readinessVerdict(readiness) === 'ready';
    const { totalCents, nextChargeOn, today, name } = subscription;
    return {
      title: isReady ? 'Your card and letter are ready' : `Your ${card} is connected`,
      text:
        nextChargeOn === null || held.length > 0 ? (
          held.length > 0 ? (
            'An order is on hold. Your overview says what it waits for; you have not been charged.'
          ) : (
            'Nothing is charged now.'
          )
        ) : (
          <>
            {isReady ? 'They pay' : 'It pays'} next:{' '}
            <strong className="font-semibold">
              <Money cents={totalCents} /> on <DateText date={nextChargeOn} today={today} />
            </strong>
            , {name}.
          </>
        ),
      action: null,
    };
  }
  const [first] = elsewhere;
  return {
    title: `Your ${card} is stored`,
    text: 'Truemed keeps your card and your letter. They pay for no subscription now, and nothing is charged to them.',
    action:
      first === undefined
        ? null
        : { href: `/account/subscriptions/${first.id}/hsa-fsa`, words: `Use it for ${first.name}` },
  };
}

function withoutCard({ elsewhere, deletionAskedAt }: PaymentMethodsPage): Said {
  const [first] = elsewhere;
  if (first === undefined)
    return {
      title: 'No card is connected',
      text:
        deletionAskedAt === null
          ? 'Nothing is charged. Your HSA/FSA card and your letter stand here once a subscription uses them.'
          : 'What let us charge your card is deleted at Truemed, as you asked. Nothing is charged.',
      action: null,
    };
  return {
    title: 'You pay with the card you gave at checkout',
    text: `Our former payment company bills ${elsewhere.length === 1 ? 'your order' : names(elsewhere)}. ${first.name} may be eligible for payment with your HSA/FSA card, if you qualify.`,
    action: { href: `/account/subscriptions/${first.id}/hsa-fsa`, words: 'Use my HSA/FSA' },
  };
}

function waits({ held, next }: PaymentMethodsPage, state: HeldState): ReactNode {
  const order = held.find((charge) => charge.state === state);
  if (order !== undefined)
    return (
      <>
        Your <Money cents={order.totalCents} /> order waits for {state === 'card_spent' ? 'another' : 'it'}.{' '}
        <strong className="font-semibold">You have not been charged.</strong>
      </>
    );
  const nextChargeOn = next?.subscription.nextChargeOn ?? null;
  if (next === null || nextChargeOn === null) return null;
  return (
    <>
      Your next charge is <Money cents={next.subscription.totalCents} /> on{' '}
      <DateText date={nextChargeOn} today={next.subscription.today} />.
    </>
  );
}

function names(subscriptions: readonly { name: string }[]): string {
  const [first, ...others] = subscriptions;
  if (first === undefined) return 'nothing';
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}
