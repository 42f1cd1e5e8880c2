import { describe, expect, test } from 'vitest';
import { INVOICE_STATUSES, type InvoiceStatus } from './charge';
import { invoiceMayBecome } from './invoice-status';

const MAY: Record<InvoiceStatus, string> = {
  open: 'paid void uncollectible',
  void: 'paid',
  uncollectible: 'paid',
  paid: '',
  skipped: '',
};

describe('an invoice', () => {
  test.each(INVOICE_STATUSES.flatMap((from) => INVOICE_STATUSES.map((to) => [from, to] as const)))(
    'that is %s becomes %s, or may not',
    (from, to) => {
      expect(invoiceMayBecome(from, to)).toBe(MAY[from].split(' ').includes(to));
    },
  );
});
