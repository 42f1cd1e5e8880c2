import { addDays, localDate } from './calendar';
import type { Receipt } from './receipt';

/** A receipt for tests: $48.30 for January, paid on its day. */
export function aReceipt(facts: Partial<Receipt> = {}): Receipt {
  const start = facts.period?.start ?? localDate('2027-01-12');
  return {
    invoiceId: 'inv_0000000000000000000001',
    number: '2027-31',
    merchant: { name: 'Alder Health', email: 'care@alderhealth.example' },
    customer: 'Nguyễn Thị Hồng',
    period: { start, end: addDays(start, 31) },
    paidOn: start,
    lines: [{ position: 0, name: 'Daily Essentials', quantity: 1, unitPriceCents: 4900 }],
    extras: { shippingCents: 500, taxCents: 330, discountCents: 900 },
    totalCents: 4830,
    cards: ['4417'],
    isHsaFsa: true,
    refunds: [],
    ...facts,
  };
}
