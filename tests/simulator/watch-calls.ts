import { isId } from '@/lib/core/id';
import type { Decisions } from './agenda';
import type { Deployment } from './deployment';
import type { CallSeen } from './network';

/**
 * Watches the charges as they leave. 11: what was stopped is not charged, unless it had left before. And one sender at a
 * time: two processes of which none died or stood still never have the same charge on the wire.
 */
export function watchCalls(deployment: Deployment, decisions: Decisions): void {
  const onTheWire = new Map<string, CallSeen>();
  deployment.onCall = (call) => {
    const { operation, body, phase, actor } = call;
    if (operation !== 'createPaymentSession' || body === null) return;
    const key = body.match(/"idempotency_key":"([^"]+)"/)?.[1];
    const subscriptionId = body.match(/\/account\/subscriptions\/(sub_[a-z0-9]+)/)?.[1];
    if (key === undefined || !isId('subscription', subscriptionId)) return;
    if (phase !== 'sent') {
      if (onTheWire.get(key)?.actor === actor) onTheWire.delete(key);
      return;
    }
    const other = onTheWire.get(key);
    const isBusy =
      other !== undefined && !other.actor.isDead && other.actor !== actor && !other.actor.wasFrozen && !actor.wasFrozen;
    if (isBusy) deployment.broken('one sender', `${actor.name} sent ${key} while ${other.actor.name} did`);
    onTheWire.set(key, call);
    const stopped = decisions.stopped.get(subscriptionId);
    const isStopped = stopped !== undefined && deployment.clock.ms < stopped.untilMs;
    if (isStopped && !stopped.left.has(key))
      deployment.broken('11', `${subscriptionId} was stopped, and ${key} was sent`);
  };
}
