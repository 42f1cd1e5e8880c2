import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { LocalDate } from '../../lib/core/calendar';
import type { Id } from '../../lib/core/id';
import {
  PROVISION_KINDS,
  PROVISION_PURPOSES,
  PROVISION_STATUSES,
  type ProvisionKind,
  type ProvisionPurpose,
  type ProvisionStatus,
} from '../../lib/core/provisioning';
import { bytes, instant, oneOf } from './columns';
import { customers } from './people';
import { subscriptions } from './subscriptions';

export const TOKEN_STATUSES = ['live', 'revoked'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

/** How a token became known to us. */
export const TOKEN_SOURCES = ['webhook', 'backfill', 'import', 'staff'] as const;
export type TokenSource = (typeof TOKEN_SOURCES)[number];

/** A stored card as Truemed shows it: never a number, only its end and its last month (`YYYY-MM`). */
export interface StoredCard {
  last4: string | null;
  expires: string | null;
  brand: string | null;
  isHsaFsa: boolean;
}

/** What Truemed lets us charge: one live token for a customer. The token itself is sealed. */
export const paymentTokens = pgTable(
  'payment_tokens',
  {
    id: text('id').$type<Id<'paymentToken'>>().primaryKey(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    status: text('status').$type<TokenStatus>().notNull(),
    source: text('source').$type<TokenSource>().notNull(),
    /** Sealed; bound to this row. */
    token: bytes('token').notNull(),
    /** Keyed hash of the token, for look-ups. */
    tokenLookup: text('token_lookup').notNull(),
    cards: jsonb('cards').$type<StoredCard[]>().notNull().default([]),
    /** The earliest day on which a letter on this token ends; null where Truemed names none. */
    letterExpiresOn: date('letter_expires_on', { mode: 'string' }).$type<LocalDate>(),
    /** While an update waits for the customer, charges wait until this instant at most (24 h). */
    updatingUntil: instant('updating_until'),
    /** The last day on which the card that pays works; null where it is not known. */
    cardExpiresOn: date('card_expires_on', { mode: 'string' }).$type<LocalDate>(),
    /** When its cards last became others than the ones that we had read. */
    cardsChangedAt: instant('cards_changed_at'),
    /** When cards and letter were last read from Truemed; null: never. */
    refreshedAt: instant('refreshed_at'),
    /** When a person asked for its deletion; it is never used from then on. Null: nobody has. */
    deletionAskedAt: instant('deletion_asked_at'),
    /** When to tell Truemed to delete it; null: not by itself. */
    deletionDueAt: instant('deletion_due_at'),
    deletionTries: integer('deletion_tries').notNull().default(0),
    /** When Truemed had deleted it. */
    deletedAt: instant('deleted_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('payment_tokens_live').on(table.customerId).where(sql`${table.status} = 'live'`),
    uniqueIndex('payment_tokens_lookup').on(table.tokenLookup),
    index('payment_tokens_customer').on(table.customerId),
    index('payment_tokens_deletion_due')
      .on(table.deletionDueAt, table.id)
      .where(sql`${table.deletionDueAt} is not null`),
    check('payment_tokens_deletion', sql`${table.deletionAskedAt} is null or ${table.status} = 'revoked'`),
    index('payment_tokens_letter').on(table.letterExpiresOn, table.id).where(sql`${table.status} = 'live'`),
    index('payment_tokens_card').on(table.cardExpiresOn, table.id).where(sql`${table.status} = 'live'`),
    index('payment_tokens_swept').on(table.id, table.refreshedAt).where(sql`${table.status} = 'live'`),
    check('payment_tokens_status', oneOf(table.status, TOKEN_STATUSES)),
    check('payment_tokens_source', oneOf(table.source, TOKEN_SOURCES)),
  ],
);

/** Truemed's running attempt to get or update a payment token, with the exact bytes that we sent. */
export const provisionRequests = pgTable(
  'provision_requests',
  {
    id: text('id').$type<Id<'provisionRequest'>>().primaryKey(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    /** The subscription that moves when the token is linked; null for a change of card only. */
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .references(() => subscriptions.id),
    kind: text('kind').$type<ProvisionKind>().notNull(),
    /** What its customer wanted; null where a former release stored it. */
    purpose: text('purpose').$type<ProvisionPurpose>(),
    status: text('status').$type<ProvisionStatus>().notNull(),
    /** Shown inside our page; Truemed's link is embeddable. */
    embedded: boolean('embedded').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** The request body, sealed; sent again byte by byte. */
    requestBody: bytes('request_body').notNull(),
    requestSha256: text('request_sha256').notNull(),
    truemedRequestId: text('truemed_request_id'),
    /** Truemed's link, sealed. */
    redirectUrl: bytes('redirect_url'),
    errorCode: text('error_code'),
    /** The customer came back to the success URL, or to the failure URL. Neither proves anything. */
    returnedAt: instant('returned_at'),
    declinedAt: instant('declined_at'),
    tries: integer('tries').notNull().default(0),
    /** When to send again (planned) or to ask for the token (open). */
    dueAt: instant('due_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    lastAskedAt: instant('last_asked_at'),
    connectedAt: instant('connected_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('provision_requests_key').on(table.idempotencyKey),
    uniqueIndex('provision_requests_truemed_id').on(table.truemedRequestId),
    index('provision_requests_customer').on(table.customerId, table.createdAt),
    index('provision_requests_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    check('provision_requests_status', oneOf(table.status, PROVISION_STATUSES)),
    check('provision_requests_kind', oneOf(table.kind, PROVISION_KINDS)),
    check('provision_requests_purpose', oneOf(table.purpose, PROVISION_PURPOSES)),
  ],
);

/** `replaced`: another change took its place. `withdrawn`: its customer took it back. `abandoned`: it was not completed in its time. */
export const ITEM_CHANGE_STATUSES = ['held', 'applied', 'refused', 'replaced', 'abandoned', 'withdrawn'] as const;
export type ItemChangeStatus = (typeof ITEM_CHANGE_STATUSES)[number];

/** An item as a change wants it; a price version where it comes from a plan. */
export interface ChangedItem {
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
  priceId: Id<'price'> | null;
}

/** An item for one order, at a price version. */
export type OnceItem = ChangedItem & { priceId: Id<'price'> };

/** New items for a subscription on an HSA/FSA card, held until Truemed agrees to them. Until then the old ones are charged. */
export const pendingItemChanges = pgTable(
  'pending_item_changes',
  {
    id: text('id').$type<Id<'itemChange'>>().primaryKey(),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    /** The update payment token that asks Truemed. */
    requestId: text('request_id')
      .$type<Id<'provisionRequest'>>()
      .notNull()
      .references(() => provisionRequests.id),
    status: text('status').$type<ItemChangeStatus>().notNull(),
    /** The items of every order; where one order only is to change, those that it has already. */
    items: jsonb('items').$type<ChangedItem[]>().notNull(),
    /** What is to come with the next order only; null for a change of every order. */
    onceItem: jsonb('once_item').$type<OnceItem>(),
    createdAt: instant('created_at').notNull(),
    closedAt: instant('closed_at'),
    /** When its customer put away what is said of its end, or asked for other items; null while that is said. */
    dismissedAt: instant('dismissed_at'),
  },
  (table) => [
    uniqueIndex('pending_item_changes_request').on(table.requestId),
    index('pending_item_changes_said')
      .on(table.subscriptionId, table.createdAt)
      .where(sql`${table.status} in ('refused', 'abandoned') and ${table.dismissedAt} is null`),
    uniqueIndex('pending_item_changes_held').on(table.subscriptionId).where(sql`${table.status} = 'held'`),
    check('pending_item_changes_status', oneOf(table.status, ITEM_CHANGE_STATUSES)),
    check('pending_item_changes_closed', sql`(${table.status} = 'held') = (${table.closedAt} is null)`),
  ],
);
