import { unreachable } from './errors';

/**
 * `planned`: stored, Truemed has not answered yet. `open`: it gave a link. `waiting_verification`: it is already reviewing
 * this e-mail. `already_provisioned`: it has a token for this e-mail that we do not know. `refused`: an answer that a person
 * must read. `connected`: the token is linked. `abandoned`: ten days passed, or its customer took back what it asks for; a
 * token that still comes is accepted.
 */
export const PROVISION_STATUSES = [
  'planned',
  'open',
  'waiting_verification',
  'already_provisioned',
  'refused',
  'connected',
  'abandoned',
] as const;
export type ProvisionStatus = (typeof PROVISION_STATUSES)[number];

/** `create`: the customer has no token. `update`: new items or a new card for the token that exists. */
export const PROVISION_KINDS = ['create', 'update'] as const;
export type ProvisionKind = (typeof PROVISION_KINDS)[number];

/**
 * What a request is for, as its customer asked for it. `move`: a subscription goes over to the card. `reconnect`: a card in place
 * of one that is gone. `store`: a card, and nothing is charged to it yet. `card`, `survey`: what is connected is brought up to
 * date. `items`: Truemed is asked about other items.
 */
export const PROVISION_PURPOSES = ['move', 'reconnect', 'store', 'card', 'survey', 'items'] as const;
export type ProvisionPurpose = (typeof PROVISION_PURPOSES)[number];

/** The purpose of a request; one of a release that did not write it down is told by what it asked for. */
export function purposeOf(request: {
  purpose: ProvisionPurpose | null;
  kind: ProvisionKind;
  subscriptionId: string | null;
}): ProvisionPurpose {
  if (request.purpose !== null) return request.purpose;
  if (request.subscriptionId !== null) return 'move';
  return request.kind === 'create' ? 'reconnect' : 'card';
}

/** Every way in which create or update payment token may end, in our words. */
export type ProvisionAnswer =
  | { kind: 'open'; requestId: string; redirectUrl: string }
  /** Only of an update: nothing is asked of the customer, the change is effective at once. */
  | { kind: 'done'; requestId: string | null }
  | { kind: 'waiting_verification'; message: string }
  | { kind: 'idempotency_violation'; message: string }
  | { kind: 'token_not_found'; message: string }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unknown'; reason: string };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Pressing again within this time returns the same open request (design.md section 3). */
export const REUSE_MS = 30 * MINUTE;
/** Returned and no token after this long shows `Being reviewed`. */
export const CONFIRMING_MS = 2 * MINUTE;
/** The error code of a request whose customer took back what it asks for. */
export const WITHDRAWN = 'Withdrawn';
/** After this long without a token the request is `Not completed`. */
export const ABANDON_MS = 10 * DAY;
/** Waits before an unanswered create or update is sent again with the same key and bytes; then a person reads it. */
export const RESEND_REQUEST_AFTER_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR];

const BACKFILL_AFTER_MS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR];

/**
 * When to ask Truemed next whether a token has come: 1 min, 5 min, 30 min and 2 h after creation, then six-hourly for ten
 * days; an arrival at the success URL starts the offsets anew, with a first one after 5 s. Null when the time is over.
 */
export function nextBackfillAt(createdAt: Date, returnedAt: Date | null, now: Date): Date | null {
  const base = (returnedAt ?? createdAt).getTime();
  const age = now.getTime() - base;
  const offsets = returnedAt === null ? BACKFILL_AFTER_MS : [5 * SECOND, ...BACKFILL_AFTER_MS];
  const early = offsets.find((offset) => offset > age);
  const sixHourly = 2 * HOUR + (Math.floor((age - 2 * HOUR) / (6 * HOUR)) + 1) * 6 * HOUR;
  const next = new Date(base + (early ?? sixHourly));
  return next.getTime() - createdAt.getTime() > ABANDON_MS ? null : next;
}

/** The five words of the waiting page (contract.md). */
export type WaitingState = 'Confirming' | 'Connected' | 'Being reviewed' | 'Not completed' | 'Needs attention';

/** What the waiting page needs to know of a request; the redirect proves nothing, so it only changes words. */
export interface WaitingFacts {
  status: ProvisionStatus;
  createdAt: Date;
  /** The customer arrived at the success URL. */
  returnedAt: Date | null;
  /** The customer arrived at the failure URL: cancelled, declined, or not eligible. */
  declinedAt: Date | null;
}

/** The state that the waiting page shows, from what is in our database and the time. */
export function waitingState(facts: WaitingFacts, now: Date): WaitingState {
  switch (facts.status) {
    case 'connected':
      return 'Connected';
    case 'already_provisioned':
    case 'refused':
      return 'Needs attention';
    case 'waiting_verification':
      return 'Being reviewed';
    case 'abandoned':
      return 'Not completed';
    case 'planned':
      return 'Confirming';
    case 'open':
      return openState(facts, now);
    default:
      return unreachable(facts.status);
  }
}

function openState({ createdAt, returnedAt, declinedAt }: WaitingFacts, now: Date): WaitingState {
  const declinedLast = declinedAt !== null && (returnedAt === null || declinedAt > returnedAt);
  if (returnedAt === null || declinedLast) return 'Not completed';
  if (now.getTime() - createdAt.getTime() > ABANDON_MS) return 'Not completed';
  return now.getTime() - returnedAt.getTime() < CONFIRMING_MS ? 'Confirming' : 'Being reviewed';
}
