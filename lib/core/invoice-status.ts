import type { InvoiceStatus } from './charge';

/** Which change of an invoice's status is possible. Money that was taken is always believed; nothing leaves `paid`: what is given back is a refund. */
const INVOICE_EDGES: Record<InvoiceStatus, readonly InvoiceStatus[]> = {
  open: ['paid', 'void', 'uncollectible'],
  void: ['paid'],
  uncollectible: ['paid'],
  paid: [],
  skipped: [],
};

/** Whether an invoice may go from one status to another. */
export function invoiceMayBecome(from: InvoiceStatus, to: InvoiceStatus): boolean {
  return INVOICE_EDGES[from].includes(to);
}
