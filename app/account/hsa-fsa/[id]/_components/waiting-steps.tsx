import type { ReactNode } from 'react';
import { DateText, Timestamp } from '@/components/ui/date-text';
import type { Step } from '@/components/ui/steps';
import { cardKind, cardTitle } from '@/lib/core/card-words';
import type { ProvisionPurpose, WaitingState } from '@/lib/core/provisioning';
import type { WaitingPage } from '@/lib/views/provisioning';

/** How far the request has come, from facts that we have; a time that we do not know is left out. */
export function waitingSteps(page: WaitingPage): Step[] {
  if (page.items?.isWithdrawn) return [begun(page), { state: 'stopped', title: 'You took it back' }];
  if (page.items?.isReplaced && page.state === 'Not completed')
    return [begun(page), { state: 'stopped', title: 'Another change took its place' }];
  return [begun(page), ...FURTHER_STEPS[page.state](page)];
}

/** What each purpose waits for at Truemed, and what it ends in. */
const PARTS: Record<ProvisionPurpose, { part: string; end: (card: string) => string; isReviewed: boolean }> = {
  move: { part: 'survey and card', end: (card) => `Your ${card} is connected`, isReviewed: true },
  reconnect: { part: 'survey and card', end: (card) => `Your ${card} is connected`, isReviewed: true },
  store: { part: 'survey and card', end: (card) => `Your ${card} is stored`, isReviewed: true },
  card: { part: 'card', end: () => 'Your card is up to date', isReviewed: false },
  survey: { part: 'health survey', end: () => 'Your health survey counts', isReviewed: true },
  items: { part: 'health survey', end: () => 'Your order has its new items', isReviewed: true },
};

/** The card that is asked for: which it will be is not known yet. */
const TO_COME = 'HSA/FSA card';

const toCome = (title: string): Step => ({ state: 'to_come', title });
const review = ({ purpose }: WaitingPage): Step[] =>
  PARTS[purpose].isReviewed ? [toCome('A licensed practitioner reviews, where one is needed')] : [];
const end = ({ purpose }: WaitingPage): Step => toCome(PARTS[purpose].end(TO_COME));

const FURTHER_STEPS: Record<WaitingState, (page: WaitingPage) => Step[]> = {
  Confirming: (page) => [
    {
      state: 'current',
      title:
        page.status === 'planned' ? 'Truemed opens your page' : `Truemed confirms your ${PARTS[page.purpose].part}`,
      detail: asked(page, 'Asked at', ' We ask again by ourselves.'),
    },
    ...review(page),
    end(page),
  ],
  'Being reviewed': (page) =>
    PARTS[page.purpose].isReviewed
      ? [
          { state: 'done', title: `Truemed has your ${PARTS[page.purpose].part}` },
          {
            state: 'current',
            title: 'An independent licensed practitioner reviews',
            detail: (
              <>
                {asked(page, 'Not finished when we asked at')} {page.shell.merchant.name} does not see your answers.
              </>
            ),
          },
          {
            state: 'to_come',
            title: `If you qualify: ${PARTS[page.purpose].end(TO_COME).replace(/^Your/, 'your')}`,
            detail: 'You would then receive a Letter of Medical Necessity from Truemed.',
          },
        ]
      : [
          {
            state: 'current',
            title: `Truemed checks your ${PARTS[page.purpose].part}`,
            detail: asked(page, 'Not finished when we asked at'),
          },
          end(page),
        ],
  Connected: connectedSteps,
  'Not completed': (page) => [
    {
      state: 'stopped',
      title: sentence(PARTS[page.purpose].part),
      detail: asked(page, 'Not completed when we asked at'),
    },
    ...review(page),
    end(page),
  ],
  'Needs attention': (page) =>
    page.isCardGone
      ? cardGoneSteps(page)
      : [
          {
            state: 'attention',
            title: 'Truemed’s answer needs a person',
            detail: (
              <>
                Reference <span className="break-all">{page.requestId}</span>, in case you write to us.
              </>
            ),
          },
          end(page),
        ],
};

function cardGoneSteps({ purpose }: WaitingPage): Step[] {
  return [
    { state: 'done', title: `Truemed had your ${PARTS[purpose].part}` },
    { state: 'attention', title: 'The card was removed' },
  ];
}

function begun(page: WaitingPage): Step {
  const { cameBackAt, createdAt, subscription, purpose } = page;
  if (cameBackAt !== null)
    return { state: 'done', title: 'You came back from Truemed', at: <At page={page} at={cameBackAt} /> };
  const title = subscription === null ? BEGUN[purpose] : 'You asked to use your HSA/FSA';
  return { state: 'done', title, at: <At page={page} at={createdAt} /> };
}

/** How each purpose began, where the customer has not come back. */
const BEGUN: Record<ProvisionPurpose, string> = {
  move: 'You asked to use your HSA/FSA',
  reconnect: 'You asked to connect a card again',
  store: 'You asked to store your card',
  card: 'You asked to update your card',
  survey: 'You asked for the health survey',
  items: 'You asked for other items',
};

function connectedSteps(page: WaitingPage): Step[] {
  const { payment, subscription, connectedAt, purpose, hadPage } = page;
  const letter = payment?.letterExpiresOn ?? null;
  const at = connectedAt === null ? undefined : <At page={page} at={connectedAt} />;
  const card = payment?.card ?? null;
  const { part, end: ending, isReviewed } = PARTS[purpose];
  return [
    { state: 'done', title: hadPage ? `Truemed has your ${part}` : 'Truemed had nothing to ask' },
    ...(letter === null || !isReviewed || !hadPage
      ? []
      : [{ state: 'done' as const, title: 'An independent licensed practitioner reviewed' }]),
    {
      state: 'done',
      title: subscription === null ? ending(cardKind(card)) : `${cardTitle(card)} connected`,
      at,
      detail:
        letter === null || subscription === null ? undefined : (
          <>
            Letter of Medical Necessity valid until <DateText date={letter} today={subscription.today} year="always" />.
          </>
        ),
    },
  ];
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function asked(page: WaitingPage, words: string, then = ''): ReactNode {
  if (page.lastAskedAt === null) return then.trim() || undefined;
  return (
    <>
      {words} <At page={page} at={page.lastAskedAt} />.{then}
    </>
  );
}

function At({ page: { now, timeZone }, at }: { page: WaitingPage; at: Date }) {
  return <Timestamp at={at} now={now} timeZone={timeZone} />;
}
