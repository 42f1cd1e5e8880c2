import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { Actions, LinkButton } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { intervalKey } from '@/lib/core/plan';
import { subscribeAgain } from '@/lib/views/checkout-page';
import { subscriptionPage } from '@/lib/views/subscription';
import { AccountShell } from '../../../_components/account-shell';

export const metadata: Metadata = { title: 'Subscribe again' };

interface SubscribeAgainPageProps {
  params: Promise<{ id: string }>;
}

/** Leads to how a canceled subscription can be had again: as it was, where its card is kept, else as a new order. */
export default async function SubscribeAgainPage({ params }: SubscribeAgainPageProps) {
  const subscriptionId = idFrom('subscription', (await params).id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/subscribe-again`));
  const again = await orNotFound(subscribeAgain(ctx, { subscriptionId }));
  if (again.kind === 'running') redirect(back);
  if (again.kind === 'start_again') redirect(`${back}/start-again`);
  if (again.kind === 'order') {
    const { planId, quantity, interval } = again;
    const order = { plan: planId, quantity: String(quantity), every: intervalKey(interval), again: subscriptionId };
    redirect(`/checkout?${new URLSearchParams(order)}`);
  }
  const { shell, subscription } = await orNotFound(subscriptionPage(ctx, { subscriptionId }));
  return (
    <AccountShell shell={shell}>
      <PageHeading back={{ href: back, label: 'Subscription' }} title="Subscribe again" meta={subscription.name} />
      <div className="mt-7">
        <Sheet labelledBy="again">
          <h2 id="again" className="text-title font-semibold">
            This is not offered any more as you had it
          </h2>
          <p className="mt-3">The plans show what can be subscribed to now. Your former orders stay in your history.</p>
          <Actions>
            <LinkButton href="/plans" wide>
              See the plans
            </LinkButton>
            <LinkButton href={back} kind="bare" wide>
              Open subscription
            </LinkButton>
          </Actions>
        </Sheet>
      </div>
    </AccountShell>
  );
}
