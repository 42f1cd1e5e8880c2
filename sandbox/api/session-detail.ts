import { feeTaken } from '../model/fees';
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
    ...(amounts.captured === null ? {} : { truemed_fee: shownFee(world, session) }),
    ...(world.switches.values.refundableFieldsAt === 'order_items' ? {} : restOf(world, session, amounts)),
  };
}

/** What of a session can still be refunded or captured; the quantity is that of all its lines. */
function restOf(world: World, session: PaymentSession, amounts: SessionAmounts): Record<string, number> {
  const lines = session.order_items.map((item) => itemAmounts(world, session, item, amounts));
  if (amounts.capturable !== null) {
    const quantity_capturable = lines.reduce((sum, line) => sum + (line.quantity_capturable ?? 0), 0);
    return { total_capturable: amounts.capturable, quantity_capturable };
  }
  if (amounts.refundable === null) return {};
  const quantity_refundable = lines.reduce((sum, line) => sum + (line.quantity_refundable ?? 0), 0);
  return { total_refundable: amounts.refundable, quantity_refundable };
}

function shownFee(world: World, session: PaymentSession): number {
  const cents = feeTaken(world, session);
  return world.switches.values.truemedFeeUnit === 'cents' ? cents : cents / 100;
}

/** The lines of a session, with what can still be captured or refunded of each (section 3.3). */
export function sessionItems(
  world: World,
  session: PaymentSession,
  amounts: SessionAmounts = amountsOf(world, session),
): unknown[] {
  const isTold = world.switches.values.refundableFieldsAt !== 'session';
  return session.order_items.map((item) => ({
    ...item,
    ...(isTold ? itemAmounts(world, session, item, amounts) : {}),
  }));
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
