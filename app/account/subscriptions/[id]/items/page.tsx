import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { Actions, Button, LinkButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { PageHeading } from '@/components/ui/page-heading';
import { SafeNote, Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { type Id, isId } from '@/lib/core/id';
import { formatCents } from '@/lib/core/money';
import { formatQuantities, MOST_OF_ONE, type WantedQuantities } from '@/lib/core/wanted-quantities';
import { type ItemsPage as Items, itemsPage } from '@/lib/views/item-change';
import { AccountShell } from '../../../_components/account-shell';
import { OrderLines } from '../../../_components/order-lines';
import { changeItemsAction } from '../../actions';
import { ChangeForm } from '../[change]/_components/change-form';

export const metadata: Metadata = { title: 'Change items' };

interface ItemsPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** How many of each item shall come, what the next order then costs, and the question to Truemed. */
export default async function ItemsPage({ params, searchParams }: ItemsPageProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/items`));
  const wanted = wantedIn(query);
  const page = await orNotFound(itemsPage(ctx, { subscriptionId, wanted }));
  const isChangeable =
    page.mayChange && page.subscription.billingMethod === 'hsa_fsa' && page.subscription.status !== 'canceled';
  return (
    <AccountShell shell={page.shell}>
      <PageHeading back={{ href: back, label: 'Subscription' }} title="Change items" meta={page.subscription.name} />
      <div className="mt-7">
        <Sheet labelledBy="items">
          {!isChangeable ? (
            <NotNow back={back} />
          ) : wanted !== null && page.preview !== null ? (
            <Preview page={page} wanted={wanted} preview={page.preview} back={back} />
          ) : (
            <Quantities items={page.items} isEmpty={wanted !== null} back={back} />
          )}
        </Sheet>
      </div>
      {isChangeable && (
        <SafeNote id="until" title="Until Truemed agrees nothing changes">
          Truemed checks whether your card may pay for the new items, and may ask for its health survey again. Until it
          agrees, your orders stay as they are, and are charged as before.
        </SafeNote>
      )}
    </AccountShell>
  );
}

function Quantities({ items, isEmpty, back }: { items: Items['items']; isEmpty: boolean; back: string }) {
  return (
    <form method="get">
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
      <h2 id="items" className="text-answer font-semibold">
        How many of each?
      </h2>
      <div className="mt-6 max-w-[26rem] space-y-5">
        {items.map(({ id, name, quantity, unitPriceCents }, index) => (
          <Field
            key={id}
            name={id}
            type="number"
            label={name}
            min={0}
            max={MOST_OF_ONE}
            step={1}
            required
            defaultValue={quantity}
            hint={`${formatCents(unitPriceCents)} each. 0 leaves it out.`}
            error={isEmpty && index === 0 ? 'Keep one item at least, or cancel the subscription.' : undefined}
          />
        ))}
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
  wanted,
  preview,
  back,
}: {
  page: Items;
  wanted: WantedQuantities;
  preview: NonNullable<Items['preview']>;
  back: string;
}) {
  const kept = new Map([...wanted].filter(([, quantity]) => quantity > 0));
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is changed yet.</p>
      <h2 id="items" className="text-answer font-semibold">
        Change your order to {formatCents(preview.totalCents)}?
      </h2>
      <p className="mt-3 mb-6">
        It is {formatCents(subscription.totalCents)} now. Truemed is asked first; once it agrees, each order has these
        items.{held !== null && ' This takes the place of the change that waits for Truemed.'}
      </p>
      <OrderLines order={preview} totalLabel="New total" />
      <ChangeForm
        action={changeItemsAction}
        fields={{ subscriptionId: subscription.id, items: formatQuantities(kept) }}
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
      <h2 id="items" className="text-title font-semibold">
        The items cannot be changed now
      </h2>
      <p className="mt-3">
        That takes an HSA/FSA card that is connected, and a subscription that has not ended. Write to us, and we change
        them for you.
      </p>
      <Actions>
        <LinkButton href={back} kind="edge" wide>
          Open subscription
        </LinkButton>
      </Actions>
    </>
  );
}

// Each item is a field of the form, named by its id. Others' ids change nothing: they are no items of this subscription.
function wantedIn(query: Awaited<ItemsPageProps['searchParams']>): WantedQuantities | null {
  const wanted = new Map<Id<'item'>, number>();
  for (const [name, value] of Object.entries(query)) {
    if (isId('item', name) && typeof value === 'string' && /^\d{1,2}$/.test(value)) wanted.set(name, Number(value));
  }
  return wanted.size === 0 ? null : wanted;
}
