import { Actions, LinkButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { SubmitButton } from '@/components/ui/submit-button';
import type { WaitingPage } from '@/lib/views/provisioning';
import { MoveForm } from '../../../_components/move-form';

/** What can be done in each state; the way on first, then the way out. */
export function WaitingActions({ page }: { page: WaitingPage }) {
  const { state, status, shell } = page;
  switch (state) {
    case 'Confirming':
      return (
        <Actions className="mt-8">
          <BackToOverview />
          {status === 'open' && (
            <ContinueAtTruemed page={page} kind="bare">
              I did not finish at Truemed
            </ContinueAtTruemed>
          )}
        </Actions>
      );
    case 'Being reviewed':
      return (
        <Actions className="mt-8">
          <BackToOverview />
          {status === 'waiting_verification' && (
            <ContinueAtTruemed page={page} kind="bare">
              Ask Truemed again
            </ContinueAtTruemed>
          )}
        </Actions>
      );
    case 'Connected':
      return (
        <Actions className="mt-8">
          <LinkButton href="/account" wide>
            Go to overview
          </LinkButton>
        </Actions>
      );
    case 'Not completed':
      return (
        <Actions className="mt-8">
          <ContinueAtTruemed page={page} kind="primary">
            Continue at Truemed
            <Icon name="arrow-right" />
          </ContinueAtTruemed>
          <LinkButton href="/account" kind="bare" wide>
            Not now
          </LinkButton>
        </Actions>
      );
    case 'Needs attention':
      return (
        <Actions className="mt-8">
          <BackToOverview />
          <LinkButton href={`mailto:${shell.merchant.email}`} kind="bare" wide>
            Write to us
          </LinkButton>
        </Actions>
      );
  }
}

function BackToOverview() {
  return (
    <LinkButton href="/account" kind="edge" wide>
      Back to overview
    </LinkButton>
  );
}

// Where only card or survey are brought up to date, the mailed link leads on; inside our page, the frame does.
function ContinueAtTruemed({
  page: { requestId, subscription, status, embedded, waitingOrders, withoutCard },
  kind,
  children,
}: {
  page: WaitingPage;
  kind: 'primary' | 'bare';
  children: React.ReactNode;
}) {
  const caseId = waitingOrders[0]?.recovery?.caseId;
  const href =
    embedded && status === 'open'
      ? `/account/hsa-fsa/${requestId}/frame`
      : subscription === null && caseId !== undefined
        ? `/go/${caseId}`
        : null;
  if (href !== null)
    return (
      <LinkButton href={href} kind={kind} wide>
        {children}
      </LinkButton>
    );
  const subscriptionId = subscription?.id ?? withoutCard;
  if (subscriptionId === null) return null;
  return (
    <MoveForm subscriptionId={subscriptionId}>
      <SubmitButton name="where" value="truemed" kind={kind} busy="Opening Truemed" wide>
        {children}
      </SubmitButton>
    </MoveForm>
  );
}
