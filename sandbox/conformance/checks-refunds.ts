import { aCharge, aCheckout, REFUND, SESSION } from './bodies';
import { A_UUID, type Check, facts, holds, inSandbox } from './check';
import { detailOf, isRefused, UNKNOWN_ID } from './money';

const refunds = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('createRefund', kind, ...names);

/** Refunds (section 3.7). */
export const REFUND_CHECKS: readonly Check[] = [
  inSandbox(
    'several refunds make one payment smaller; the status stays captured and the summary follows',
    [
      ...refunds('request', 'payment_id', 'amount', 'idempotency_key', 'reason', 'item_details'),
      ...refunds('answer', 'refund_id'),
      ...refunds('rule', 'several refunds make one payment smaller', 'the status stays captured'),
      ...refunds('error', 'AmountInvalid', 'IdempotencyViolation'),
      ...facts('retrievePaymentSession', 'rule', 'status_summary follows money and refunds'),
      ...facts('retrievePaymentSession', 'answer', 'refunds'),
    ],
    async (world) => {
      const id = (await world.api.post(SESSION, aCharge(world.fresh()))).body.id;
      const key = world.fresh();
      const aRefund = (changes: Record<string, unknown>) => ({
        payment_id: id,
        reason: 'customer_request',
        item_details: null,
        ...changes,
      });
      const first = await world.api.post(REFUND, aRefund({ amount: 1000, idempotency_key: key }));
      holds(first, { status: 200, body: { refund_id: A_UUID } });
      holds(
        (await world.api.post(REFUND, aRefund({ amount: 1000, idempotency_key: key }))).body,
        first.body,
        'the same refund',
      );
      isRefused(await world.api.post(REFUND, aRefund({ amount: 900, idempotency_key: key })), 'IdempotencyViolation');
      holds(await detailOf(world, id), { status: 'captured', status_summary: 'Partially Refunded', refunds: [{}] });
      isRefused(
        await world.api.post(REFUND, aRefund({ amount: 3831, idempotency_key: world.fresh() })),
        'AmountInvalid',
      );
      const last = aRefund({ amount: 3830, idempotency_key: world.fresh(), reason: 'duplicate_payment' });
      holds((await world.api.post(REFUND, last)).status, 200, 'the status');
      holds(await detailOf(world, id), { status: 'captured', status_summary: 'Refunded' });
    },
  ),
  inSandbox(
    'a refund has a payment, an amount above 0, a key and one of three reasons',
    refunds('error', 'MissingField', 'AmountInvalid', 'InvalidPaymentId', 'NoSessionCaptures'),
    async ({ api, fresh }) => {
      const id = (await api.post(SESSION, aCharge(fresh()))).body.id;
      const good = { payment_id: id, amount: 100, reason: 'fraudulent', idempotency_key: fresh() };
      for (const name of Object.keys(good)) {
        const { [name]: _, ...rest } = good as Record<string, unknown>;
        isRefused(await api.post(REFUND, rest), 'MissingField');
      }
      for (const amount of [0, -1])
        isRefused(await api.post(REFUND, { ...good, amount, idempotency_key: fresh() }), 'AmountInvalid');
      isRefused(
        await api.post(REFUND, { ...good, payment_id: UNKNOWN_ID, idempotency_key: fresh() }),
        'InvalidPaymentId',
      );
      const pending = (await api.post(SESSION, aCheckout(fresh()))).body.id;
      isRefused(
        await api.post(REFUND, { ...good, payment_id: pending, idempotency_key: fresh() }),
        'NoSessionCaptures',
      );
    },
  ),
  inSandbox(
    'a payment that is disputed cannot be refunded until the dispute is settled',
    refunds('error', 'ChargeDisputed'),
    async ({ api, control, fresh }) => {
      const id = String((await api.post(SESSION, aCharge(fresh()))).body.id);
      const aRefund = () => ({ payment_id: id, amount: 100, reason: 'customer_request', idempotency_key: fresh() });
      await control.disputeSession({ session_id: id, state: 'opened' });
      isRefused(await api.post(REFUND, aRefund()), 'ChargeDisputed');
      await control.disputeSession({ session_id: id, state: 'won' });
      holds(await api.post(REFUND, aRefund()), { status: 200, body: { refund_id: A_UUID } });
    },
  ),
];
