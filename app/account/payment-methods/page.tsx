import type { Metadata } from 'next';
import { LinkRow, RowList } from '@/components/ui/list-rows';
import { Notice } from '@/components/ui/notice';
import { Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { longDate } from '@/lib/core/date-words';
import { paymentMethodsPage } from '@/lib/views/payment-methods';
import { AccountShell } from '../_components/account-shell';
import { HowYouPay } from '../_components/how-you-pay';
import { BilledElsewhereList, PaidByCard } from './_components/paid-by-card';
import { PaymentAnswer } from './_components/payment-answer';
import { PendingAtTruemed } from './_components/pending-at-truemed';

export const metadata: Metadata = { title: 'Payment' };

/** How a customer pays: whether it works, what it pays for, what is under way at Truemed, and what can be changed. */
export default async function PaymentMethodsPage({
  searchParams,
}: {
  searchParams: Promise<{ stopped?: string | string[] }>;
}) {
  const ctx = await pageContext(await requireCustomerPage('/account/payment-methods'));
  const [page, { stopped }] = await Promise.all([paymentMethodsPage(ctx), searchParams]);
  const { shell, payment, onCard, elsewhere, pending, today } = page;
  const charged = onCard.filter(({ nextChargeOn }) => nextChargeOn !== null);
  return (
    <AccountShell shell={shell} room="Payment">
      {stopped !== undefined && charged.length === 0 && (
        <div className="mb-6">
          <Notice kind="done" announce>
            HSA/FSA is off. Nothing is charged to a card at Truemed.
          </Notice>
        </div>
      )}
      <PaymentAnswer page={page} />
      {pending.length > 0 && <PendingAtTruemed page={page} />}
      {payment !== null && (
        <HowYouPay payment={payment} paysFor={charged.length} today={today} title="Card and letter" />
      )}
      {onCard.length > 0 && payment !== null && <PaidByCard subscriptions={onCard} />}
      {elsewhere.length > 0 && <BilledElsewhereList subscriptions={elsewhere} hasCard={payment !== null} />}
      {(payment !== null || elsewhere.length > 0 || onCard.length > 0) && (
        <Section id="change" title="Change something">
          <RowList>
            {payment !== null && (
              <>
                <LinkRow
                  href="/account/payment-methods/card"
                  icon="credit-card"
                  title="Update my card"
                  detail="At Truemed, with an ordinary one beside it if you like"
                />
                <LinkRow
                  href="/account/payment-methods/letter"
                  icon="file-check"
                  title="Renew my letter"
                  detail={
                    payment.letterExpiresOn === null
                      ? 'Truemed says whether it asks for its health survey'
                      : `It ${payment.letterExpiresOn < today ? 'ended' : 'ends'} on ${longDate(payment.letterExpiresOn, today, 'always')}`
                  }
                />
              </>
            )}
            {payment === null && elsewhere.length > 0 && (
              <LinkRow
                href="/account/payment-methods/store"
                icon="credit-card"
                title="Store my HSA/FSA card"
                detail="Nothing is moved or charged by that"
              />
            )}
            {(payment !== null || onCard.length > 0) && (
              <LinkRow
                href="/account/payment-methods/stop"
                icon="circle-slash"
                title="Stop using HSA/FSA"
                detail={
                  onCard.length === 0
                    ? 'Your card can be deleted at Truemed'
                    : 'You see first what becomes of each subscription'
                }
              />
            )}
          </RowList>
        </Section>
      )}
    </AccountShell>
  );
}
