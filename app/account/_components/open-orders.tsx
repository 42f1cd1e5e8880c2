import { LinkButton } from '@/components/ui/button';
import { StatusChip } from '@/components/ui/chip';
import { IconRow, RowList } from '@/components/ui/list-rows';
import { QuietLink, Section } from '@/components/ui/page-heading';
import { Answer, Sheet } from '@/components/ui/sheet';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import type { OpenCheckout } from '@/lib/views/open-checkouts';

const BEGINS = 'It begins once Truemed has confirmed it.';

/** The first order of somebody who has no subscription yet: where it stands is on a page of its own. */
export function OpenOrderAnswer({ order }: { order: OpenCheckout }) {
  return (
    <Sheet labelledBy="next">
      <p className="mb-4">
        <StatusChip status={order.state} />
      </p>
      <Answer id="next">
        {order.state === 'Not completed' ? 'Your order is not completed' : 'Your order has not begun yet'}
      </Answer>
      <p className="mt-4 break-words">
        {orderWords(order)}. {BEGINS}
      </p>
      <LinkButton href={pageOf(order)} wide className="mt-5">
        See where it stands
      </LinkButton>
    </Sheet>
  );
}

/** New subscriptions that were ordered beside those that run, and have not begun. */
export function OpenOrders({ orders }: { orders: readonly OpenCheckout[] }) {
  return (
    <Section id="ordered" title="Ordered, and not begun yet">
      <RowList>
        {orders.map((order) => (
          <IconRow
            key={order.checkoutId}
            icon="shopping-bag"
            title={orderWords(order)}
            detail={BEGINS}
            status={<StatusChip status={order.state} />}
            action={
              <QuietLink href={pageOf(order)} small>
                See where it stands<span className="sr-only">: {order.name}</span>
              </QuietLink>
            }
          />
        ))}
      </RowList>
    </Section>
  );
}

const pageOf = ({ checkoutId }: OpenCheckout) => `/account/checkout/${checkoutId}`;

function orderWords({ name, quantity, totalCents, interval }: OpenCheckout): string {
  const what = quantity === 1 ? name : `${quantity}\u00a0× ${name}`;
  return `${what}, ${formatCents(totalCents)} ${everyInterval(interval).toLowerCase()}`;
}
