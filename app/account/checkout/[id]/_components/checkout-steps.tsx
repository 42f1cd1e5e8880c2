import { Timestamp } from '@/components/ui/date-text';
import type { Step } from '@/components/ui/steps';
import type { CheckoutState } from '@/lib/core/checkout';
import type { CheckoutPage } from '@/lib/views/checkout-page';

/** How far an order has come, from facts that we have; a time that we do not know is left out. */
export function checkoutSteps(page: CheckoutPage): Step[] {
  return [...(page.cameBackAt === null ? [asked(page)] : [asked(page), cameBack(page)]), ...FURTHER[page.state](page)];
}

const FURTHER: Record<CheckoutState, (page: CheckoutPage) => Step[]> = {
  Confirming: (page) => [
    {
      state: 'current',
      title: page.status === 'planned' ? 'Truemed opens your page' : 'Truemed confirms survey, card and payment',
      detail: lastAsked(page),
    },
    begins(page),
  ],
  'Being reviewed': (page) => [
    {
      state: 'current',
      title: 'An independent licensed practitioner reviews',
      detail: (
        <>
          {lastAsked(page)} {page.shell.merchant.name} does not see your answers.
        </>
      ),
    },
    begins(page),
  ],
  'Waiting for Truemed': () => [
    { state: 'done', title: 'Truemed agrees that your card pays for it' },
    { state: 'current', title: 'Your first order is charged' },
  ],
  'Action needed': () => [
    { state: 'done', title: 'Truemed agrees that your card pays for it' },
    { state: 'waits_for_you', title: 'Truemed needs something from you' },
  ],
  Paid: (page) => [{ state: 'done', title: 'Paid, and your subscription has begun', at: <At page={page} /> }],
  Trial: (page) => [{ state: 'done', title: 'Confirmed, and your trial has begun', at: <At page={page} /> }],
  Canceled: () => [
    { state: 'done', title: 'Truemed agrees that your card pays for it' },
    { state: 'stopped', title: 'Your first order was not charged' },
  ],
  'Not completed': (page) =>
    page.status === 'canceled'
      ? [{ state: 'stopped', title: 'Survey and card at Truemed', detail: 'Not completed. The link is closed.' }]
      : [{ state: 'stopped', title: 'Survey and card at Truemed', detail: lastAsked(page) }, begins(page)],
  'Not taken': () => [{ state: 'stopped', title: 'Truemed did not take the payment' }],
  Refunded: () => [{ state: 'stopped', title: 'Made beside another order' }],
  'Needs attention': ({ checkoutId }) => [
    {
      state: 'attention',
      title: 'Truemed’s answer needs a person',
      detail: (
        <>
          Reference <span className="break-all">{checkoutId}</span>, in case you write to us.
        </>
      ),
    },
  ],
};

function asked({ createdAt, now, timeZone, name }: CheckoutPage): Step {
  const at = <Timestamp at={createdAt} now={now} timeZone={timeZone} />;
  return { state: 'done', title: `You asked for ${name}`, at };
}

function cameBack({ cameBackAt, now, timeZone }: CheckoutPage): Step {
  const at = cameBackAt === null ? undefined : <Timestamp at={cameBackAt} now={now} timeZone={timeZone} />;
  return { state: 'done', title: 'You came back from Truemed', at };
}

function begins({ trialEndsOn }: CheckoutPage): Step {
  return { state: 'to_come', title: trialEndsOn === null ? 'Paid, and your subscription begins' : 'Your trial begins' };
}

function lastAsked({ lastAskedAt, now, timeZone, status }: CheckoutPage) {
  if (lastAskedAt === null) return status === 'planned' ? 'We ask again by ourselves.' : undefined;
  return (
    <>
      Asked at <Timestamp at={lastAskedAt} now={now} timeZone={timeZone} />. We ask again by ourselves.
    </>
  );
}

function At({ page: { completedAt, now, timeZone } }: { page: CheckoutPage }) {
  return completedAt === null ? null : <Timestamp at={completedAt} now={now} timeZone={timeZone} />;
}
