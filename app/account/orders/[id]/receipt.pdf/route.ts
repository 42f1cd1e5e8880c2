import { document } from '@/app/_page/document';
import { idFrom, orNotFound } from '@/app/_page/own';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { receiptFileName } from '@/lib/core/receipt';
import { renderReceipt } from '@/lib/documents/receipt-pdf';
import { receiptPage } from '@/lib/views/receipt';

/** The receipt of a paid order as a PDF, for its owner. An order that is not theirs, or not paid, answers 404. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const invoiceId = idFrom('invoice', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/orders/${id}/receipt`));
  const { receipt } = await orNotFound(receiptPage(ctx, { invoiceId }));
  const pdf = await renderReceipt(receipt, { createdAt: ctx.now });
  return document(new Uint8Array(pdf), { type: 'application/pdf', fileName: `${receiptFileName(receipt)}.pdf` });
}
