import { Actions, LinkButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { SubmitButton } from '@/components/ui/submit-button';
import type { WaitingPage } from '@/lib/views/provisioning';
import { MoveForm } from '../../../_components/move-form';
import { againPath } from '../../../_words/again-path';
import { DetailsForm } from '../../../payment-methods/_components/details-form';

/** What can be done in each state; the way on first, then the way out. */
export function WaitingActions({ page }: { page: WaitingPage }) {
  const { state, status, shell } = page;
  switch (state) {
    case 'Confirming':
      return (
        <Actions className="mt-8">
          <BackToOverview />
          {status === 'open' && (
            <ContinueAtTruemed page={page} kind="bare">
              I did not finish at Truemed
            </ContinueAtTruemed>
          )}
          <TakeItBack page={page} />
        </Actions>
      );
    case 'Being reviewed':
      return (
        <Actions className="mt-8">
          <BackToOverview />
          {status === 'waiting_verification' && (
            <ContinueAtTruemed page={page} kind="bare">
              Ask Truemed again
            </ContinueAtTruemed>
          )}
          <TakeItBack page={page} />
        </Actions>
      );
    case 'Connected':
      return (
        <Actions className="mt-8">
          <LinkButton href={homeOf(page).href} wide>
            {homeOf(page).words}
          </LinkButton>
        </Actions>
      );
    case 'Not completed':
      if (page.items?.isWithdrawn || page.items?.isReplaced)
        return (
          <Actions className="mt-8">
            <LinkButton href={homeOf(page).href} kind="edge" wide>
              {homeOf(page).words}
            </LinkButton>
          </Actions>
        );
      return (
        <Actions className="mt-8">
          <ContinueAtTruemed page={page} kind="primary">
            {status === 'abandoned' ? 'Begin again' : 'Continue at Truemed'}
            <Icon name="arrow-right" />
          </ContinueAtTruemed>
          <LinkButton href={homeOf(page).href} kind="bare" wide>
            Not now
          </LinkButton>
          <TakeItBack page={page} />
        </Actions>
      );
    case 'Needs attention':
      if (page.isCardGone) return <ConnectAgain page={page} />;
      return (
        <Actions className="mt-8">
          <BackToOverview />
          <LinkButton href={`mailto:${shell.merchant.email}`} kind="bare" wide>
            Write to us
          </LinkButton>
        </Actions>
      );
  }
}

/** A card for what has none, or in store for what is billed elsewhere. */
function ConnectAgain({ page: { withoutCard, others } }: { page: WaitingPage }) {
  const way =
    withoutCard !== null
      ? { href: `/account/subscriptions/${withoutCard}/hsa-fsa`, words: 'Connect a card' }
      : others.length > 0
        ? { href: '/account/payment-methods/store', words: 'Store a card' }
        : null;
  return (
    <Actions className="mt-8">
      {way !== null && (
        <LinkButton href={way.href} wide>
          {way.words}
        </LinkButton>
      )}
      <BackToOverview />
    </Actions>
  );
}

/** Where a request of each purpose leads back to. */
function homeOf({ purpose, items }: WaitingPage): { href: string; words: string } {
  if (purpose === 'move' || purpose === 'reconnect') return { href: '/account', words: 'Go to overview' };
  if (items !== null) return { href: `/account/subscriptions/${items.subscriptionId}`, words: 'Open subscription' };
  return { href: '/account/payment-methods', words: 'See how you pay' };
}

/** Items that still wait need not be waited for. */
function TakeItBack({ page: { items } }: { page: WaitingPage }) {
  if (!items?.isHeld) return null;
  return (
    <LinkButton href={`/account/subscriptions/${items.subscriptionId}/take-change-back`} kind="bare" wide>
      Take the change back
    </LinkButton>
  );
}

/** The page that asks for just these items: confirmed there, they go on where they stand at Truemed. */
function goOnWith({ subscriptionId, again, isOnce }: NonNullable<WaitingPage['items']>): string {
  const page = again !== null ? againPath(again) : isOnce ? 'one-time' : 'items';
  return `/account/subscriptions/${subscriptionId}/${page}`;
}

function BackToOverview() {
  return (
    <LinkButton href="/account" kind="edge" wide>
      Back to overview
    </LinkButton>
  );
}

// What a customer asked for goes on as it was begun; a request from a mail goes on by the mailed link.
function ContinueAtTruemed({
  page: { requestId, subscription, status, embedded, waitingOrders, withoutCard, purpose, items },
  kind,
  children,
}: {
  page: WaitingPage;
  kind: 'primary' | 'bare';
  children: React.ReactNode;
}) {
  const caseId = waitingOrders.find(({ recovery }) => recovery !== null)?.recovery?.caseId;
  const href =
    embedded && status === 'open'
      ? `/account/hsa-fsa/${requestId}/frame`
      : items !== null
        ? goOnWith(items)
        : purpose === 'reconnect' && caseId !== undefined
          ? `/go/${caseId}`
          : null;
  if (href !== null)
    return (
      <LinkButton href={href} kind={kind} wide>
        {children}
      </LinkButton>
    );
  if (purpose === 'store' || purpose === 'card' || purpose === 'survey')
    return (
      <DetailsForm what={purpose}>
        <SubmitButton name="where" value="truemed" kind={kind} busy="Opening Truemed" wide>
          {children}
        </SubmitButton>
      </DetailsForm>
    );
  const subscriptionId = subscription?.id ?? withoutCard;
  if (subscriptionId === null) return null;
  return (
    <MoveForm subscriptionId={subscriptionId}>
      <SubmitButton name="where" value="truemed" kind={kind} busy="Opening Truemed" wide>
        {children}
      </SubmitButton>
    </MoveForm>
  );
}
