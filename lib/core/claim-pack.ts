import { addDays, anchoredDate, type LocalDate, type Period } from './calendar';
import { sumCents } from './money';
import { paidWith, type Receipt, receiptSums } from './receipt';

/** A pack of a whole year holds this many receipts at most; who has more takes them in parts. */
export const RECEIPTS_PER_PACK = 1000;

/** The plan year that starts on a day: half-open, a year long; one that starts on 29 February ends before the next 28 February. */
export function planYear(start: LocalDate): Period {
  return { start, end: anchoredDate({ anchor: start, interval: { unit: 'year', count: 1 } }, 1) };
}

/** The starts of plan years like that of `start`, from the one that holds `today` back to the one that holds `earliest`, the latest first. */
export function planYearStarts(start: LocalDate, earliest: LocalDate, today: LocalDate): LocalDate[] {
  const schedule = { anchor: start, interval: { unit: 'year' as const, count: 1 } };
  let n = Number(today.slice(0, 4)) - Number(start.slice(0, 4)) + 1;
  while (anchoredDate(schedule, n) > today) n -= 1;
  const starts = [anchoredDate(schedule, n)];
  while (anchoredDate(schedule, n) > earliest) {
    n -= 1;
    starts.push(anchoredDate(schedule, n));
  }
  return starts;
}

/** What the receipts of a pack add up to, in cents: what was paid, what of it went back, and what stays. */
export interface PackSums {
  paidCents: number;
  returnedCents: number;
  keptCents: number;
}

/** Adds the receipts of a pack up. */
export function packSums(receipts: readonly Receipt[]): PackSums {
  const sums = receipts.map(receiptSums);
  return {
    paidCents: sumCents(sums.map(({ totalCents }) => totalCents)),
    returnedCents: sumCents(sums.map(({ returnedCents }) => returnedCents)),
    keptCents: sumCents(sums.map(({ keptCents }) => keptCents)),
  };
}

/** Where a receipt lies in a pack, in the order of service. One of its own for each order. */
export function packEntryName({ period, number, invoiceId }: Receipt): string {
  return `receipts/${period.start}-receipt-${number ?? invoiceId}.pdf`;
}

/** One row of a pack's list: one order, its amounts in dollars as `48.30`. */
export function claimRow(receipt: Receipt) {
  const { number, merchant, customer, period, extras, paidOn, refunds } = receipt;
  const { goodsCents, totalCents, returnedCents, keptCents } = receiptSums(receipt);
  const underWayCents = sumCents(refunds.filter(({ isDone }) => !isDone).map(({ amountCents }) => amountCents));
  return {
    receipt: number ?? '',
    file: packEntryName(receipt),
    date_of_service: period.start,
    covers_until: addDays(period.end, -1),
    paid_on: paidOn,
    merchant: merchant.name,
    for: customer,
    items: receipt.lines.map(({ name, quantity }) => `${name} (${quantity})`).join('; '),
    items_usd: dollars(goodsCents),
    shipping_usd: dollars(extras.shippingCents),
    tax_usd: dollars(extras.taxCents),
    taken_off_usd: dollars(extras.discountCents),
    paid_usd: dollars(totalCents),
    returned_usd: dollars(returnedCents),
    being_returned_usd: dollars(underWayCents),
    paid_after_refunds_usd: dollars(keptCents),
    paid_with: paidWith(receipt),
  };
}

function dollars(amountCents: number): string {
  const digits = String(Math.abs(amountCents)).padStart(3, '0');
  return `${amountCents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
