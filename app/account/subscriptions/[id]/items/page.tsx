import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { Field } from '@/components/ui/field';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { type Id, isId } from '@/lib/core/id';
import { formatCents } from '@/lib/core/money';
import { formatQuantities, MOST_OF_ONE, type WantedQuantities } from '@/lib/core/wanted-quantities';
import { type ItemsPage as Items, itemsPage } from '@/lib/views/item-change';
import { ChooseItems, ItemsFrame, ItemsNotNow, PreviewItems, takesPlaceOf } from '../../../_components/items-frame';
import { changeItemsAction } from '../../actions';

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
  const { shell, subscription, mayChange, preview, held } = page;
  // What the orders have is no change: where another one waits, that one is taken back.
  const isAsNow = wanted !== null && preview !== null && wantsWhatComes(page, wanted);
  if (isAsNow && held !== null && !held.isOnce) redirect(`${back}/take-change-back`);
  const isPossible = mayChange && subscription.billingMethod === 'hsa_fsa' && subscription.status !== 'canceled';
  return (
    <ItemsFrame
      shell={shell}
      subscription={subscription}
      title="Change items"
      safe={
        isPossible
          ? 'Truemed checks whether your card may pay for the new items, and may ask for its health survey again. Until it agrees, your orders stay as they are, and are charged as before.'
          : null
      }
    >
      {!isPossible ? (
        <ItemsNotNow
          title="The items cannot be changed now"
          text="That takes an HSA/FSA card that is connected, and a subscription that has not ended. Write to us, and we change them for you."
          back={back}
        />
      ) : wanted === null || preview === null || isAsNow ? (
        <Quantities items={page.items} error={wanted === null ? undefined : errorOf(page)} back={back} />
      ) : (
        <PreviewItems
          question={`Change your order to ${formatCents(preview.totalCents)}?`}
          text={`It is ${formatCents(subscription.totalCents)} now. Truemed is asked first; once it agrees, each order has these items.${takesPlaceOf(
            held,
            preview.lines.filter(({ isOnce }) => !isOnce),
          )}`}
          order={preview}
          totalLabel="New total"
          action={changeItemsAction}
          fields={{ subscriptionId: subscription.id, items: formatQuantities(preview.wanted) }}
          verb={`Change to ${formatCents(preview.totalCents)}`}
          busy="Asking Truemed"
          back={back}
        />
      )}
    </ItemsFrame>
  );
}

/** Nothing else is wanted than what comes. */
function wantsWhatComes({ items }: Items, wanted: WantedQuantities): boolean {
  return items.every(({ id, quantity }) => (wanted.get(id) ?? quantity) === quantity);
}

function errorOf({ preview }: Items): string {
  return preview === null
    ? 'Keep one item at least, or cancel the subscription.'
    : 'That is how many come already. Choose another number, or keep it as it is.';
}

function Quantities({ items, error, back }: { items: Items['items']; error: string | undefined; back: string }) {
  return (
    <ChooseItems question="How many of each?" back={back}>
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
            error={index === 0 ? error : undefined}
          />
        ))}
      </div>
    </ChooseItems>
  );
}

// Each item is a field of the form, named by its id. Others' ids change nothing: they are no items of this subscription.
function wantedIn(query: Awaited<ItemsPageProps['searchParams']>): WantedQuantities | null {
  const wanted = new Map<Id<'item'>, number>();
  for (const [name, value] of Object.entries(query)) {
    if (isId('item', name) && typeof value === 'string' && /^\d{1,3}$/.test(value)) wanted.set(name, Number(value));
  }
  return wanted.size === 0 ? null : wanted;
}
