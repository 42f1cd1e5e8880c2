import { type Extras, type Line, lineTotal } from './amounts';
import { addDays, type LocalDate, type Period } from './calendar';
import { cardTitle } from './card-words';
import { dayAndMonth } from './date-words';
import type { Id } from './id';
import { type Cents, cents, formatCents, sumCents } from './money';

/** Money of an order that goes back to its customer: `isDone` once Truemed has taken the refund. */
export interface ReceiptRefund {
  on: LocalDate;
  amountCents: number;
  isDone: boolean;
}

/** Which cards paid an order, as far as that is known. */
export interface PayingCards {
  /** The ends of the cards that Truemed had to charge, that of the HSA/FSA card first; empty where it is not known which they were. */
  cards: readonly string[];
  /** Truemed names the first of them as one of HSA/FSA. */
  isHsaFsa: boolean;
}

/** Cards of which nothing is known. */
export const NOT_KNOWN: PayingCards = { cards: [], isHsaFsa: false };

/** What a paid order's receipt says: what plan administrators ask for, and nothing about anybody's health. */
export interface Receipt extends PayingCards {
  invoiceId: Id<'invoice'>;
  /** `2027-31`; null until it is given. */
  number: string | null;
  merchant: { name: string; email: string };
  /** Whose order it is. */
  customer: string;
  /** What the order covers; its first day is the date of service. */
  period: Period;
  paidOn: LocalDate;
  lines: readonly (Pick<Line, 'name' | 'quantity' | 'unitPriceCents'> & { position: number; isOnce?: boolean })[];
  extras: Extras;
  totalCents: number;
  refunds: readonly ReceiptRefund[];
}

/** The sums of a receipt: `goodsCents` + shipping + tax - discount = `totalCents`, of which `returnedCents` went back and `keptCents` stays paid. */
export interface ReceiptSums {
  goodsCents: Cents;
  totalCents: Cents;
  returnedCents: Cents;
  keptCents: Cents;
}

/** Adds a receipt up. */
export function receiptSums({ lines, totalCents, refunds }: Receipt): ReceiptSums {
  const returnedCents = sumCents(refunds.filter(({ isDone }) => isDone).map(({ amountCents }) => amountCents));
  return {
    goodsCents: sumCents(lines.map(lineTotal)),
    totalCents: cents(totalCents),
    returnedCents,
    keptCents: cents(totalCents - returnedCents),
  };
}

/** A line between two hairlines of a receipt. */
export interface ReceiptFact {
  term: string;
  value: string;
}

/** What stands at the head of a receipt, the same words on the page and in the PDF. Every date names its year. */
export function receiptFacts(receipt: Receipt): ReceiptFact[] {
  const { number, merchant, customer, period, paidOn, totalCents } = receipt;
  const { returnedCents, keptCents } = receiptSums(receipt);
  return [
    { term: 'Number', value: number ?? 'Not given yet' },
    { term: 'Merchant', value: `${merchant.name}, ${merchant.email}` },
    { term: 'For', value: customer },
    { term: 'Date of service', value: yearDate(period.start) },
    { term: 'Covers', value: `${yearDate(period.start)} to ${yearDate(addDays(period.end, -1))}` },
    { term: 'Paid on', value: yearDate(paidOn) },
    { term: 'Paid with', value: paidWith(receipt) },
    { term: 'Amount paid', value: formatCents(totalCents) },
    ...receipt.refunds.map(refundFact),
    ...(returnedCents > 0 ? [{ term: 'Paid after refunds', value: formatCents(keptCents) }] : []),
  ];
}

/**
 * What paid: `HSA/FSA card ending 4417`. Truemed does not tell which part an ordinary card beside it paid, so that is left open;
 * and a customer may have paid with an ordinary card alone (truemed-api.md section 5.9).
 */
export function cardsThatPaid({ cards, isHsaFsa, totalCents }: PayingCards & { totalCents: number }): string {
  if (totalCents === 0) return 'No card: nothing was charged';
  const [first, other] = cards;
  const title = cardTitle({ last4: first ?? null, isHsaFsa });
  return other === undefined ? title : `${title} (in part perhaps card ending ${other})`;
}

/** The same with who moved the money: `HSA/FSA card ending 4417, through Truemed`. */
export function paidWith(paid: PayingCards & { totalCents: number }): string {
  return paid.totalCents === 0 ? cardsThatPaid(paid) : `${cardsThatPaid(paid)}, through Truemed`;
}

/** What is added to and taken off the items, without what is nothing. */
export function receiptExtras({ extras }: Pick<Receipt, 'extras'>): { label: string; amountCents: number }[] {
  return [
    { label: 'Shipping', amountCents: extras.shippingCents },
    { label: 'Tax', amountCents: extras.taxCents },
    { label: 'Taken off', amountCents: -extras.discountCents },
  ].filter(({ amountCents }) => amountCents !== 0);
}

/** What a reader of a refund has to know of its time (product.md section 1, row 16). */
export const REFUND_TIME = 'Truemed says that it may take up to 15 business days until the card shows a refund.';

/** Said on every receipt: nobody but the administrator decides. */
export const ADMINISTRATOR_DECIDES = 'Whether an expense counts is decided by your plan’s administrator.';

/** `alder-health-receipt-2027-31`, without an ending: names a receipt as a file. Before its number is given, by its day and id. */
export function receiptFileName({ merchant, number, period, invoiceId }: Receipt): string {
  return `${slugOf(merchant.name)}-receipt-${number ?? `${period.start}-${invoiceId.slice(-6).toLowerCase()}`}`;
}

/** A name as a part of a file's name: lower-case letters without marks, digits and hyphens. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'shop';
}

function refundFact({ on, amountCents, isDone }: ReceiptRefund): ReceiptFact {
  return { term: isDone ? 'Returned' : 'Being returned', value: `${formatCents(amountCents)} on ${yearDate(on)}` };
}

function yearDate(day: LocalDate): string {
  return dayAndMonth(day, day, 'always');
}

/** How many of an item at which price, and whether it came with this order only. */
export function lineDetail({ quantity, unitPriceCents, isOnce }: Receipt['lines'][number]): string {
  return `${quantity} at ${formatCents(unitPriceCents)}${isOnce === true ? ', this order only' : ''}`;
}
