import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderTotal } from './amounts';
import { addDays, localDate } from './calendar';
import { claimRow, packEntryName, packSums, planYear, planYearStarts } from './claim-pack';
import { receiptSums } from './receipt';
import { aReceipt } from './test-receipt';

const FIRST = localDate('2020-01-01');
const aDay = fc.integer({ min: 0, max: 4000 }).map((days) => addDays(FIRST, days));
const aPaidOrder = fc
  .record({
    prices: fc.array(
      fc.record({ quantity: fc.integer({ min: 1, max: 9 }), unitPriceCents: fc.integer({ min: 0, max: 99_999 }) }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    shippingCents: fc.integer({ min: 0, max: 5000 }),
    taxCents: fc.integer({ min: 0, max: 5000 }),
    offPerMille: fc.integer({ min: 0, max: 1000 }),
    parts: fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.boolean()), { maxLength: 2 }),
    start: aDay,
  })
  .map(({ prices, shippingCents, taxCents, offPerMille, parts, start }) => {
    const lines = prices.map((price, position) => ({ ...price, position, name: `Item ${position}` }));
    const goods = orderTotal(lines, { shippingCents: 0, taxCents: 0, discountCents: 0 });
    const extras = { shippingCents, taxCents, discountCents: Math.floor((goods * offPerMille) / 1000) };
    const totalCents = orderTotal(lines, extras);
    const refunds = parts
      .map(([perMille, isDone]) => ({ on: start, amountCents: Math.floor((totalCents * perMille) / 1000), isDone }))
      .filter(({ amountCents }) => amountCents > 0);
    return aReceipt({ lines, extras, totalCents, refunds, period: { start, end: addDays(start, 31) } });
  });

const centsOf = (dollars: string) => Number(dollars.replace('.', ''));

describe('the list of a claim pack', () => {
  it('adds up, row by row and over all of it, for any orders and refunds', () => {
    fc.assert(
      fc.property(fc.array(aPaidOrder, { maxLength: 8 }), (receipts) => {
        const rows = receipts.map(claimRow);
        for (const [index, row] of rows.entries()) {
          expect(Object.values(row).every((cell) => typeof cell === 'string')).toBe(true);
          for (const [name, cell] of Object.entries(row))
            if (name.endsWith('_usd')) expect(cell).toMatch(/^\d+\.\d\d$/);
          expect(
            centsOf(row.items_usd) + centsOf(row.shipping_usd) + centsOf(row.tax_usd) - centsOf(row.taken_off_usd),
          ).toBe(receipts[index]?.totalCents);
          expect(centsOf(row.paid_usd) - centsOf(row.returned_usd)).toBe(centsOf(row.paid_after_refunds_usd));
        }
        const sums = packSums(receipts);
        const total = (column: 'paid_usd' | 'returned_usd' | 'paid_after_refunds_usd') =>
          rows.reduce((sum, row) => sum + centsOf(row[column]), 0);
        expect(sums).toEqual({
          paidCents: total('paid_usd'),
          returnedCents: total('returned_usd'),
          keptCents: total('paid_after_refunds_usd'),
        });
        for (const receipt of receipts) expect(receiptSums(receipt).keptCents).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('gives an order that has no number yet a place of its own', () => {
    expect(packEntryName(aReceipt({ number: null }))).toBe(
      'receipts/2027-01-12-receipt-inv_0000000000000000000001.pdf',
    );
    expect(packEntryName(aReceipt())).toBe('receipts/2027-01-12-receipt-2027-31.pdf');
  });
});

describe('a plan year', () => {
  it('ends before the same day of the next year, and knows leap days', () => {
    expect(planYear(localDate('2027-07-01'))).toEqual({ start: '2027-07-01', end: '2028-07-01' });
    expect(planYear(localDate('2028-02-29'))).toEqual({ start: '2028-02-29', end: '2029-02-28' });
  });

  it('holds every day between the first order and today exactly once, however the years begin', () => {
    fc.assert(
      fc.property(aDay, aDay, aDay, aDay, (start, one, other, day) => {
        const [earliest, today] = one < other ? [one, other] : [other, one];
        const starts = planYearStarts(start, earliest, today);
        expect([...starts].sort().reverse()).toEqual(starts);
        fc.pre(day >= earliest && day <= today);
        // A year from 29 February begins on the 28th in other years, so neighbours meet at the next start.
        const holding = starts.filter((from, index) => from <= day && day < (starts[index - 1] ?? planYear(from).end));
        expect(holding).toHaveLength(1);
      }),
    );
  });
});
