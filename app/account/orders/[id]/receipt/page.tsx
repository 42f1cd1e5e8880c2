import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { FactList } from '@/components/ui/fact-list';
import { LinkRow, RowList } from '@/components/ui/list-rows';
import { PageHeading } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { ADMINISTRATOR_DECIDES, REFUND_TIME, receiptFacts } from '@/lib/core/receipt';
import { receiptPage } from '@/lib/views/receipt';
import { AccountShell } from '../../../_components/account-shell';
import { OrderLines } from '../../../_components/order-lines';

export const metadata: Metadata = { title: 'Receipt' };

/** The receipt of a paid order, with what administrators of HSA and FSA plans ask for; the same as its PDF, and made to be printed. */
export default async function ReceiptPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const invoiceId = idFrom('invoice', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/orders/${id}/receipt`));
  const { shell, receipt } = await orNotFound(receiptPage(ctx, { invoiceId }));
  const { merchant, number } = receipt;
  return (
    <AccountShell shell={shell} room="History">
      <div className="print:hidden">
        <PageHeading back={{ href: `/account/orders/${invoiceId}`, label: 'Order' }} title="Receipt" />
      </div>
      <article className="sheet mt-7 p-6 sm:p-10 print:m-0 print:border-0 print:p-0 print:shadow-none">
        <h2 className="text-title font-semibold">
          Receipt of {merchant.name}
          {number !== null && `, number ${number}`}
        </h2>
        <FactList facts={receiptFacts(receipt)} size="small" />
        <h3 className="mt-8 mb-2 font-semibold">Items</h3>
        <OrderLines order={receipt} totalLabel="Total" />
        {receipt.refunds.length > 0 && <p className="mt-4 text-small text-muted">{REFUND_TIME}</p>}
        <p className="mt-4 text-small text-muted">{ADMINISTRATOR_DECIDES}</p>
      </article>
      <div className="mt-7 print:hidden">
        <RowList>
          <LinkRow
            href={`/account/orders/${invoiceId}/receipt.pdf`}
            icon="download"
            title="Download as a PDF"
            detail="The same receipt as a file, to send to your plan’s administrator"
          />
        </RowList>
      </div>
    </AccountShell>
  );
}
