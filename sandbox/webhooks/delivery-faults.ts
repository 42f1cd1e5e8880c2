import { draw, readChaos } from '../chaos';
import { magicOf } from '../magic-values';
import {
  ATTEMPT_FAULTS,
  type AttemptFaultKind,
  DELIVERY_FAULTS,
  type DeliveryFault,
  type EmittedEvent,
} from '../records';
import type { Store } from '../store';
import { takeTurn } from '../turns';
import type { Endpoint } from './endpoints';

/** What was decided for a delivery before it goes out. */
export interface DeliveryPlan {
  status: 'pending' | 'held' | 'dropped';
  copies: number;
  delaySeconds: number;
  waitsForNext: boolean;
  /** What was done to it on purpose; null for nothing. */
  fault: string | null;
}

/** What is wrong with one attempt. */
export interface AttemptFault {
  kind: AttemptFaultKind;
  ageSeconds: number;
}

/** An event on its way to an endpoint, which is the `position`-th of all endpoints. */
export interface Heading {
  event: EmittedEvent;
  endpoint: Endpoint;
  position: number;
}

const NOTHING: DeliveryPlan = { status: 'pending', copies: 1, delaySeconds: 0, waitsForNext: false, fault: null };
/** Older than any endpoint may take: deliveries are tried for seven days. */
export const STALE_SECONDS = 9 * 86_400;

/** Decides for a delivery: by a scripted fault, else by a tag in the customer's e-mail, else by chance. */
export function planDelivery(store: Store, heading: Heading): DeliveryPlan {
  const scripted = takeScripted(store, heading, (fault) => !isAttemptFault(fault.fault));
  if (scripted !== null) return { ...NOTHING, ...changeOf(scripted.fault, scripted), fault: scripted.fault };
  return planByTag(heading.event) ?? planByChance(store, heading);
}

/** Decides what is wrong with the `number`-th attempt of a delivery; null for nothing. */
export function planAttempt(store: Store, heading: Heading, number: number): AttemptFault | null {
  const scripted = takeScripted(store, heading, (fault) => isAttemptFault(fault.fault));
  if (scripted !== null && isAttemptFault(scripted.fault)) {
    return { kind: scripted.fault, ageSeconds: scripted.age_seconds };
  }
  const chaos = readChaos(store);
  if (chaos === null) return null;
  const kind = ATTEMPT_FAULTS.find((name) => {
    const rate = chaos.deliveries[name] ?? 0;
    return rate > 0 && draw(chaos.seed, name, ...identityOf(store, heading), number) < rate;
  });
  return kind === undefined ? null : { kind, ageSeconds: STALE_SECONDS };
}

function planByTag({ event_type, customer_email }: EmittedEvent): DeliveryPlan | null {
  if (customer_email === null) return null;
  if (event_type === 'payment_token.updated' && magicOf(customer_email, 'token_lost') !== null) {
    return { ...NOTHING, status: 'dropped', fault: 'token_lost' };
  }
  const copies = magicOf(customer_email, 'webhook_dup');
  // More copies than that at once would try the machine, not the endpoint.
  return copies === null ? null : { ...NOTHING, copies: Math.max(1, Math.min(copies, 100)), fault: 'webhook_dup' };
}

function planByChance(store: Store, heading: Heading): DeliveryPlan {
  const chaos = readChaos(store);
  if (chaos === null) return NOTHING;
  const identity = identityOf(store, heading);
  const met = DELIVERY_FAULTS.filter((name) => {
    const rate = chaos.deliveries[name] ?? 0;
    return rate > 0 && draw(chaos.seed, name, ...identity) < rate;
  });
  const amounts = {
    copies: 2 + Math.floor(3 * draw(chaos.seed, 'copies', ...identity)),
    delay_seconds: chaos.max_delay_seconds * draw(chaos.seed, 'seconds', ...identity),
  };
  const changes = met.map((name) => changeOf(name, amounts));
  return { ...Object.assign({ ...NOTHING }, ...changes), fault: met.length === 0 ? null : met.join(' ') };
}

function changeOf(
  fault: DeliveryFault['fault'],
  { copies, delay_seconds: delaySeconds }: Pick<DeliveryFault, 'copies' | 'delay_seconds'>,
): Partial<DeliveryPlan> {
  switch (fault) {
    case 'drop':
      return { status: 'dropped' };
    case 'hold':
      return { status: 'held' };
    case 'duplicate':
      return { copies };
    case 'delay':
      return { delaySeconds };
    case 'reorder':
      return { delaySeconds, waitsForNext: true };
    default:
      return {};
  }
}

/** What stands for a delivery in the draws: never an id, which chance gives, nor the time. */
function identityOf(store: Store, { event, position }: Heading): [string, string, number, number] {
  const status = typeof event.data.status === 'string' ? event.data.status : '';
  const about = `${event.event_type} ${status}`;
  return [about, event.subject, eventOrdinal(store, about, event), position];
}

/** Which of the events about one thing that say the same this is; asked again, it stays the same. */
function eventOrdinal(store: Store, about: string, event: EmittedEvent): number {
  const name = JSON.stringify(['chaos', 'event', event.id]);
  const known = store.turns.get(name);
  if (known !== undefined) return known.count;
  const count = takeTurn(store, 'chaos', 'event', about, event.subject);
  store.turns.put({ name, count });
  return count;
}

function isAttemptFault(fault: DeliveryFault['fault']): fault is AttemptFaultKind {
  return ATTEMPT_FAULTS.some((name) => name === fault);
}

/** Uses up one turn of the oldest scripted fault that fits. */
function takeScripted(store: Store, heading: Heading, fits: (fault: DeliveryFault) => boolean): DeliveryFault | null {
  const fault = store.deliveryFaults.all().find((candidate) => fits(candidate) && matches(candidate, heading));
  if (fault === undefined) return null;
  if (fault.times > 1) store.deliveryFaults.put({ ...fault, times: fault.times - 1 });
  else store.deliveryFaults.remove(fault.id);
  return fault;
}

function matches(fault: DeliveryFault, { event, endpoint }: Heading): boolean {
  return (
    (fault.event_type === null || fault.event_type === event.event_type) &&
    (fault.event_id === null || fault.event_id === event.id) &&
    (fault.email === null || fault.email.toLowerCase() === event.customer_email) &&
    (fault.status === null || fault.status === event.data.status) &&
    (fault.endpoint === null || fault.endpoint === endpoint.url)
  );
}
