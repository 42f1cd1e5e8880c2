import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { StatusChip } from '@/components/ui/chip';
import { Answer, Sheet } from '@/components/ui/sheet';
import { Steps } from '@/components/ui/steps';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { checkoutPage } from '@/lib/views/checkout-page';
import { AccountShell } from '../../_components/account-shell';
import { CheckoutActions } from './_components/checkout-actions';
import { CheckoutPoll } from './_components/checkout-poll';
import { checkoutSteps } from './_components/checkout-steps';
import { CHECKOUT_WORDS } from './_components/checkout-words';

interface OrderedPageProps {
  params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Your order' };

/** The page after Truemed's checkout. Arrival proves nothing: it shows what is in our database, and follows it. */
export default async function OrderedPage({ params }: OrderedPageProps) {
  const { id } = await params;
  const checkoutId = idFrom('checkout', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/checkout/${id}`));
  const page = await orNotFound(checkoutPage(ctx, { checkoutId }));
  const { shell, state, revision } = page;
  const { title, text } = CHECKOUT_WORDS[state](page);
  return (
    <AccountShell shell={shell}>
      <Sheet labelledBy="state">
        <div role="status" className="mb-4">
          <StatusChip status={state} />
        </div>
        <Answer id="state">{title}</Answer>
        <p className="mt-4">{text}</p>
        <Steps steps={checkoutSteps(page)} />
        <CheckoutActions page={page} />
      </Sheet>
      <CheckoutPoll checkoutId={checkoutId} state={state} revision={revision} />
    </AccountShell>
  );
}
