import { card, envelopes } from '../test-forms';
import { aCheckout, SESSION, sessionPath } from './bodies';
import { A_UUID, AN_INSTANT, type Check, facts, holds, inSandbox } from './check';

import { aHold, capture, detailOf, isRefused, release, UNKNOWN_ID } from './money';

const captures = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('capturePaymentSession', kind, ...names);
const voids = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('voidPaymentSession', kind, ...names);

/** Holds: capture and void (sections 3.4, 3.5 and 5.7). */
export const HOLD_CHECKS: readonly Check[] = [
  inSandbox(
    'a hold is authorized, says when it ends, and its whole amount is captured and told',
    [
      ...facts('createPaymentSession', 'request', 'kind'),
      ...facts('createPaymentSession', 'answer', 'authorization_expires_at'),
      ...facts('retrievePaymentSession', 'rule', 'a held session is authorized'),
      ...captures('request', 'id', 'total_amount', 'idempotency_key'),
      ...captures('answer', 'id'),
      ...captures('rule', 'the outcome is told by webhook'),
    ],
    async (world) => {
      const id = await aHold(world);
      holds(await detailOf(world, id), {
        status: 'authorized',
        status_summary: 'Authorized',
        authorized_on: AN_INSTANT,
      });
      holds(await capture(world, id), { status: 200, body: { id: A_UUID } });
      holds(await detailOf(world, id), { status: 'captured', capture_amount: 4830, authorize_amount: 4830 });
      await world.control.settle();
      holds(
        envelopes(world.receiver)
          .map(({ data }) => data.status)
          .sort(),
        ['authorized', 'captured', 'processing'],
        'what was told',
      );
    },
  ),
  inSandbox(
    'a part of a hold can be captured, once; its key always gives the same capture',
    [
      ...captures(
        'rule',
        'a part of the hold can be captured',
        'the same key gives the same capture, and never SessionCaptured',
      ),
      ...captures('error', 'SessionCaptured'),
      ...facts('retrievePaymentSession', 'rule', 'status_summary follows money and refunds'),
    ],
    async (world) => {
      const id = await aHold(world);
      const idempotency_key = world.fresh();
      const first = await capture(world, id, { total_amount: 3000, idempotency_key });
      holds(first.status, 200, 'the status');
      holds((await capture(world, id, { total_amount: 3000, idempotency_key })).body, first.body, 'the same capture');
      holds(await detailOf(world, id), {
        status: 'captured',
        status_summary: 'Partially Captured',
        capture_amount: 3000,
      });
      isRefused(await capture(world, id), 'SessionCaptured');
    },
  ),
  inSandbox(
    'a capture has an amount above 0 and not above the hold, and a key',
    captures('error', 'MissingField', 'TotalAmountInvalid'),
    async (world) => {
      const id = await aHold(world);
      isRefused(await world.api.post(sessionPath(id, 'capture'), { idempotency_key: world.fresh() }), 'MissingField');
      isRefused(await world.api.post(sessionPath(id, 'capture'), { total_amount: 4830 }), 'MissingField');
      for (const total_amount of [0, -1, 4831])
        isRefused(await capture(world, id, { total_amount }), 'TotalAmountInvalid');
    },
  ),
  inSandbox(
    'a session that does not exist, is pending, or was voided cannot be captured',
    captures('error', 'PaymentSessionDoesNotExist', 'SessionPending', 'SessionVoided'),
    async (world) => {
      isRefused(await capture(world, UNKNOWN_ID), 'PaymentSessionDoesNotExist');
      const { body } = await world.api.post(SESSION, aCheckout(world.fresh(), { kind: 'authorization' }));
      isRefused(await capture(world, body.id), 'SessionPending');
      const id = await aHold(world);
      await release(world, id);
      isRefused(await capture(world, id), 'SessionVoided');
    },
  ),
  inSandbox(
    'a hold that ended and cannot be renewed is SessionExpired, and authorization_expired from then on',
    [
      ...captures('error', 'SessionExpired'),
      ...facts('retrievePaymentSession', 'rule', 'a hold that could not be renewed is authorization_expired'),
    ],
    async (world) => {
      // The card ends before the hold is renewed.
      const { now } = await world.control.moveClock({ mode: 'manual' });
      const id = await aHold(world, card({ expiry: `${now.slice(5, 7)}/${now.slice(2, 4)}` }));
      await world.control.advance({ days: 40 });
      isRefused(await capture(world, id), 'SessionExpired');
      holds((await detailOf(world, id)).status, 'authorization_expired', 'the status');
    },
  ),
  inSandbox(
    'a hold is released, once; its key always gives the same void, and the end is told',
    [
      ...voids('request', 'id', 'idempotency_key'),
      ...voids('answer', 'id'),
      ...voids('rule', 'the same key gives the same void', 'the release is told by webhook'),
      ...facts('retrievePaymentSession', 'rule', 'a released hold is authorization_voided'),
    ],
    async (world) => {
      const id = await aHold(world);
      const idempotency_key = world.fresh();
      const first = await release(world, id, { idempotency_key });
      holds(first, { status: 200, body: { id: A_UUID } });
      holds((await release(world, id, { idempotency_key })).body, first.body, 'the same void');
      holds((await detailOf(world, id)).status, 'authorization_voided', 'the status');
      await world.control.settle();
      holds(
        envelopes(world.receiver)
          .map(({ data }) => data.status)
          .includes('authorization_voided'),
        true,
        'the event of the void',
      );
    },
  ),
  inSandbox(
    'what is not a hold, is captured, pending, or does not exist cannot be voided',
    voids(
      'error',
      'MissingField',
      'PaymentSessionDoesNotExist',
      'SessionCaptured',
      'SessionPending',
      'ImmediateCapture',
    ),
    async (world) => {
      const id = await aHold(world);
      isRefused(await world.api.post(sessionPath(id, 'void'), {}), 'MissingField');
      isRefused(await release(world, UNKNOWN_ID), 'PaymentSessionDoesNotExist');
      await capture(world, id);
      isRefused(await release(world, id), 'SessionCaptured');
      const pending = await world.api.post(SESSION, aCheckout(world.fresh(), { kind: 'authorization' }));
      isRefused(await release(world, pending.body.id), 'SessionPending');
      const immediate = await world.api.post(SESSION, aCheckout(world.fresh()));
      isRefused(await release(world, immediate.body.id), 'ImmediateCapture');
    },
  ),
];
