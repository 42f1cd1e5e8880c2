import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { FactList } from '@/components/ui/fact-list';
import { PageHeading } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { addDays, localDateAt } from '@/lib/core/calendar';
import { dayAndMonth } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { orderPage } from '@/lib/views/order';
import { AccountShell } from '../../../_components/account-shell';
import { OrderLines } from '../../../_components/order-lines';

export const metadata: Metadata = { title: 'Receipt' };

/** The receipt of a paid order, with what administrators of HSA and FSA plans ask for; made to be printed. */
export default async function ReceiptPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const invoiceId = idFrom('invoice', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/orders/${id}/receipt`));
  const { shell, charge, customer, number, period, today, timeZone } = await orNotFound(orderPage(ctx, { invoiceId }));
  if (charge.paidAt === null) notFound();
  const on = (day: typeof today) => dayAndMonth(day, today, 'always');
  const returned = charge.refundedCents;
  const facts = [
    { term: 'Number', value: number ?? 'Not given yet' },
    { term: 'Merchant', value: `${shell.merchant.name}, ${shell.merchant.email}` },
    { term: 'For', value: customer.name },
    { term: 'Date of service', value: on(period.start) },
    { term: 'Covers', value: `${on(period.start)} to ${on(addDays(period.end, -1))}` },
    { term: 'Paid on', value: on(localDateAt(charge.paidAt, timeZone)) },
    { term: 'Paid with', value: 'HSA/FSA card, through Truemed' },
    { term: 'Amount paid', value: formatCents(charge.totalCents) },
    ...(returned > 0 ? [{ term: 'Returned to the card', value: formatCents(returned) }] : []),
  ];
  return (
    <AccountShell shell={shell}>
      <div className="print:hidden">
        <PageHeading back={{ href: `/account/orders/${invoiceId}`, label: 'Order' }} title="Receipt" />
      </div>
      <article className="sheet mt-7 p-6 sm:p-10 print:m-0 print:border-0 print:p-0 print:shadow-none">
        <h2 className="text-title font-semibold">
          Receipt of {shell.merchant.name}
          {number !== null && `, number ${number}`}
        </h2>
        <FactList facts={facts} size="small" />
        <h3 className="mt-8 mb-2 font-semibold">Items</h3>
        <OrderLines order={charge} totalLabel="Total" />
      </article>
      <p className="mt-5 text-small text-muted print:hidden">
        Print this page, or save it as a PDF with your browser’s print window. Whether an expense counts is decided by
        your plan’s administrator.
      </p>
    </AccountShell>
  );
}
