import type { PaymentSession } from '../records';
import type { World } from '../world';
import { lostOr } from './completion';
import { isGoodCard } from './payers';
import { moveSession } from './sessions';

/** Ends a session whose review has outlived its hold: nothing can be taken any more, even if it is approved later (section 5.6). */
export function lapseHold(world: World, sessionId: string): void {
  const session = world.store.sessions.get(sessionId);
  if (session?.status !== 'processing') return;
  const request = world.store.requests.get(sessionId);
  if (request?.status === 'verifying') world.store.requests.put({ ...request, status: 'rejected' });
  moveSession(world, session, world.switches.values.overdueReview, lostOr(world, 'send'));
}

/** Whether the hold of an authorized session is over. */
export function isHoldOver({ clock }: World, { hold_expires_at }: PaymentSession): boolean {
  return hold_expires_at != null && hold_expires_at <= clock.nowIso();
}

/** Whether the cards of an expired hold can be authorized again: all of them are still good, and the switch allows it. */
export function canRenewHold(world: World, session: PaymentSession): boolean {
  return world.switches.values.holdsAreRenewed && session.payment_methods.every((card) => isGoodCard(world, card));
}
