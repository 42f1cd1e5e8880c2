import type { ReactNode } from 'react';
import type { Id } from '@/lib/core/id';

/** The name of an order, leading to its page; of an order to come, to that of its subscription. */
export function OrderLink({
  to,
  children,
}: {
  to: { invoiceId: Id<'invoice'> } | { subscriptionId: Id<'subscription'> };
  children: ReactNode;
}) {
  return (
    <a
      href={'invoiceId' in to ? `/account/orders/${to.invoiceId}` : `/account/subscriptions/${to.subscriptionId}`}
      className="underline decoration-edge decoration-1 underline-offset-4 hover:decoration-current"
    >
      {children}
    </a>
  );
}
