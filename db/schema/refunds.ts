import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Id } from '../../lib/core/id';
import { REFUND_REASONS, REFUND_STATUSES, type RefundReason, type RefundStatus } from '../../lib/core/refund';
import { chargeAttempts, invoices } from './billing';
import { bytes, currency, instant, oneOf } from './columns';
import { customers } from './people';

/** A line of the invoice of which pieces are given back, with the part of the refund that is theirs. */
export interface RefundedLine {
  lineId: Id<'invoiceLine'>;
  quantity: number;
  amountCents: number;
}

/** Money that is given back: one stored request body, one idempotency key (its id). */
export const refunds = pgTable(
  'refunds',
  {
    id: text('id').$type<Id<'refund'>>().primaryKey(),
    invoiceId: text('invoice_id')
      .$type<Id<'invoice'>>()
      .notNull()
      .references(() => invoices.id),
    /** The captured charge that it is taken from. */
    attemptId: text('attempt_id')
      .$type<Id<'chargeAttempt'>>()
      .notNull()
      .references(() => chargeAttempts.id),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    amountCents: integer('amount_cents').notNull(),
    currency: currency(),
    /** Empty where an amount is given back and no items. */
    lines: jsonb('lines').$type<RefundedLine[]>().notNull(),
    reason: text('reason').$type<RefundReason>().notNull(),
    /** Of a second capture, made by the tick. */
    isAutomatic: boolean('is_automatic').notNull().default(false),
    status: text('status').$type<RefundStatus>().notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** The request body, sealed; sent again byte by byte. */
    requestBody: bytes('request_body').notNull(),
    requestSha256: text('request_sha256').notNull(),
    truemedRefundId: text('truemed_refund_id'),
    errorCode: text('error_code'),
    tries: integer('tries').notNull().default(0),
    /** When to send (again). Null: not by itself. */
    dueAt: instant('due_at'),
    /** Database time. */
    leaseUntil: instant('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    sentAt: instant('sent_at'),
    /** When staff said that what could not be returned by itself went back another way; null while nobody has. */
    settledElsewhereAt: instant('settled_elsewhere_at'),
    closedAt: instant('closed_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('refunds_key').on(table.idempotencyKey),
    uniqueIndex('refunds_truemed_id').on(table.truemedRefundId),
    uniqueIndex('refunds_one_automatic').on(table.attemptId).where(sql`${table.isAutomatic}`),
    index('refunds_attempt').on(table.attemptId),
    index('refunds_invoice').on(table.invoiceId, table.createdAt),
    index('refunds_due').on(table.dueAt, table.id).where(sql`${table.dueAt} is not null`),
    index('refunds_unsettled').on(table.createdAt).where(sql`${table.status} in ('unknown', 'failed')`),
    check('refunds_status', oneOf(table.status, REFUND_STATUSES)),
    check('refunds_settled_elsewhere', sql`${table.settledElsewhereAt} is null or ${table.status} = 'failed'`),
    check('refunds_reason', oneOf(table.reason, REFUND_REASONS)),
    check('refunds_amount', sql`${table.amountCents} > 0`),
    check('refunds_sha256', sql`${table.requestSha256} ~ '^[0-9a-f]{64}$'`),
    check('refunds_succeeded', sql`(${table.status} = 'succeeded') = (${table.truemedRefundId} is not null)`),
  ],
);
