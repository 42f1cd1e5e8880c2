import { createHash } from 'node:crypto';
import type { FileSubscription } from './subscriber-gather';
import type { RefusalReason } from './subscriber-refusal';
import type { ImportedStatus } from './subscriber-row';
import { nextStatus, type SubscriptionEvent, type SubscriptionStatus } from './subscription';

/**
 * What is remembered of a subscription as it was last imported, in two parts because they have different owners: the person
 * is always the file's to change, the terms only while the subscription is billed elsewhere. SHA-256 in hex. The payment
 * token is in neither: it is looked up under its keyed hash.
 */
export interface Fingerprint {
  person: string;
  terms: string;
}

/** The fingerprint of a subscription of a file. The order of its rows does not count. */
export function fingerprintOf({ person, terms, items }: FileSubscription): Fingerprint {
  const lines = items.map((item) => JSON.stringify([item.sku, item.name, item.quantity, item.unitPriceCents])).sort();
  return { person: sha256(JSON.stringify(person)), terms: sha256(JSON.stringify([terms, lines])) };
}

/** A fingerprint as one text for one column. */
export function formatFingerprint({ person, terms }: Fingerprint): string {
  return `${terms}.${person}`;
}

/** Reads what `formatFingerprint` wrote. */
export function parseFingerprint(text: string): Fingerprint {
  const [terms = '', person = ''] = text.split('.');
  return { person, terms };
}

/** What we know of a token that a file claims for a customer. */
export type TokenStanding = 'none' | 'unknown' | 'live' | 'revoked' | 'of_another_customer';

/** What we have, beside one subscription of a file. */
export interface Known {
  /** The subscription with the merchant's id; null where there is none. */
  subscription: {
    isOwned: boolean;
    status: SubscriptionStatus;
    /** Whether the file names the customer that it belongs to here. */
    isSameCustomer: boolean;
    /** Whether its customer has begun to move it to HSA/FSA. */
    hasProvisionRequest: boolean;
  } | null;
  lastImported: Fingerprint | null;
  token: TokenStanding;
  /** Whether the customer has a live token other than the claimed one. */
  hasAnotherToken: boolean;
}

export type ImportDecision =
  | { kind: 'create' }
  | { kind: 'unchanged' }
  /** `events` lead to the status of the file; null: only the person differs. */
  | { kind: 'update'; hasNewPerson: boolean; events: readonly SubscriptionEvent[] | null }
  | { kind: 'refuse'; reason: RefusalReason };

/**
 * What to do with a subscription of a file (contract.md: "A row is compared with the row last imported: equal is
 * unchanged. Once a subscription is `hsa_fsa` with us, an import updates only name and state").
 */
export function decideImport(file: FileSubscription, known: Known): ImportDecision {
  const { subscription, lastImported, token } = known;
  if (token === 'of_another_customer') return refuse('token_of_another_customer');
  if (subscription === null) return refuseToken(known) ?? { kind: 'create' };
  const now = fingerprintOf(file);
  const hasNewPerson = lastImported?.person !== now.person;
  if (lastImported?.terms === now.terms && token !== 'unknown') {
    return hasNewPerson ? { kind: 'update', hasNewPerson, events: null } : { kind: 'unchanged' };
  }
  if (subscription.isOwned) return refuse('owned_by_perennial');
  if (!subscription.isSameCustomer && subscription.hasProvisionRequest) return refuse('owned_by_perennial');
  const events = eventsToward(subscription.status, file.terms.status);
  if (events === null) return refuse('owned_by_perennial');
  return refuseToken(known) ?? { kind: 'update', hasNewPerson, events };
}

/** The events that lead from a status to one that a file gives, or null where the table of `subscription.ts` has no way. */
export function eventsToward(from: SubscriptionStatus, to: ImportedStatus): readonly SubscriptionEvent[] | null {
  if (from === to) return [];
  return WAYS[to].find((events) => reached(from, events) === to) ?? null;
}

const WAYS: Record<ImportedStatus, readonly (readonly SubscriptionEvent[])[]> = {
  active: [['resumed'], ['reactivated']],
  paused: [['paused'], ['reactivated', 'paused']],
  canceled: [['canceled']],
};

function reached(from: SubscriptionStatus, events: readonly SubscriptionEvent[]): SubscriptionStatus | null {
  return events.reduce<SubscriptionStatus | null>(
    (status, event) => (status === null ? null : nextStatus(status, event)),
    from,
  );
}

// A token that Truemed took away is not brought back by a file: only Truemed can say that it charges again.
function refuseToken({ token, hasAnotherToken }: Known): ImportDecision | null {
  if (token === 'none') return null;
  if (hasAnotherToken) return refuse('customer_has_another_token');
  return token === 'revoked' ? refuse('owned_by_perennial') : null;
}

function refuse(reason: RefusalReason): ImportDecision {
  return { kind: 'refuse', reason };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
