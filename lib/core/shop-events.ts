/** What the merchant is told, by the Standard Webhooks scheme. Goods are sent on `invoice.paid`: it means captured. */
export const SHOP_EVENT_TYPES = [
  'invoice.paid',
  'invoice.refunded',
  'subscription.started',
  'subscription.moved',
  'subscription.past_due',
  'subscription.active',
  'subscription.paused',
  'subscription.resumed',
  'subscription.cancel_scheduled',
  'subscription.cancel_undone',
  'subscription.canceled',
  'subscription.reactivated',
  'subscription.updated',
  'payment_method.linked',
  'payment_method.updated',
  'payment_method.removed',
] as const;
export type ShopEventType = (typeof SHOP_EVENT_TYPES)[number];

export const ENDPOINT_STATUSES = ['enabled', 'disabled'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** `pending` waits for its time, or for its endpoint to be enabled; `failed` was tried for three days. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** What an event is about, and so where its facts are read. */
export type ShopEventKind = 'invoice' | 'refund' | 'subscription' | 'payment_method';

/** An entry of the audit log, as far as it decides whether the merchant is told. */
interface Entry {
  action: string;
  change: Record<string, unknown>;
}

/** An event that an entry of the audit log leads to. */
export interface ToldEvent {
  type: ShopEventType;
  kind: ShopEventKind;
  /** One event for each object, or one for each entry of the log. */
  isOncePerObject: boolean;
}

/** Status changes that no verb of a person's is behind; the others are told by the entry that the verb itself writes, when the row is complete. */
const BY_ITSELF = ['payment_failed', 'payment_recovered', 'written_off', 'trial_ended'];

/**
 * Which entries about invoices, subscriptions and tokens are told, and which are not. Every action that a verb writes about
 * one of them stands here, so that a new one is decided about and not forgotten (a test reads the verbs).
 */
const TOLD: Record<string, ShopEventType | null | ((change: Entry['change']) => ShopEventType | null)> = {
  // What is given back at once, as a second payment of one order, is not to be sent.
  'invoice.paid': ({ goesBack }) => (goesBack === true ? null : 'invoice.paid'),
  'invoice.planned': null,
  'invoice.skipped': null,
  'invoice.unskipped': null,
  'invoice.voided': null,
  'invoice.written_off': null,
  // Told by the refund's own entry.
  'invoice.refunded': null,
  'refund.planned': null,
  'refund.status_changed': ({ to }) => (to === 'succeeded' ? 'invoice.refunded' : null),
  // Nothing was given back by it: it says what happened elsewhere.
  'refund.settled_elsewhere': null,
  'subscription.status_changed': ({ event, to }) => {
    if (!BY_ITSELF.some((one) => one === event)) return null;
    return to === 'past_due' ? 'subscription.past_due' : to === 'active' ? 'subscription.active' : null;
  },
  // One that is canceled from the beginning only stands for a payment that is given back.
  'subscription.started': ({ status }) => (status === 'canceled' ? null : 'subscription.started'),
  'subscription.moved': 'subscription.moved',
  'subscription.paused': 'subscription.paused',
  'subscription.resumed': 'subscription.resumed',
  'subscription.cancel_scheduled': 'subscription.cancel_scheduled',
  'subscription.cancel_undone': 'subscription.cancel_undone',
  'subscription.canceled': 'subscription.canceled',
  'subscription.reactivated': 'subscription.reactivated',
  'subscription.interval_changed': 'subscription.updated',
  'subscription.address_changed': 'subscription.updated',
  'subscription.next_charge_moved': 'subscription.updated',
  'subscription.period_skipped': 'subscription.updated',
  'subscription.period_unskipped': 'subscription.updated',
  'subscription.hand_over_confirmed': 'subscription.updated',
  'subscription.failure_choice_changed': null,
  'subscription.item_change_held': null,
  'subscription.item_change_ended': null,
  'subscription.item_change_dismissed': null,
  'subscription.items_changed': 'subscription.updated',
  // What an order has is told with the order.
  'subscription.once_item_added': null,
  'subscription.once_item_removed': null,
  'subscription.discount_given': 'subscription.updated',
  'subscription.discount_ended': 'subscription.updated',
  'subscription.charge_spaced': 'subscription.updated',
  // The merchant's own file says these.
  'subscription.imported': null,
  'subscription.updated': null,
  'payment_token.linked': 'payment_method.linked',
  'payment_token.refreshed': 'payment_method.updated',
  'payment_token.revoked': 'payment_method.removed',
  'payment_token.deletion_asked': null,
  'payment_token.deleted': null,
};

/** The actions about which it is decided whether the merchant is told. */
export const DECIDED_ACTIONS: readonly string[] = Object.keys(TOLD);

/** What the merchant is told because of an entry of the audit log; null: nothing. */
export function toldBy({ action, change }: Entry): ToldEvent | null {
  const rule = TOLD[action] ?? null;
  const type = typeof rule === 'function' ? rule(change) : rule;
  if (type === null) return null;
  return { type, kind: kindOf(type), isOncePerObject: type.startsWith('invoice.') };
}

function kindOf(type: ShopEventType): ShopEventKind {
  if (type === 'invoice.refunded') return 'refund';
  if (type.startsWith('invoice.')) return 'invoice';
  return type.startsWith('payment_method.') ? 'payment_method' : 'subscription';
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits between tries of one delivery, before jitter; the last repeats. */
const WAITS_MS = [5 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS];
const LONGEST_WAIT_MS = 10 * HOUR_MS;
/** How long nothing goes to an endpoint that took nothing, by failures in a row; the last repeats. */
const HOLDS_MS = [5 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS];
/** So long a delivery is tried, and so long an endpoint may take nothing. */
export const TRIED_FOR_MS = 72 * HOUR_MS;
/** For so long after a rotation the former secret signs as well. */
export const SECRET_OVERLAP_MS = 24 * HOUR_MS;
/** Every event goes to each of them. */
export const ENDPOINTS_AT_MOST = 16;
/** The share of a wait by which it may be longer, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * When a delivery that was not taken `tries` times is tried again, or null once it was tried for three days. The waits grow
 * to ten hours; each is longer by up to a fifth, by `seed` (the delivery's id). The first waits are given to each, also
 * to one that a standstill of ours has made old.
 */
export function nextDeliveryTryAt(seed: string, firstTriedAt: Date, now: Date, tries: number): Date | null {
  const wait = WAITS_MS[tries - 1];
  if (wait === undefined && now.getTime() - firstTriedAt.getTime() >= TRIED_FOR_MS) return null;
  return jittered(now, wait ?? LONGEST_WAIT_MS, `${seed}:${tries}`);
}

/** Until when an endpoint is left alone after its `failures`-th failure in a row. */
export function endpointHeldUntil(seed: string, now: Date, failures: number): Date {
  const wait = HOLDS_MS[Math.min(failures, HOLDS_MS.length) - 1] ?? 0;
  return jittered(now, wait, `${seed}:${failures}`);
}

/** Whether an endpoint that has taken nothing since then is to be disabled. */
export function hasFailedTooLong(failingSince: Date, now: Date): boolean {
  return now.getTime() - failingSince.getTime() >= TRIED_FOR_MS;
}

/** What an endpoint's answer means. `gone`: it asks not to be told again (Standard Webhooks). */
export type DeliveryOutcome = 'delivered' | 'refused' | 'endpoint_failing' | 'gone';

/**
 * Reads an HTTP status, null where there was no answer: 2xx is delivered, 410 gone; time-outs, throttling and its own errors
 * are the endpoint's failure; what else it says, redirects too, is about this one event.
 */
export function readAnswer(status: number | null): DeliveryOutcome {
  if (status === null || status === 408 || status === 429 || status >= 500) return 'endpoint_failing';
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 ? 'gone' : 'refused';
}

function jittered(now: Date, waitMs: number, seed: string): Date {
  return new Date(now.getTime() + Math.round(waitMs * (1 + JITTER * share(seed))));
}

// FNV-1a over the seed, as a share of one: the same seed always waits alike, so a run can be repeated.
function share(seed: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
