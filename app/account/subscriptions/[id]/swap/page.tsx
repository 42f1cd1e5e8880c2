import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { Actions, Button, LinkButton } from '@/components/ui/button';
import { ChoiceList } from '@/components/ui/choice-list';
import { PageHeading } from '@/components/ui/page-heading';
import { SafeNote, Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { isId } from '@/lib/core/id';
import { formatCents } from '@/lib/core/money';
import { formatWantedLines } from '@/lib/core/wanted-quantities';
import { type SwapPage as Swap, swapPage } from '@/lib/views/item-change';
import { AccountShell } from '../../../_components/account-shell';
import { OrderLines } from '../../../_components/order-lines';
import { swapItemAction } from '../../swap-action';
import { ChangeForm } from '../[change]/_components/change-form';

export const metadata: Metadata = { title: 'Swap an item' };

interface SwapPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ out?: string | string[]; in?: string | string[] }>;
}

/** Another item in the place of one: which, then what the next order costs, then the question to Truemed. */
export default async function SwapPage({ params, searchParams }: SwapPageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/swap`));
  const itemId = isId('item', query.out) ? query.out : null;
  const priceId = isId('price', query.in) ? query.in : null;
  const page = await orNotFound(swapPage(ctx, { subscriptionId, itemId, priceId }));
  const { shell, subscription, mayChange, offered, preview } = page;
  const isPossible = mayChange && offered.length > 0;
  return (
    <AccountShell shell={shell}>
      <PageHeading back={{ href: back, label: 'Subscription' }} title="Swap an item" meta={subscription.name} />
      <div className="mt-7">
        <Sheet labelledBy="swap">
          {!isPossible ? (
            <NotNow back={back} />
          ) : preview === null ? (
            <Chooser page={page} back={back} />
          ) : (
            <Preview page={page} preview={preview} back={back} />
          )}
        </Sheet>
      </div>
      {isPossible && (
        <SafeNote id="until" title="Until Truemed agrees nothing changes">
          Truemed checks whether your card may pay for the new item, and may ask for its health survey again. Until it
          agrees, your orders stay as they are, and are charged as before.
        </SafeNote>
      )}
    </AccountShell>
  );
}

function Chooser({ page: { items, offered }, back }: { page: Swap; back: string }) {
  const [only, ...others] = items;
  return (
    <form method="get">
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
      <h2 id="swap" className="text-answer font-semibold">
        What would you like instead?
      </h2>
      <div className="mt-6 space-y-6">
        {only !== undefined && others.length === 0 ? (
          <input type="hidden" name="out" value={only.id} />
        ) : (
          <ChoiceList
            name="out"
            legend="In place of"
            choices={items.map(({ id, name, unitPriceCents }) => ({
              value: id,
              label: `${name}, ${formatCents(unitPriceCents)}`,
            }))}
          />
        )}
        <ChoiceList
          name="in"
          legend={only !== undefined && others.length === 0 ? `In place of ${only.name}` : 'Comes instead'}
          choices={offered.map(({ priceId, name, unitPriceCents }) => ({
            value: priceId,
            label: `${name}, ${formatCents(unitPriceCents)}`,
          }))}
        />
      </div>
      <Actions>
        <Button type="submit" wide>
          Continue
        </Button>
        <LinkButton href={back} kind="bare" wide>
          Keep it as it is
        </LinkButton>
      </Actions>
    </form>
  );
}

function Preview({
  page: { subscription, held },
  preview,
  back,
}: {
  page: Swap;
  preview: NonNullable<Swap['preview']>;
  back: string;
}) {
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is changed yet.</p>
      <h2 id="swap" className="text-answer font-semibold">
        Change your order to {formatCents(preview.totalCents)}?
      </h2>
      <p className="mt-3 mb-6">
        {preview.in} comes in place of {preview.out}. Your order is {formatCents(subscription.totalCents)} now. Truemed
        is asked first; once it agrees, each order has these items.
        {held !== null && ' This takes the place of the change that waits for Truemed.'}
      </p>
      <OrderLines order={preview} totalLabel="New total" />
      <ChangeForm
        action={swapItemAction}
        fields={{ subscriptionId: subscription.id, items: formatWantedLines(preview.wanted) }}
        verb={`Change to ${formatCents(preview.totalCents)}`}
        busy="Asking Truemed"
      >
        <LinkButton href={back} kind="bare" wide>
          Keep it as it is
        </LinkButton>
      </ChangeForm>
    </>
  );
}

function NotNow({ back }: { back: string }) {
  return (
    <>
      <h2 id="swap" className="text-title font-semibold">
        Nothing can be swapped now
      </h2>
      <p className="mt-3">
        That takes an HSA/FSA card that is connected, a subscription that has not ended, and something else that we
        offer. Write to us, and we change it for you.
      </p>
      <Actions>
        <LinkButton href={back} kind="edge" wide>
          Open subscription
        </LinkButton>
      </Actions>
    </>
  );
}
