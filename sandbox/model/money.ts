import { expectedTotal } from '../api/amounts';
import { uuidOf } from '../ids';
import type { CardPayment, PaymentSession } from '../records';
import type { World } from '../world';

/** What became of a session's money, in cents; null where the question does not arise. */
export interface SessionAmounts {
  readonly authorized: number | null;
  readonly captured: number | null;
  readonly refunded: number;
  /** What a hold still allows to capture: told while it is authorized. */
  readonly capturable: number | null;
  /** What can still be given back: told once it is captured. */
  readonly refundable: number | null;
}

/** Reads the ledger for one session. A lost dispute takes what was left. */
export function amountsOf(world: World, session: PaymentSession): SessionAmounts {
  const { status, total_amount, authorized_on } = session;
  const captured = capturedOf(session);
  const refunded = world.store.refunds.find('session', session.id).reduce((sum, { amount }) => sum + amount, 0);
  const left = captured === null || disputeOf(world, session) === 'lost' ? 0 : captured - refunded;
  return {
    authorized: authorized_on === null ? null : total_amount,
    captured,
    refunded,
    capturable: status === 'authorized' ? total_amount : null,
    refundable: captured === null ? null : left,
  };
}

/** Cents that were taken; null where nothing was. */
export function capturedOf({ status, capture_amount, total_amount }: PaymentSession): number | null {
  // A session of an earlier version has no amount of its own.
  return status === 'captured' ? (capture_amount ?? total_amount) : null;
}

/** The id of the one charge that a session can have, which is the capture's too: the ledger takes it only once. */
export function chargeIdOf(sessionId: string): string {
  return uuidOf('charge', sessionId);
}

/** How the dispute of a session stands; null where there was none. */
export function disputeOf({ store }: World, { id }: PaymentSession): 'opened' | 'won' | 'lost' | null {
  return store.disputes.find('session', id).at(-1)?.state ?? null;
}

/** What is left of a session that counts as money: all captured less all refunded, on each card. */
export function leftOnCards({ store }: World, session: PaymentSession): CardPayment[] {
  const paid = store.charges.get(chargeIdOf(session.id))?.payment_methods ?? [];
  const back = store.refunds.find('session', session.id).flatMap((refund) => refund.payment_methods);
  return paid.map((method) => ({
    ...method,
    amount: back.filter((other) => isSameCard(other, method)).reduce((sum, { amount }) => sum - amount, method.amount),
  }));
}

/** Cards with their amounts, where the switch lets the API show those of this session; else nothing. */
export function shownCards(
  { switches }: World,
  session: PaymentSession,
  cards: readonly CardPayment[] = session.payment_methods ?? [],
): { payment_methods?: readonly CardPayment[] } {
  const { paymentMethodsShown } = switches.values;
  const isSplit = (session.payment_methods ?? []).length > 1;
  const isShown = paymentMethodsShown === 'always' || (paymentMethodsShown === 'split' && isSplit);
  return isShown ? { payment_methods: cards } : {};
}

/** Takes an amount from cards in the order of a kind, as far as each goes; a card that gives nothing is left out. */
export function takeFromCards(
  cards: readonly CardPayment[],
  amount: number,
  first: CardPayment['type'],
): CardPayment[] {
  const ordered = [...cards].sort((a, b) => Number(b.type === first) - Number(a.type === first));
  let left = amount;
  return ordered.flatMap((card) => {
    const part = Math.min(left, card.amount);
    left -= part;
    return part > 0 ? [{ ...card, amount: part }] : [];
  });
}

/** What of a line can still be captured or refunded, as the API tells it (sections 3.3 and 7.6): absent where it cannot. */
export interface ItemAmounts {
  total_refundable?: number;
  quantity_refundable?: number;
  total_capturable?: number;
  quantity_capturable?: number;
}

/** What can still be captured or refunded of one line; nothing of the kind where the session is not so far. */
export function itemAmounts(
  world: World,
  session: PaymentSession,
  item: PaymentSession['order_items'][number],
  amounts: SessionAmounts,
): ItemAmounts {
  const { discountSign } = world.switches.values;
  const total = expectedTotal({ amount_details: null, order_items: [item] }, discountSign);
  if (amounts.capturable !== null) {
    return { total_capturable: total, quantity_capturable: item.quantity };
  }
  if (amounts.refundable === null) return {};
  const back = world.store.refunds
    .find('session', session.id)
    .flatMap((refund) => refund.item_details)
    .filter(({ item_id }) => item_id === item.item_id);
  const sum = (pick: (refunded: (typeof back)[number]) => number) => back.reduce((all, one) => all + pick(one), 0);
  return {
    total_refundable: Math.max(0, Math.min(total - sum(({ amount }) => amount), amounts.refundable)),
    quantity_refundable: amounts.refundable === 0 ? 0 : Math.max(0, item.quantity - sum(({ quantity }) => quantity)),
  };
}

/** `status_summary` in the words that are documented for the API, or with those of the dashboard too (section 3.2). */
export function summaryOf(world: World, session: PaymentSession): string {
  const { status } = session;
  if (status === 'captured') return summaryOfCaptured(world, session);
  if (status === 'authorized') return 'Authorized';
  if (!world.switches.values.dashboardSummaries) return 'Incomplete';
  const words = { authorization_voided: 'Voided', authorization_expired: 'Expired', canceled: 'Canceled' } as const;
  return status in words ? words[status as keyof typeof words] : 'Incomplete';
}

function summaryOfCaptured(world: World, session: PaymentSession): string {
  const { captured, refunded } = amountsOf(world, session);
  const dispute = disputeOf(world, session);
  if (world.switches.values.dashboardSummaries && (dispute === 'opened' || dispute === 'lost')) return 'Disputed';
  if (refunded > 0) return refunded === captured ? 'Refunded' : 'Partially Refunded';
  return captured !== null && captured < session.total_amount ? 'Partially Captured' : 'Captured';
}

function isSameCard(a: CardPayment, b: CardPayment): boolean {
  return a.type === b.type && a.last4 === b.last4;
}
