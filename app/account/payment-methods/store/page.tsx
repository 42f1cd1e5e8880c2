import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { AccountShell } from '../../_components/account-shell';
import { AskSheet } from '../_components/ask-sheet';

export const metadata: Metadata = { title: 'Store my HSA/FSA card' };

/** What storing a card means, before the customer goes to Truemed for it: nothing is moved or charged. */
export default async function StoreCardPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/payment-methods/store'));
  const { shell, payment, elsewhere, onCard } = await paymentMethodsPage(ctx);
  const [first] = elsewhere;
  if (payment !== null || onCard.length > 0 || first === undefined) redirect('/account/payment-methods');
  const names = elsewhere.map(({ name }) => name).join(', ');
  return (
    <AccountShell shell={shell} room="Payment">
      <AskSheet
        what="store"
        heading="Store my HSA/FSA card"
        question="Store your HSA/FSA card, if you qualify"
        steps={[
          `You complete the health survey at Truemed for ${names}, and give your HSA/FSA card there.`,
          'An independent licensed practitioner reviews your answers, where that is needed.',
          'If you qualify, your card is stored. Whether and when you move a subscription to it stays your choice; Truemed says then whether it asks again.',
        ]}
        safe={{
          title: 'Nothing is moved',
          text: `${names} ${elsewhere.length === 1 ? 'is' : 'are'} billed as before, to the card you gave at checkout. Storing a card charges nothing.`,
        }}
      >
        Truemed keeps your card and your letter. {first.name} may be eligible for payment with it, if you qualify.
      </AskSheet>
    </AccountShell>
  );
}
