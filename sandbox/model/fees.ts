import type { PaymentSession } from '../records';
import type { World } from '../world';
import { capturedOf, chargeIdOf } from './money';

/** What Truemed keeps of a charge, in cents: its rate is ASSUMED, and never more than the charge. */
export function feeOf({ switches }: World, amount: number): number {
  const { truemedFeeBasisPoints, truemedFeeFixedCents } = switches.values;
  return Math.min(amount, Math.round((amount * truemedFeeBasisPoints) / 10_000) + truemedFeeFixedCents);
}

/** What Truemed gives back of its fee when a part of a session is refunded: half of that part's share (section 3.7). */
export function feeReturned(world: World, session: PaymentSession, refunded: number): number {
  const captured = capturedOf(session);
  return captured === null || captured === 0 ? 0 : Math.floor((feeTaken(world, session) * refunded) / (2 * captured));
}

/** What Truemed kept of a session when it was captured, in cents; 0 where nothing was taken. */
export function feeTaken({ store }: World, session: PaymentSession): number {
  return store.charges.get(chargeIdOf(session.id))?.truemed_fee ?? 0;
}
