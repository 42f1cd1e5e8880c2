import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { Actions, LinkButton } from '@/components/ui/button';
import { DateText } from '@/components/ui/date-text';
import { Icon } from '@/components/ui/icon';
import { Money } from '@/components/ui/money';
import { PageHeading } from '@/components/ui/page-heading';
import { NumberedItem, NumberedList, SafeNote, Sheet } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { type MoveOffer, moveOffer } from '@/lib/views/subscription';
import { AccountShell } from '../../../_components/account-shell';
import { MoveForm } from '../../../_components/move-form';
import { cardWords } from '../../../_words/card-words';

export const metadata: Metadata = { title: 'Use my HSA/FSA' };

/** What a move to HSA/FSA changes and when, before anything is asked of Truemed. */
export default async function MovePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const subscriptionId = idFrom('subscription', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/subscriptions/${id}/hsa-fsa`));
  const offer = await orNotFound(moveOffer(ctx, { subscriptionId }));
  const { shell, subscription, standing } = offer;
  if (standing !== 'movable' && standing !== 'card_gone') redirect(`/account/subscriptions/${id}`);
  return (
    <AccountShell shell={shell}>
      <PageHeading back={{ href: '/account', label: 'Overview' }} title={subscription.name} />
      <div className="mt-7">
        <Sheet labelledBy="move" foot={<WhatHappens offer={offer} />}>
          <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
          <h2 id="move" className="text-answer font-semibold">
            {standing === 'movable' ? 'Use your HSA/FSA card, if you qualify' : 'Connect a card again, if you qualify'}
          </h2>
          {standing === 'movable' ? <Move offer={offer} /> : <Reconnect name={subscription.name} />}
          <MoveForm subscriptionId={subscription.id}>
            <Actions>
              <SubmitButton name="where" value="truemed" busy="Opening Truemed" wide>
                Continue to Truemed
                <Icon name="arrow-right" />
              </SubmitButton>
              <SubmitButton name="where" value="page" kind="bare" busy="Opening Truemed" wide>
                Complete it on this page
              </SubmitButton>
            </Actions>
          </MoveForm>
          <p className="mt-4">
            <LinkButton href="/account" kind="bare" wide className="sm:-ml-4.5">
              {standing === 'movable' ? 'Keep it as it is' : 'Not now'}
            </LinkButton>
          </p>
        </Sheet>
      </div>
      <SafeNote
        id="until"
        title={standing === 'movable' ? 'Until then nothing changes' : 'Until then nothing is charged'}
      >
        {standing === 'movable'
          ? `${subscription.name} is billed as before, to the card you gave at checkout, until Truemed confirms that ${offer.connectedCard === null ? 'your HSA/FSA card is connected' : `${cardWords(offer.connectedCard)} may pay for it`}. Going to Truemed charges nothing.`
          : 'An order whose day has come waits, and is charged once when Truemed confirms your card. Going to Truemed charges nothing.'}
      </SafeNote>
    </AccountShell>
  );
}

function Move({ offer }: { offer: MoveOffer }) {
  return (
    <>
      <p className="mt-4">
        {offer.subscription.name} may be eligible for payment with your HSA/FSA card, if you qualify. You complete
        Truemed’s health survey first.
      </p>
      <Effect offer={offer} />
    </>
  );
}

function Reconnect({ name }: { name: string }) {
  return (
    <p className="mt-4">
      Truemed no longer has the card that pays for {name}. You complete its health survey again and give your HSA/FSA
      card there. Your dates stay as they are.
    </p>
  );
}

/** From which order on the card pays, in the dates of this subscription. */
function Effect({ offer: { effect, awaitsHandOver, subscription, connectedCard } }: { offer: MoveOffer }) {
  const { today, totalCents, nextChargeOn } = subscription;
  const card = connectedCard === null ? 'your HSA/FSA card' : cardWords(connectedCard);
  const first = <DateText date={effect.firstChargeOn} today={today} form="day" />;
  if (nextChargeOn === null)
    return <p className="mt-3">This subscription is paused: nothing is charged until it is resumed.</p>;
  return (
    <p className="mt-3">
      If Truemed connects your card today,{' '}
      <strong className="font-semibold">
        {effect.lastExternalOn !== null && (
          <>
            your order of <DateText date={effect.lastExternalOn} today={today} form="day" /> is still billed to your
            former card; from {first} on {card}
          </>
        )}
        {effect.lastExternalOn === null && (
          <>
            your orders are billed to {card} from {first} on
          </>
        )}
      </strong>
      , <Money cents={totalCents} /> each as before.
      {awaitsHandOver && ' That is the earliest day: we wait until our former payment company has stopped billing it.'}
    </p>
  );
}

function WhatHappens({ offer: { connectedCard, standing } }: { offer: MoveOffer }) {
  return (
    <NumberedList title="What happens next">
      <NumberedItem>
        {connectedCard === null
          ? 'You complete the health survey at Truemed and give your HSA/FSA card there.'
          : `Truemed checks whether ${cardWords(connectedCard)} may pay for this too, and may ask for its health survey again.`}
      </NumberedItem>
      <NumberedItem>An independent licensed practitioner reviews your answers, where that is needed.</NumberedItem>
      <NumberedItem>
        If you qualify, you receive a Letter of Medical Necessity from Truemed, and{' '}
        {standing === 'movable'
          ? 'we write to you with the day of your next charge.'
          : 'the card that you gave pays from then on.'}
      </NumberedItem>
    </NumberedList>
  );
}
