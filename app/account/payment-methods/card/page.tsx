import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { formatCents } from '@/lib/core/money';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { AccountShell } from '../../_components/account-shell';
import { cardWords } from '../../_words/card-words';
import { AskSheet } from '../_components/ask-sheet';

export const metadata: Metadata = { title: 'Update my card' };

/** What an update of the card does, before the customer goes to Truemed for it. */
export default async function UpdateCardPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/payment-methods/card'));
  const { shell, payment, held } = await paymentMethodsPage(ctx);
  if (payment === null) redirect('/account/payment-methods');
  const order =
    held.find(({ state }) => state === 'card_spent') ?? held.find(({ state }) => state === 'waits_for_card');
  const isSpent = order?.state === 'card_spent';
  return (
    <AccountShell shell={shell} room="Payment">
      <AskSheet
        what="card"
        heading="Update my card"
        question={`Change ${cardWords(payment.card)}?`}
        steps={[
          `You give ${isSpent ? 'another' : 'your'} card at Truemed. An ordinary card can stand beside it, for what an HSA/FSA card may not pay for.`,
          'Truemed confirms it, and may ask for its health survey.',
          order === undefined
            ? 'Your subscriptions are charged to it from then on.'
            : `${isSpent ? 'If it then asks for nothing more, we' : 'We'} charge your ${formatCents(order.totalCents)} order to it, once, and write to you.`,
        ]}
        safe={{
          title: 'Until then your card stays',
          text: 'Going to Truemed charges nothing. A charge that falls due while the update is open waits for it, for a day at most.',
        }}
      >
        Truemed keeps your cards; {shell.merchant.name} never sees their numbers.
      </AskSheet>
    </AccountShell>
  );
}
