import { Actions, LinkButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { intervalKey } from '@/lib/core/plan';
import type { CheckoutPage } from '@/lib/views/checkout-page';
import { continueAction, giveUpAction } from '../actions';
import { CheckoutForm } from './checkout-form';

/** What can be done in each state of an order; the way on first, then the way out. */
export function CheckoutActions({ page }: { page: CheckoutPage }) {
  const { state, checkoutId, hasLink, subscription, shell } = page;
  switch (state) {
    case 'Paid':
    case 'Trial':
    case 'Canceled':
    case 'Action needed':
    case 'Waiting for Truemed':
      return (
        <Actions className="mt-8">
          <LinkButton href={subscription === null ? '/account' : `/account/subscriptions/${subscription.id}`} wide>
            Open subscription
          </LinkButton>
          <LinkButton href="/account" kind="bare" wide>
            Go to overview
          </LinkButton>
        </Actions>
      );
    case 'Not completed':
      return hasLink ? (
        <Actions className="mt-8">
          <CheckoutForm action={continueAction} checkoutId={checkoutId} busy="Opening Truemed" kind="primary">
            Continue at Truemed
            <Icon name="arrow-right" />
          </CheckoutForm>
          <CheckoutForm action={giveUpAction} checkoutId={checkoutId} busy="Giving it up" kind="bare">
            Do not order it
          </CheckoutForm>
        </Actions>
      ) : (
        <OrderAgain page={page} />
      );
    case 'Not taken':
      return <OrderAgain page={page} />;
    case 'Confirming':
    case 'Being reviewed':
    case 'Refunded':
      return (
        <Actions className="mt-8">
          <LinkButton href="/account" kind="edge" wide>
            Go to overview
          </LinkButton>
        </Actions>
      );
    case 'Needs attention':
      return (
        <Actions className="mt-8">
          <LinkButton href="/account" kind="edge" wide>
            Go to overview
          </LinkButton>
          <LinkButton href={`mailto:${shell.merchant.email}`} kind="bare" wide>
            Write to us
          </LinkButton>
        </Actions>
      );
  }
}

function OrderAgain({ page: { planId, quantity, interval } }: { page: CheckoutPage }) {
  const again =
    planId === null
      ? '/plans'
      : `/checkout?${new URLSearchParams({ plan: planId, quantity: String(quantity), every: intervalKey(interval) })}`;
  return (
    <Actions className="mt-8">
      <LinkButton href={again} wide>
        {planId === null ? 'See the plans' : 'Order again'}
      </LinkButton>
      <LinkButton href="/account" kind="bare" wide>
        Go to overview
      </LinkButton>
    </Actions>
  );
}
