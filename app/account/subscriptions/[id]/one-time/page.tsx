import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { ChoiceList } from '@/components/ui/choice-list';
import { Field } from '@/components/ui/field';
import { LineItemRow, RowList } from '@/components/ui/list-rows';
import { QuietLink, Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { longDate } from '@/lib/core/date-words';
import { isId } from '@/lib/core/id';
import { formatCents } from '@/lib/core/money';
import { lineDetail } from '@/lib/core/receipt';
import { MOST_OF_ONE } from '@/lib/core/wanted-quantities';
import { type OncePage as Once, oncePage } from '@/lib/views/once-items';
import { ChooseItems, ItemsFrame, ItemsNotNow, PreviewItems, takesPlaceOf } from '../../../_components/items-frame';
import { addOnceAction, removeOnceAction } from '../../once-actions';

export const metadata: Metadata = { title: 'Add to one order' };

interface OncePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{
    item?: string | string[];
    quantity?: string | string[];
    remove?: string | string[];
  }>;
}

/** Something for the next order only: what, how many, what that order then costs; and how to take it out again. */
export default async function OncePage({ params, searchParams }: OncePageProps) {
  const [{ id }, { item, quantity, remove }] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/one-time`));
  const count = typeof quantity === 'string' && /^[1-9]\d?$/.test(quantity) ? Number(quantity) : 1;
  const page = await orNotFound(
    oncePage(ctx, {
      subscriptionId,
      add: isId('price', item) ? { priceId: item, quantity: count } : null,
      remove: isId('onceItem', remove) ? remove : null,
    }),
  );
  const { shell, subscription, mayAdd, offered, adding, removing } = page;
  const isPossible = mayAdd && offered.length > 0;
  return (
    <ItemsFrame
      shell={shell}
      subscription={subscription}
      title="Add to one order"
      safe={
        isPossible && removing === null
          ? 'Truemed checks whether your card may pay for the item, and may ask for its health survey again. Until it agrees, your order stays as it is; if the order is made before that, the item comes with the one after it.'
          : null
      }
      below={removing === null && adding === null && <Waiting page={page} back={back} />}
    >
      {removing !== null ? (
        <Removal page={page} removing={removing} back={back} />
      ) : isPossible && adding !== null ? (
        <Addition page={page} adding={adding} back={back} />
      ) : isPossible ? (
        <Chooser page={page} back={back} />
      ) : (
        <ItemsNotNow
          title="Nothing can be added now"
          text="That takes an HSA/FSA card that is connected, a subscription with an order to come, and something that we offer. Write to us, and we add it for you."
          back={back}
        />
      )}
    </ItemsFrame>
  );
}

function Chooser({ page: { offered, orderOn, subscription }, back }: { page: Once; back: string }) {
  return (
    <ChooseItems question="What shall come once?" back={back}>
      <p className="mt-3">
        It comes with {orderWords(orderOn, subscription.today)} and with no other. Truemed says whether your HSA/FSA
        card may pay for it.
      </p>
      <div className="mt-6 space-y-6">
        <ChoiceList
          name="item"
          legend="Comes once"
          choices={offered.map(({ priceId, name, unitPriceCents }) => ({
            value: priceId,
            label: `${name}, ${formatCents(unitPriceCents)}`,
          }))}
        />
        <div className="max-w-[26rem]">
          <Field
            name="quantity"
            type="number"
            label="How many"
            min={1}
            max={MOST_OF_ONE}
            step={1}
            required
            defaultValue={1}
          />
        </div>
      </div>
    </ChooseItems>
  );
}

function Addition({
  page: { subscription, orderOn, held },
  adding,
  back,
}: {
  page: Once;
  adding: NonNullable<Once['adding']>;
  back: string;
}) {
  const { totalCents, usualTotalCents, today, id } = subscription;
  return (
    <PreviewItems
      question={`Make one order ${formatCents(adding.totalCents)}?`}
      text={`${adding.quantity} × ${adding.name} comes with ${orderWords(orderOn, today)} only. That order is ${formatCents(totalCents)} now; those after it stay at ${formatCents(usualTotalCents)}. Truemed is asked first.${takesPlaceOf(held, [adding])}`}
      order={adding}
      totalLabel="Total of this order"
      action={addOnceAction}
      fields={{ subscriptionId: id, priceId: adding.priceId, quantity: String(adding.quantity) }}
      verb={`Add for ${formatCents(adding.totalCents - totalCents)}`}
      busy="Asking Truemed"
      back={back}
    />
  );
}

function Removal({
  page: { subscription, orderOn },
  removing,
  back,
}: {
  page: Once;
  removing: NonNullable<Once['removing']>;
  back: string;
}) {
  return (
    <PreviewItems
      question={`Take ${removing.name} out?`}
      text={`Then ${orderWords(orderOn, subscription.today)} is ${formatCents(removing.totalCents)} and not ${formatCents(subscription.totalCents)}. Nothing else changes.`}
      order={removing}
      totalLabel="New total"
      action={removeOnceAction}
      fields={{ subscriptionId: subscription.id, onceItemId: removing.id }}
      verb="Take it out"
      busy="Taking it out"
      back={back}
    />
  );
}

function Waiting({ page: { waiting }, back }: { page: Once; back: string }) {
  if (waiting.length === 0) return null;
  return (
    <Section id="added" title="Added already">
      <RowList>
        {waiting.map((line, position) => (
          <LineItemRow
            key={line.id}
            title={line.name}
            detail={lineDetail({ ...line, position, isOnce: true })}
            amount={
              <QuietLink href={`${back}/one-time?remove=${line.id}`} small>
                Take out<span className="sr-only"> {line.name}</span>
              </QuietLink>
            }
          />
        ))}
      </RowList>
    </Section>
  );
}

function orderWords(orderOn: Once['orderOn'], today: Once['subscription']['today']): string {
  return orderOn === null ? 'your next order' : `your order of ${longDate(orderOn, today)}`;
}
