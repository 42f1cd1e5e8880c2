import type { DeliveryFault } from '../records';
import type { Store } from '../store';

/** Uses up one turn of the oldest fault that changes a whole delivery; null where none is scripted for this event. */
export function takeDeliveryFault(store: Store, eventType: string): DeliveryFault | null {
  return take(store, (fault) => fault.fault !== 'fail' && matches(fault, eventType));
}

/** Uses up one turn of the oldest fault that loses a single attempt. */
export function takeAttemptFault(store: Store, eventType: string): DeliveryFault | null {
  return take(store, (fault) => fault.fault === 'fail' && matches(fault, eventType));
}

function matches(fault: DeliveryFault, eventType: string): boolean {
  return fault.event_type === null || fault.event_type === eventType;
}

function take(store: Store, applies: (fault: DeliveryFault) => boolean): DeliveryFault | null {
  const fault = store.deliveryFaults.all().find(applies);
  if (fault === undefined) return null;
  if (fault.times > 1) store.deliveryFaults.put({ ...fault, times: fault.times - 1 });
  else store.deliveryFaults.remove(fault.id);
  return fault;
}
