import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { AccountShell } from '../../_components/account-shell';
import { AskSheet } from '../_components/ask-sheet';

export const metadata: Metadata = { title: 'Renew my letter' };

/** What the health survey is for, before the customer goes to Truemed for it. */
export default async function RenewLetterPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/payment-methods/letter'));
  const { shell, payment, held, today } = await paymentMethodsPage(ctx);
  if (payment === null) redirect('/account/payment-methods');
  const { letterExpiresOn } = payment;
  const order = held.find(({ state }) => state === 'waits_for_survey');
  return (
    <AccountShell shell={shell} room="Payment">
      <AskSheet
        what="survey"
        heading="Renew my letter"
        question="Ask Truemed for its health survey?"
        steps={[
          'Truemed says whether there is a health survey to complete. If there is none, nothing changes.',
          'An independent licensed practitioner reviews your answers.',
          order === undefined
            ? 'If you qualify, you receive a new Letter of Medical Necessity from Truemed.'
            : `If you qualify, we charge your ${formatCents(order.totalCents)} order, once, and write to you.`,
        ]}
        safe={{
          title: 'Until then your letter stays',
          text: 'Going to Truemed charges nothing. A charge that falls due while the survey is open waits for it, for a day at most.',
        }}
      >
        {letterExpiresOn === null
          ? 'Truemed names no day on which your Letter of Medical Necessity ends.'
          : `Your Letter of Medical Necessity ${letterExpiresOn < today ? 'ended' : 'is valid until'} ${letterExpiresOn < today ? 'on ' : ''}${longDate(letterExpiresOn, today, 'always')}. A letter is valid for 12 months.`}{' '}
        {shell.merchant.name} does not see your answers.
      </AskSheet>
    </AccountShell>
  );
}
