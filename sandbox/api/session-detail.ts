import { amountsOf, itemAmounts, type SessionAmounts, shownCards, summaryOf } from '../model/money';
import type { PaymentSession } from '../records';
import type { World } from '../world';

/** A session as the API gives it back (sections 3.2 and 3.3), without its items and its refunds. */
export function sessionFields(
  world: World,
  session: PaymentSession,
  amounts: SessionAmounts = amountsOf(world, session),
): Record<string, unknown> {
  const { id, status, kind, created_at, customer_email, customer_name, total_amount, amount_details } = session;
  const { metadata, payment_token, authorized_on, captured_on } = session;
  return {
    id,
    status,
    status_summary: summaryOf(world, session),
    kind,
    created_at,
    customer_email,
    customer_name,
    total_amount,
    amount_details,
    metadata,
    payment_token,
    authorized_on,
    captured_on,
    authorize_amount: amounts.authorized,
    capture_amount: amounts.captured,
    authorization_expires_at: authorizationExpiry(session),
    ...shownCards(world, session),
    ...(amounts.refundable === null ? {} : { total_refundable: amounts.refundable }),
    ...(amounts.capturable === null ? {} : { total_capturable: amounts.capturable }),
  };
}

/** The lines of a session, with what can still be captured or refunded of each (section 3.3). */
export function sessionItems(
  world: World,
  session: PaymentSession,
  amounts: SessionAmounts = amountsOf(world, session),
): unknown[] {
  return session.order_items.map((item) => ({ ...item, ...itemAmounts(world, session, item, amounts) }));
}

/** The refunds of a session, oldest first. */
export function sessionRefunds({ store }: World, { id }: PaymentSession): unknown[] {
  return store.refunds.find('session', id).map(({ refund_id, amount, reason, item_details, at }) => ({
    refund_id,
    amount,
    reason,
    item_details,
    created_at: at,
  }));
}

/** The last moment at which a hold can be captured; null without an authorized transaction (section 3.1). */
function authorizationExpiry({ kind, authorized_on, hold_expires_at }: PaymentSession): string | null {
  return kind === 'authorization' && authorized_on !== null ? hold_expires_at : null;
}
