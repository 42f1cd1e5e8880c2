import { z } from 'zod';
import { newUuid } from '../ids';
import { feeReturned } from '../model/fees';
import { amountsOf, disputeOf, itemAmounts, leftOnCards, shownCards, takeFromCards } from '../model/money';
import { type PaymentSession, REFUND_REASONS, type RefundItem } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { Id, readFields, TOKEN_CODES } from './fields';
import { answerOnce } from './idempotency';

const Body = z.looseObject({
  payment_id: Id,
  amount: z.number().int(),
  idempotency_key: Id,
  reason: z.enum(REFUND_REASONS),
  /** Inner fields ASSUMED. */
  item_details: z
    .array(z.looseObject({ item_id: Id, quantity: z.number().int().min(0), amount: z.number().int().min(0) }))
    .nullish(),
});
type Input = z.infer<typeof Body>;

/** Create refund (section 3.7): any number of them, until all that was captured is given back. Nobody is told (ASSUMED). */
export function createRefund(call: ApiCall): ApiAnswer {
  const required = ['payment_id', 'amount', 'idempotency_key', 'reason'];
  const fields = readFields(call.body, Body, required, TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const input = fields.value;
  return answerOnce(call, 'createRefund', () => {
    const session = call.world.store.sessions.get(input.payment_id);
    if (session === undefined) return refuse(400, 'InvalidPaymentId', 'There is no payment session with this id.');
    return refund(call.world, session, input);
  });
}

function refund(world: World, session: PaymentSession, input: Input): ApiAnswer {
  const { refundable } = amountsOf(world, session);
  if (refundable === null) return refuse(400, 'NoSessionCaptures', 'Nothing of this payment session was captured.');
  if (disputeOf(world, session) === 'opened') {
    return refuse(400, 'ChargeDisputed', 'The charge is disputed; it can be refunded when the dispute is settled.');
  }
  const { amount } = input;
  if (amount <= 0) return refuse(400, 'AmountInvalid', 'amount must be more than 0.');
  if (amount > refundable) return refuse(400, 'AmountInvalid', `amount is ${amount}, but ${refundable} is left.`);
  const items = (input.item_details ?? []).map(({ item_id, quantity, amount }) => ({ item_id, quantity, amount }));
  const wrong = world.switches.values.refundItemsChecked ? explainWrongItems(world, session, items, amount) : null;
  if (wrong !== null) return refuse(400, 'AmountInvalid', wrong);
  const { refund_id, payment_methods } = world.store.refunds.put({
    refund_id: newUuid(),
    session_id: session.id,
    amount,
    reason: input.reason,
    item_details: items,
    fee_returned: feeReturned(world, session, amount),
    payment_methods: takeFromCards(leftOnCards(world, session), amount, world.switches.values.refundFrom),
    customer_email: session.customer_email,
    idempotency_key: input.idempotency_key,
    at: world.clock.nowIso(),
  });
  return { status: 200, body: { refund_id, ...shownCards(world, session, payment_methods) } };
}

/** Why items of a refund are refused: not of this session, more than is left of a line, or more than the refund. */
function explainWrongItems(
  world: World,
  session: PaymentSession,
  items: readonly RefundItem[],
  amount: number,
): string | null {
  const amounts = amountsOf(world, session);
  const seen = new Set<string>();
  for (const { item_id, quantity, amount: part } of items) {
    const item = session.order_items.find((candidate) => candidate.item_id === item_id);
    if (item === undefined) return `item_details: there is no item ${item_id} in this payment session.`;
    if (seen.has(item_id)) return `item_details: ${item_id} is there twice.`;
    seen.add(item_id);
    const { total_refundable = 0, quantity_refundable = 0 } = itemAmounts(world, session, item, amounts);
    if (quantity > quantity_refundable || part > total_refundable) {
      return `item_details: of ${item_id}, ${quantity_refundable} for ${total_refundable} are left.`;
    }
  }
  const sum = items.reduce((running, item) => running + item.amount, 0);
  return sum > amount ? `amount is ${amount}, but its items add up to ${sum}.` : null;
}
