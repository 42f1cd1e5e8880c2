import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { Actions, LinkButton } from '@/components/ui/button';
import { PageHeading, QuietLink } from '@/components/ui/page-heading';
import { SubmitButton } from '@/components/ui/submit-button';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { truemedFrame } from '@/lib/views/provisioning';
import { AccountShell } from '../../../_components/account-shell';
import { MoveForm } from '../../../_components/move-form';
import { DetailsForm } from '../../../payment-methods/_components/details-form';
import { TruemedFrame } from '../_components/truemed-frame';

export const metadata: Metadata = { title: 'Health survey and card' };

/** Truemed's page inside ours, with the ways out. */
export default async function FramePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const requestId = idFrom('provisionRequest', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/hsa-fsa/${id}/frame`));
  const { shell, page, name, subscriptionId, purpose } = await orNotFound(truemedFrame(ctx, { requestId }));
  if (page === null) redirect(`/account/hsa-fsa/${id}`);
  const room =
    purpose === 'store'
      ? ({ label: 'Payment', href: '/account/payment-methods' } as const)
      : ({ label: 'Overview', href: '/account' } as const);
  return (
    <AccountShell shell={shell} room={room.label}>
      <PageHeading
        back={room}
        title="Health survey and card"
        meta={`This is Truemed’s page${name === null ? '' : ` for ${name}`}. ${shell.merchant.name} does not see what you enter in it.`}
      />
      <div className="mt-6">
        <TruemedFrame requestId={requestId} url={page.url} origin={page.origin} />
      </div>
      <Actions className="mt-5">
        {subscriptionId !== null && (
          <MoveForm subscriptionId={subscriptionId}>
            <SubmitButton name="where" value="truemed" kind="edge" busy="Opening Truemed" wide>
              Open Truemed in this tab instead
            </SubmitButton>
          </MoveForm>
        )}
        {purpose === 'store' && (
          <DetailsForm what="store">
            <SubmitButton name="where" value="truemed" kind="edge" busy="Opening Truemed" wide>
              Open Truemed in this tab instead
            </SubmitButton>
          </DetailsForm>
        )}
        <LinkButton href={room.href} kind="bare" wide>
          Not now
        </LinkButton>
      </Actions>
      <p className="mt-4 text-small text-muted">
        When you have finished and this page stays,{' '}
        <QuietLink href={`/account/hsa-fsa/${requestId}/return?outcome=success`}>go on here</QuietLink>. Nothing is
        charged by finishing.
      </p>
    </AccountShell>
  );
}
