import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { LocalDate } from '../../lib/core/calendar';
import {
  ATTEMPT_CAUSES,
  ATTEMPT_STATUSES,
  type AttemptCause,
  type AttemptStatus,
  INVOICE_STATUSES,
  type InvoiceStatus,
  OPEN_ATTEMPT_STATUSES,
  RECOVERY_REASONS,
  type RecoveryReason,
} from '../../lib/core/charge';
import type { Id } from '../../lib/core/id';
import type { RecoveryPolicy } from '../../lib/core/recovery-policy';
import { bytes, currency, instant, oneOf } from './columns';
import { customers } from './people';
import { paymentTokens } from './provisioning';
import { subscriptionDiscounts, subscriptions } from './subscriptions';

/** One billing period of one subscription. Periods that were missed or skipped are rows too, so they stay contiguous. */
export const invoices = pgTable(
  'invoices',
  {
    id: text('id').$type<Id<'invoice'>>().primaryKey(),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    /** The number of the release before, in order of creation. No longer given; leaves with the next release. */
    number: integer('number'),
    /** The year of payment in the merchant's zone, and the place in it: 1, 2, 3… without gaps. Given by the tick to paid invoices; null until then. */
    numberYear: integer('number_year'),
    yearNumber: integer('year_number'),
    status: text('status').$type<InvoiceStatus>().notNull(),
    periodStart: date('period_start', { mode: 'string' }).$type<LocalDate>().notNull(),
    periodEnd: date('period_end', { mode: 'string' }).$type<LocalDate>().notNull(),
    shippingCents: integer('shipping_cents').notNull(),
    taxCents: integer('tax_cents').notNull(),
    discountCents: integer('discount_cents').notNull(),
    totalCents: integer('total_cents').notNull(),
    currency: currency(),
    paidAt: instant('paid_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('invoices_period').on(table.subscriptionId, table.periodStart),
    uniqueIndex('invoices_number').on(table.number),
    index('invoices_customer').on(table.customerId, table.createdAt),
    uniqueIndex('invoices_year_number').on(table.numberYear, table.yearNumber),
    index('invoices_paid_unnumbered')
      .on(table.paidAt, table.id)
      .where(sql`${table.status} = 'paid' and ${table.yearNumber} is null`),
    check('invoices_status', oneOf(table.status, INVOICE_STATUSES)),
    check('invoices_period_order', sql`${table.periodStart} < ${table.periodEnd}`),
    check('invoices_paid', sql`(${table.status} = 'paid') = (${table.paidAt} is not null)`),
    check('invoices_total', sql`${table.totalCents} >= 0`),
    check('invoices_numbered', sql`(${table.numberYear} is null) = (${table.yearNumber} is null)`),
  ],
);

/** What an invoice is for: the items as they stood when it was planned. */
export const invoiceLines = pgTable(
  'invoice_lines',
  {
    id: text('id').$type<Id<'invoiceLine'>>().primaryKey(),
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .notNull()
      .references(() => invoices.id),
    position: integer('position').notNull(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    quantity: integer('quantity').notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
    /** It came with this order only. */
    isOnce: boolean('is_once').notNull().default(false),
  },
  (table) => [uniqueIndex('invoice_lines_position').on(table.invoiceId, table.position)],
);

/** What each discount took off an invoice. With the subscription's own discount per order they make `invoices.discount_cents`. */
export const invoiceDiscounts = pgTable(
  'invoice_discounts',
  {
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .notNull()
      .references(() => invoices.id),
    subscriptionDiscountId: text('subscription_discount_id')
      .$type<Id<'subscriptionDiscount'>>()
      .notNull()
      .references(() => subscriptionDiscounts.id),
    name: text('name').notNull(),
    amountCents: integer('amount_cents').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.invoiceId, table.subscriptionDiscountId] }),
    check('invoice_discounts_amount', sql`${table.amountCents} >= 0`),
  ],
);

/** One try to collect an invoice: one stored request body, one idempotency key (its id), one payment session. */
export const chargeAttempts = pgTable(
  'charge_attempts',
  {
    id: text('id').$type<Id<'chargeAttempt'>>().primaryKey(),
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .notNull()
      .references(() => invoices.id),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    /** Null for the payment of a checkout, which brings the token. */
    paymentTokenId: text('payment_token_id')
      .$type<Id<'paymentToken'>>()
      .references(() => paymentTokens.id),
    /** 1, 2, … within its invoice. */
    number: integer('number').notNull(),
    status: text('status').$type<AttemptStatus>().notNull(),
    cause: text('cause').$type<AttemptCause>().notNull(),
    amountCents: integer('amount_cents').notNull(),
    currency: currency(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** The request body, sealed; sent again byte by byte whatever has changed since. */
    requestBody: bytes('request_body').notNull(),
    requestSha256: text('request_sha256').notNull(),
    paymentSessionId: text('payment_session_id'),
    errorCode: text('error_code'),
    tries: integer('tries').notNull().default(0),
    /** When to send (planned, unknown) or to look the session up (accepted). Null: not by itself. */
    dueAt: instant('due_at'),
    /** Database time. */
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    sentAt: instant('sent_at'),
    acceptedAt: instant('accepted_at'),
    actionRequiredAt: instant('action_required_at'),
    closedAt: instant('closed_at'),
    /** Set on a second capture of one invoice: stored and alarmed, never dropped. */
    duplicateOf: text('duplicate_of')
      .$type<Id<'chargeAttempt'>>()
      .references((): AnyPgColumn => chargeAttempts.id),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('charge_attempts_number').on(table.invoiceId, table.number),
    uniqueIndex('charge_attempts_one_open').on(table.invoiceId).where(oneOf(table.status, OPEN_ATTEMPT_STATUSES)),
    uniqueIndex('charge_attempts_one_captured')
      .on(table.invoiceId)
      .where(sql`${table.status} = 'captured' and ${table.duplicateOf} is null`),
    uniqueIndex('charge_attempts_key').on(table.idempotencyKey),
    uniqueIndex('charge_attempts_session').on(table.paymentSessionId),
    index('charge_attempts_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    index('charge_attempts_subscription').on(table.subscriptionId, table.createdAt),
    index('charge_attempts_duplicates').on(table.closedAt, table.id).where(sql`${table.duplicateOf} is not null`),
    check('charge_attempts_status', oneOf(table.status, ATTEMPT_STATUSES)),
    check('charge_attempts_cause', oneOf(table.cause, ATTEMPT_CAUSES)),
    check('charge_attempts_amount', sql`${table.amountCents} > 0`),
    check('charge_attempts_sha256', sql`${table.requestSha256} ~ '^[0-9a-f]{64}$'`),
  ],
);

/**
 * Each batch of attempts that was leased, until somebody has looked at it after its lease: how a dead worker's are found
 * again. An index on the leases themselves would make every claim rewrite all entries of its rows in every other index.
 */
export const leasedBatches = pgTable(
  'leased_batches',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Database time. */
    leaseUntil: instant('lease_until').notNull(),
    attemptIds: text('attempt_ids').array().notNull(),
  },
  (table) => [index('leased_batches_ended').on(table.leaseUntil)],
);

/** `paused`: given up by the policy with its subscription; only asks the customer back, and collects nothing. */
export const RECOVERY_STATUSES = ['open', 'paused', 'recovered', 'closed'] as const;
export type RecoveryStatus = (typeof RECOVERY_STATUSES)[number];

/** Versions of the rules of recovery. Rows are only added: a case keeps the version that it was opened under. */
export const recoveryPolicies = pgTable('recovery_policies', {
  version: integer('version').primaryKey(),
  policy: jsonb('policy').$type<RecoveryPolicy>().notNull(),
  /** Who made it: `system:default`, `staff:stf_…`. */
  madeBy: text('made_by').notNull(),
  createdAt: instant('created_at').notNull(),
});

/** An invoice that could not be collected, until it is paid or given up. */
export const recoveryCases = pgTable(
  'recovery_cases',
  {
    id: text('id').$type<Id<'recoveryCase'>>().primaryKey(),
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .notNull()
      .references(() => invoices.id),
    subscriptionId: text('subscription_id')
      .$type<Id<'subscription'>>()
      .notNull()
      .references(() => subscriptions.id),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    status: text('status').$type<RecoveryStatus>().notNull(),
    reason: text('reason').$type<RecoveryReason>().notNull(),
    /** The attempt that failed last; null where none could be made, because there is no live token. */
    attemptId: text('attempt_id')
      .$type<Id<'chargeAttempt'>>()
      .references(() => chargeAttempts.id),
    /** Truemed's repair link, sealed; null where there is none or it was refused. */
    redirectUrl: bytes('redirect_url'),
    redirectIssuedAt: instant('redirect_issued_at'),
    /** When to try to collect again, and why; null: waits for an event. */
    retryAt: instant('retry_at'),
    retryCause: text('retry_cause').$type<AttemptCause>(),
    /** The policy that it was opened under; null for one that is older than policies, which keeps to version 1. */
    policyVersion: integer('policy_version').references(() => recoveryPolicies.version),
    /** How many steps of its track are behind it, when the last was done, and when the next is due. */
    step: integer('step').notNull().default(0),
    lastStepAt: instant('last_step_at'),
    stepAt: instant('step_at'),
    /** When its clock began to run; since when it stands still, because the case waits for us or for Truemed; how long it stood still before. */
    clockStartedAt: instant('clock_started_at'),
    clockStoppedAt: instant('clock_stopped_at'),
    clockStoodMs: bigint('clock_stood_ms', { mode: 'number' }).notNull().default(0),
    /** Fingerprint of cards and letter as they were when the charge failed; null until they were read. */
    tokenSeen: text('token_seen'),
    /** Its order was left out at once, as its customer had chosen: nothing was collected. */
    leftOut: boolean('left_out').notNull().default(false),
    /** When the policy put it before staff. */
    staffAskedAt: instant('staff_asked_at'),
    /** Since when its card is one that only staff may try again, because it was refused too often; null: it is not, or is being tried. */
    cardSpentAt: instant('card_spent_at'),
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    uniqueIndex('recovery_cases_one_open').on(table.invoiceId).where(sql`${table.status} = 'open'`),
    index('recovery_cases_customer').on(table.customerId, table.status),
    index('recovery_cases_due').on(table.retryAt, table.id).where(sql`${table.retryAt} is not null`),
    index('recovery_cases_step_due').on(table.stepAt, table.id).where(sql`${table.stepAt} is not null`),
    index('recovery_cases_subscription').on(table.subscriptionId, table.status),
    check('recovery_cases_status', oneOf(table.status, RECOVERY_STATUSES)),
    check('recovery_cases_reason', oneOf(table.reason, RECOVERY_REASONS)),
    check('recovery_cases_retry', sql`(${table.retryAt} is null) = (${table.retryCause} is null)`),
  ],
);
