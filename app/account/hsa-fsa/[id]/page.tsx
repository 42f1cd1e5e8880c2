import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { StatusChip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { QuietLink, Section } from '@/components/ui/page-heading';
import { Answer, SafeNote, Sheet } from '@/components/ui/sheet';
import { Steps } from '@/components/ui/steps';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import type { ProvisionPurpose } from '@/lib/core/provisioning';
import { isUnderWay } from '@/lib/views/charge-state';
import { type WaitingPage as View, waitingPage } from '@/lib/views/provisioning';
import { AccountShell } from '../../_components/account-shell';
import { Readiness } from '../../_components/readiness';
import { WaitingActions } from './_components/waiting-actions';
import { WaitingPoll } from './_components/waiting-poll';
import { waitingSteps } from './_components/waiting-steps';
import { WAITING_WORDS } from './_components/waiting-words';

interface WaitingPageProps {
  params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Your card at Truemed' };

/** The page after Truemed. Arrival proves nothing: it shows what is in our database, and follows it. */
export default async function WaitingPage({ params }: WaitingPageProps) {
  const { id } = await params;
  const requestId = idFrom('provisionRequest', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/hsa-fsa/${id}`));
  const page = await orNotFound(waitingPage(ctx, { requestId }));
  // What becomes of an order is said on its own page.
  if (page.checkoutId !== null) redirect(`/account/checkout/${page.checkoutId}`);
  const { shell, state, revision, readiness } = page;
  const { title, text } = WAITING_WORDS[state](page);
  return (
    <AccountShell shell={shell} room={PAYMENT_PURPOSES.includes(page.purpose) ? 'Payment' : 'Overview'}>
      <Sheet labelledBy="state">
        {/* Exactly the word: other programs read it here (contract.md). */}
        <div role="status" className="mb-4">
          <StatusChip status={state} />
        </div>
        <Answer id="state">{title}</Answer>
        <p className="mt-4">{text}</p>
        {readiness !== null && <Readiness input={readiness} isOurs />}
        <Steps steps={waitingSteps(page)} />
        <WaitingActions page={page} />
      </Sheet>
      {state === 'Connected' && <NextStep page={page} />}
      {state !== 'Connected' && !page.isCardGone && !isSuperseded(page) && <NothingChanges page={page} />}
      <WaitingPoll
        requestId={requestId}
        state={state}
        isCharging={state === 'Connected' && page.waitingOrders.some((order) => isUnderWay(order.state))}
        revision={revision}
      />
    </AccountShell>
  );
}

// Nothing comes of it any more, whatever Truemed says.
const isSuperseded = ({ items }: View) => items !== null && (items.isWithdrawn || items.isReplaced);

/** What was begun in the payment room. */
const PAYMENT_PURPOSES: readonly ProvisionPurpose[] = ['store', 'card', 'survey'];

/** What stays as it is until Truemed has confirmed it, and what becomes of a charge while that is open. */
const UNCHANGED: Record<ProvisionPurpose, { stays: string; meanwhile?: string }> = {
  move: { stays: 'Your subscriptions stay as they are.' },
  reconnect: { stays: 'Your subscriptions stay as they are.' },
  store: { stays: 'Your subscriptions stay as they are, and are billed as before.' },
  card: {
    stays: 'Your card stays as it is.',
    meanwhile: 'A charge that falls due meanwhile waits for a day at most, and is then made with it.',
  },
  survey: {
    stays: 'Your letter stays as it is.',
    meanwhile: 'A charge that falls due meanwhile waits for a day at most, and is then made.',
  },
  items: {
    stays: 'Your items stay as they are.',
    meanwhile: 'An order that falls due meanwhile waits for a day at most, and is then charged with them.',
  },
};

function NothingChanges({ page: { status, subscription, waitingOrders, purpose } }: { page: View }) {
  const order = waitingOrders.find(({ recovery }) => recovery !== null);
  const title = status === 'abandoned' ? 'Nothing has changed' : 'Until then nothing changes';
  const mayCome = status !== 'abandoned' && status !== 'refused';
  const { stays, meanwhile } = UNCHANGED[purpose];
  if (subscription === null)
    return (
      <SafeNote id="until" title={title}>
        {order === undefined ? (
          [stays, mayCome ? meanwhile : undefined].filter(Boolean).join(' ')
        ) : (
          <>
            Your <Money cents={order.totalCents} /> order waits. You have not been charged.
          </>
        )}
      </SafeNote>
    );
  const { name, totalCents, nextChargeOn, today } = subscription;
  return (
    <SafeNote id="until" title={title}>
      {name}
      {nextChargeOn !== null && (
        <>
          ,{' '}
          <span className="text-base-content">
            <Money cents={totalCents} /> on <DateText date={nextChargeOn} today={today} />
          </span>
          ,
        </>
      )}{' '}
      is billed as before, to the card you gave at checkout. Nothing has been charged for this.
    </SafeNote>
  );
}

/** A connected card may pay for what is still billed elsewhere, too. */
function NextStep({ page: { others } }: { page: View }) {
  if (others.length === 0) return null;
  return (
    <Section id="others" title="Still billed elsewhere">
      <ul className="border-t border-line">
        {others.map(({ id, name }) => (
          <li
            key={id}
            className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-b border-line py-4"
          >
            <span className="min-w-0 break-words">{name}</span>
            <QuietLink href={`/account/subscriptions/${id}/hsa-fsa`}>
              Use my HSA/FSA<span className="sr-only"> for {name}</span>
            </QuietLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}
