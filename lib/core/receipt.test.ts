import { describe, expect, it } from 'vitest';
import { localDate } from './calendar';
import { paidWith, receiptFacts, receiptFileName, slugOf } from './receipt';
import { aReceipt } from './test-receipt';

const factsOf = (receipt: Parameters<typeof receiptFacts>[0]) =>
  Object.fromEntries(receiptFacts(receipt).map(({ term, value }) => [term, value]));

describe('a receipt', () => {
  it('says what administrators ask for, every date with its year', () => {
    expect(factsOf(aReceipt())).toEqual({
      Number: '2027-31',
      Merchant: 'Alder Health, care@alderhealth.example',
      For: 'Nguyễn Thị Hồng',
      'Date of service': '12 January 2027',
      Covers: '12 January 2027 to 11 February 2027',
      'Paid on': '12 January 2027',
      'Paid with': 'HSA/FSA card ending 4417, through Truemed',
      'Amount paid': '$48.30',
    });
  });

  it('takes off what was returned, and not what is still on its way', () => {
    const facts = factsOf(
      aReceipt({
        refunds: [
          { on: localDate('2027-02-01'), amountCents: 1000, isDone: true },
          { on: localDate('2027-02-05'), amountCents: 2000, isDone: false },
        ],
      }),
    );
    expect(facts).toMatchObject({
      'Amount paid': '$48.30',
      Returned: '$10.00 on 1 February 2027',
      'Being returned': '$20.00 on 5 February 2027',
      'Paid after refunds': '$38.30',
    });
  });

  it('names no card that it does not know, and leaves open what a second one paid', () => {
    expect(paidWith({ cards: [], isHsaFsa: true, totalCents: 1 })).toBe('HSA/FSA card, through Truemed');
    const both = { cards: ['4417', '1881'], isHsaFsa: true };
    expect(paidWith({ ...both, totalCents: 1 })).toContain('(in part perhaps card ending 1881)');
    expect(paidWith({ ...both, totalCents: 0 })).toBe('No card: nothing was charged');
  });

  it('calls no card one of HSA/FSA that may be an ordinary one', () => {
    expect(paidWith({ cards: [], isHsaFsa: false, totalCents: 1 })).toBe('Card, through Truemed');
    expect(paidWith({ cards: ['1881'], isHsaFsa: false, totalCents: 1 })).toBe('Card ending 1881, through Truemed');
  });

  it('is a file with a plain name, of which an order has one', () => {
    expect(receiptFileName(aReceipt())).toBe('alder-health-receipt-2027-31');
    expect(receiptFileName(aReceipt({ number: null }))).toBe('alder-health-receipt-2027-01-12-000001');
    expect(slugOf('"Ẩm\r\n thực" & Żółć/..')).toMatch(/^[a-z0-9-]+$/);
    expect(slugOf('王')).toBe('shop');
  });
});
