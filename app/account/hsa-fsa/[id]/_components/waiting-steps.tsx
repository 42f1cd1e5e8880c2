import type { ReactNode } from 'react';
import { DateText, Timestamp } from '@/components/ui/date-text';
import type { Step } from '@/components/ui/steps';
import type { WaitingState } from '@/lib/core/provisioning';
import type { WaitingPage } from '@/lib/views/provisioning';

/** How far the request has come, from facts that we have; a time that we do not know is left out. */
export function waitingSteps(page: WaitingPage): Step[] {
  return [begun(page), ...FURTHER_STEPS[page.state](page)];
}

const CONNECTED_TO_COME: Step = { state: 'to_come', title: 'Your HSA/FSA card is connected' };
const REVIEW_TO_COME: Step = { state: 'to_come', title: 'A licensed practitioner reviews, where one is needed' };

const FURTHER_STEPS: Record<WaitingState, (page: WaitingPage) => Step[]> = {
  Confirming: (page) => [
    {
      state: 'current',
      title: page.status === 'planned' ? 'Truemed opens your page' : 'Truemed confirms your survey and card',
      detail: asked(page, 'Asked at', ' We ask again by ourselves.'),
    },
    REVIEW_TO_COME,
    CONNECTED_TO_COME,
  ],
  'Being reviewed': (page) => [
    { state: 'done', title: 'Truemed has your survey and card' },
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
      title: 'If you qualify, your HSA/FSA card is connected',
      detail: 'You would then receive a Letter of Medical Necessity from Truemed.',
    },
  ],
  Connected: connectedSteps,
  'Not completed': (page) => [
    { state: 'stopped', title: 'Survey and card', detail: asked(page, 'Not completed when we asked at') },
    REVIEW_TO_COME,
    CONNECTED_TO_COME,
  ],
  'Needs attention': ({ requestId }) => [
    {
      state: 'attention',
      title: 'Truemed’s answer needs a person',
      detail: (
        <>
          Reference <span className="break-all">{requestId}</span>, in case you write to us.
        </>
      ),
    },
    CONNECTED_TO_COME,
  ],
};

function begun(page: WaitingPage): Step {
  const { cameBackAt, createdAt, subscription } = page;
  if (cameBackAt !== null)
    return { state: 'done', title: 'You came back from Truemed', at: <At page={page} at={cameBackAt} /> };
  const title = subscription === null ? 'You went on to Truemed' : 'You asked to use your HSA/FSA';
  return { state: 'done', title, at: <At page={page} at={createdAt} /> };
}

function connectedSteps(page: WaitingPage): Step[] {
  const { payment, subscription, connectedAt } = page;
  const letter = payment?.letterExpiresOn ?? null;
  const at = connectedAt === null ? undefined : <At page={page} at={connectedAt} />;
  const card = payment?.cardLast4 == null ? 'Your HSA/FSA card' : `Card ending ${payment.cardLast4}`;
  return [
    { state: 'done', title: 'Truemed has your survey and card' },
    ...(letter === null ? [] : [{ state: 'done' as const, title: 'An independent licensed practitioner reviewed' }]),
    {
      state: 'done',
      title: subscription === null ? `${card} is up to date` : `${card} connected`,
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
