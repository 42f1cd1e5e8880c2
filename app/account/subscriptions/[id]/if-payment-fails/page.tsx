import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { LinkButton } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { SafeNote, Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { type FailureChoicePage, failureChoicePage } from '@/lib/views/failure-choice';
import { AccountShell } from '../../../_components/account-shell';
import { NotNow } from '../../../_components/not-now';
import { FAILURE_CHOICE_WORDS, failureExample } from '../../../_words/failure-choice-words';
import { ChoiceForm } from './choice-form';

export const metadata: Metadata = { title: 'If a payment fails' };

interface FailurePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ kept?: string | string[] }>;
}

/** What becomes of an order that the HSA/FSA card cannot pay. */
export default async function FailurePage({ params, searchParams }: FailurePageProps) {
  const [{ id }, { kept }] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/if-payment-fails`));
  const page = await orNotFound(failureChoicePage(ctx, { subscriptionId }));
  return (
    <AccountShell shell={page.shell}>
      <PageHeading
        back={{ href: back, label: 'Subscription' }}
        title="If a payment fails"
        meta={page.subscription.name}
      />
      <div className="mt-7">
        {kept !== undefined && page.isOpen && (
          <div className="mb-6">
            <Notice kind="done" announce>
              Saved. {FAILURE_CHOICE_WORDS[page.choice].saved}
            </Notice>
          </div>
        )}
        <Sheet labelledBy="failure">
          {page.isOpen ? (
            <Choose page={page} back={back} />
          ) : (
            <NotNow id="failure" title="There is nothing to choose now" back={back}>
              That takes a subscription that is charged to your HSA/FSA card and has not ended.
            </NotNow>
          )}
        </Sheet>
      </div>
      <SafeNote id="safe" title="You hear from us either way">
        An order that cannot be paid is not charged anywhere else. An order that is on hold already stays on hold,
        whatever you choose.
      </SafeNote>
    </AccountShell>
  );
}

function Choose({ page: { subscription, choice, example }, back }: { page: FailureChoicePage; back: string }) {
  return (
    <>
      <h2 id="failure" className="text-answer font-semibold">
        What shall become of the order?
      </h2>
      {example !== null && <p className="mt-3">{failureExample(example, subscription.today)}</p>}
      <ChoiceForm
        subscriptionId={subscription.id}
        chosen={choice}
        choices={(['wait', 'skip'] as const).map((value) => ({ value, label: FAILURE_CHOICE_WORDS[value].label }))}
      >
        <LinkButton href={back} kind="bare" wide>
          Leave it as it is
        </LinkButton>
      </ChoiceForm>
    </>
  );
}
