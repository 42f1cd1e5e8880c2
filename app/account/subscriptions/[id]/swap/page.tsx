import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { ChoiceList } from '@/components/ui/choice-list';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { isId } from '@/lib/core/id';
import { formatCents } from '@/lib/core/money';
import { formatWantedLines } from '@/lib/core/wanted-quantities';
import { type SwapPage as Swap, swapPage } from '@/lib/views/item-change';
import { ChooseItems, ItemsFrame, ItemsNotNow, PreviewItems, takesPlaceOf } from '../../../_components/items-frame';
import { swapItemAction } from '../../swap-action';

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
  const { shell, subscription, mayChange, offered, preview, held } = page;
  const isPossible = mayChange && offered.length > 0;
  return (
    <ItemsFrame
      shell={shell}
      subscription={subscription}
      title="Swap an item"
      safe={
        isPossible
          ? 'Truemed checks whether your card may pay for the new item, and may ask for its health survey again. Until it agrees, your orders stay as they are, and are charged as before.'
          : null
      }
    >
      {!isPossible ? (
        <ItemsNotNow
          title="Nothing can be swapped now"
          text="That takes an HSA/FSA card that is connected, a subscription that has not ended, and something else that we offer. Write to us, and we change it for you."
          back={back}
        />
      ) : preview === null ? (
        <Chooser page={page} back={back} />
      ) : (
        <PreviewItems
          question={`Change your order to ${formatCents(preview.totalCents)}?`}
          text={`${preview.in} comes in place of ${preview.out}. Your order is ${formatCents(subscription.totalCents)} now. Truemed is asked first; once it agrees, each order has these items.${takesPlaceOf(
            held,
            preview.lines.filter(({ isOnce }) => !isOnce),
          )}`}
          order={preview}
          totalLabel="New total"
          action={swapItemAction}
          fields={{ subscriptionId: subscription.id, items: formatWantedLines(preview.wanted) }}
          verb={`Change to ${formatCents(preview.totalCents)}`}
          busy="Asking Truemed"
          back={back}
        />
      )}
    </ItemsFrame>
  );
}

function Chooser({ page: { items, offered }, back }: { page: Swap; back: string }) {
  const [only, ...others] = items;
  return (
    <ChooseItems question="What would you like instead?" back={back}>
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
    </ChooseItems>
  );
}
