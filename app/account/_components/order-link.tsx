import type { ReactNode } from 'react';
import type { Id } from '@/lib/core/id';

/** The name of an order or subscription, leading to the page of the subscription. */
export function OrderLink({ subscriptionId, children }: { subscriptionId: Id<'subscription'>; children: ReactNode }) {
  return (
    <a
      href={`/account/subscriptions/${subscriptionId}`}
      className="hover:underline hover:decoration-edge hover:underline-offset-4"
    >
      {children}
    </a>
  );
}
