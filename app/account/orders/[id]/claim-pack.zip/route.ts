import { document } from '@/app/_page/document';
import { idFrom, orNotFound } from '@/app/_page/own';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { receiptFileName } from '@/lib/core/receipt';
import { claimPack } from '@/lib/documents/claim-pack';
import { receiptPage } from '@/lib/views/receipt';

/** The claim pack of one paid order, for its owner: its receipt and a list. One that is not theirs, or not paid, answers 404. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const invoiceId = idFrom('invoice', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/orders/${id}`));
  const { receipt } = await orNotFound(receiptPage(ctx, { invoiceId }));
  const name = receiptFileName(receipt).replace('-receipt-', '-claim-pack-');
  return document(claimPack([receipt], { createdAt: ctx.now }), { type: 'application/zip', fileName: `${name}.zip` });
}
