import { z } from 'zod';
import type { Line } from './amounts';
import { INTERVAL_UNITS, type Interval, isLocalDate, isTimeZone, type LocalDate } from './calendar';
import { normalEmail } from './subscriber-email';
import { isRefusalReason, type RefusalReason } from './subscriber-refusal';
import { BILLING_METHODS, type BillingMethod } from './subscription';

/** Columns that a file must have, and those that it may have (contract.md, "The CSV of existing subscribers"). */
export const REQUIRED_COLUMNS = [
  'subscription_id',
  'email',
  'name',
  'sku',
  'item_name',
  'quantity',
  'unit_price_cents',
  'interval_unit',
  'interval_count',
  'next_charge_on',
] as const;
export const OPTIONAL_COLUMNS = [
  'state',
  'time_zone',
  'shipping_cents',
  'tax_cents',
  'discount_cents',
  'anchor_date',
  'status',
  'billing',
  'payment_token',
  'lmn_expires_on',
] as const;
export const COLUMNS = [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS] as const;

export type Column = (typeof COLUMNS)[number];
/** The text of each column as it stands in one record; empty for a column that the file does not have. */
export type Cells = Record<Column, string>;

/** Statuses that a file may give; the others are reached with us only. */
export const IMPORTED_STATUSES = ['active', 'paused', 'canceled'] as const;
export type ImportedStatus = (typeof IMPORTED_STATUSES)[number];

/** What an import updates whoever runs the subscription. A `state` of null says nothing: a known state is kept. */
export interface SubscriberPerson {
  name: string;
  state: string | null;
}

/** All else that a file says of a subscription, apart from its items and its token. */
export interface SubscriberTerms {
  email: string;
  /** Null: the merchant's zone. */
  timeZone: string | null;
  interval: Interval;
  anchorDate: LocalDate;
  nextChargeOn: LocalDate;
  status: ImportedStatus;
  billingMethod: BillingMethod;
  shippingCents: number;
  taxCents: number;
  discountCents: number;
  /** The end of the letter on the payment token; null without one, and always for `external`. */
  letterExpiresOn: LocalDate | null;
}

/** One row that can be taken: one item, and what the row says of its subscription. */
export interface SubscriberRow {
  subscriptionId: string;
  person: SubscriberPerson;
  terms: SubscriberTerms;
  /** Null for `external`, whatever the column says: a token is stored only to be charged. */
  paymentToken: string | null;
  item: Line;
}

/** The most cents, and the highest count, that a column of the database holds. */
export const MAX_INTEGER = 2_147_483_647;
/** The longest name, SKU or id, in UTF-16 units. */
export const MAX_LENGTH = 200;
// A schedule is stepped through from these days, so the stand-ins of other systems for "never" are no dates here.
const FIRST_DAY = '1970-01-01';
const LAST_DAY = '2999-12-31';

/** Reads the cells of one record. What is wrong first, in the order of the columns below, is the reason. */
export function readSubscriberRow(
  cells: Cells,
): { ok: true; row: SubscriberRow } | { ok: false; reason: RefusalReason } {
  const parsed = CellsOfRow.safeParse(cells);
  if (!parsed.success) return { ok: false, reason: firstReason(parsed.error) };
  const row = parsed.data;
  if (row.quantity * row.unit_price_cents > MAX_INTEGER) return { ok: false, reason: 'price_invalid' };
  const isHsaFsa = row.billing === 'hsa_fsa';
  if (isHsaFsa && row.payment_token === '') return { ok: false, reason: 'token_missing' };
  return {
    ok: true,
    row: {
      subscriptionId: row.subscription_id,
      person: { name: row.name, state: row.state },
      terms: {
        email: row.email,
        timeZone: row.time_zone,
        interval: { unit: row.interval_unit, count: row.interval_count },
        anchorDate: row.anchor_date ?? row.next_charge_on,
        nextChargeOn: row.next_charge_on,
        status: row.status,
        billingMethod: row.billing,
        shippingCents: row.shipping_cents,
        taxCents: row.tax_cents,
        discountCents: row.discount_cents,
        letterExpiresOn: isHsaFsa ? row.lmn_expires_on : null,
      },
      paymentToken: isHsaFsa ? row.payment_token : null,
      item: {
        sku: row.sku,
        name: row.item_name,
        quantity: row.quantity,
        unitPriceCents: row.unit_price_cents,
      },
    },
  };
}

/** The text of a cell, trimmed and on one line: the database refuses a NUL, and a mail's header a line break. */
export function plainText(cell: string): string {
  return cell.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** A cell that `read` turns into a value, or refuses with undefined. */
const cell = <Value>(reason: RefusalReason, read: (text: string) => Value | undefined) =>
  z.string().transform((text, context) => {
    const value = read(plainText(text));
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: reason });
    return z.NEVER;
  });

const filled = (reason: RefusalReason) => cell(reason, (text) => (text === '' ? undefined : text));
const filledName = (reason: RefusalReason) =>
  filled(reason).pipe(cell('name_too_long', (text) => (text.length > MAX_LENGTH ? undefined : text)));
const amount = cell('amount_invalid', (text) => (text === '' ? 0 : wholeNumber(text, 0, MAX_INTEGER)));

// The order is that of the reasons: what is wrong first is what the merchant is told.
const CellsOfRow = z.object({
  subscription_id: filledName('subscription_id_missing'),
  email: filled('email_missing').pipe(cell('email_invalid', (text) => normalEmail(text) ?? undefined)),
  name: filledName('name_missing'),
  state: cell('state_invalid', (text) => {
    if (text === '') return null;
    return /^[a-z]{2}$/i.test(text) ? text.toUpperCase() : undefined;
  }),
  time_zone: cell('time_zone_invalid', (text) => {
    if (text === '') return null;
    return isTimeZone(text) ? text : undefined;
  }),
  sku: filledName('sku_missing'),
  item_name: filledName('name_missing'),
  quantity: cell('quantity_invalid', (text) => wholeNumber(text, 1, MAX_INTEGER)),
  unit_price_cents: cell('price_invalid', (text) => wholeNumber(text, 0, MAX_INTEGER)),
  shipping_cents: amount,
  tax_cents: amount,
  discount_cents: amount,
  interval_unit: cell('interval_invalid', (text) => INTERVAL_UNITS.find((unit) => unit === text)),
  interval_count: cell('interval_invalid', (text) => wholeNumber(text, 1, 36)),
  anchor_date: cell('date_invalid', (text) => (text === '' ? null : scheduleDate(text))),
  next_charge_on: cell('date_invalid', scheduleDate),
  lmn_expires_on: cell('date_invalid', (text) => {
    if (text === '') return null;
    return isLocalDate(text) && text >= FIRST_DAY ? text : undefined;
  }),
  status: cell('status_invalid', (text) => IMPORTED_STATUSES.find((status) => status === (text || 'active'))),
  billing: cell('billing_invalid', (text) => BILLING_METHODS.find((method) => method === (text || 'external'))),
  payment_token: z.string().transform(plainText),
});

function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

function scheduleDate(text: string): LocalDate | undefined {
  return isLocalDate(text) && text >= FIRST_DAY && text <= LAST_DAY ? text : undefined;
}

function firstReason(error: z.ZodError): RefusalReason {
  const reason = error.issues[0]?.message;
  if (!isRefusalReason(reason)) throw new Error(`A row was refused without a reason: ${error.message}`);
  return reason;
}
