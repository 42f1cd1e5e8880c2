import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { StatusChip } from '@/components/ui/chip';
import { PageHeading } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { intervalWithDay } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import { schedulePreview } from '@/lib/views/schedule-preview';
import { AccountShell } from '../../../_components/account-shell';
import { CHANGE_REFUSALS } from '../../../_words/change-refusals';
import { subscriptionStatus } from '../../../_words/subscription-status';
import { ChangeNotNow, Choice } from './_components/choosers';
import { Preview } from './_components/preview';
import { kindOf, type Query, requestFrom } from './requests';

export const metadata: Metadata = { title: 'Change' };

interface ChangePageProps {
  params: Promise<{ id: string; change: string }>;
  searchParams: Promise<Query>;
}

/** A change of a subscription's schedule: what it shall be, then what it does, then the deed. Each step is an address. */
export default async function ChangePage({ params, searchParams }: ChangePageProps) {
  const [{ id, change: slug }, query] = await Promise.all([params, searchParams]);
  const subscriptionId = idFrom('subscription', id);
  const kind = kindOf(slug) ?? notFound();
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/${slug}`));
  const preview = await orNotFound(
    schedulePreview(ctx, { subscriptionId, request: (before) => requestFrom(kind, query, before) }),
  );
  const { shell, subscription, outcome, offered } = preview;
  const refused = outcome !== null && !outcome.ok ? CHANGE_REFUSALS[outcome.reason] : undefined;
  return (
    <AccountShell shell={shell}>
      <PageHeading
        back={{ href: back, label: 'Subscription' }}
        title={subscription.name}
        chip={<StatusChip status={subscriptionStatus(subscription, preview.held)} />}
        meta={`${formatCents(subscription.usualTotalCents)} ${intervalWithDay(subscription.schedule)}.`}
      />
      <div className="mt-7">
        <Sheet labelledBy="change">
          {outcome?.ok ? (
            <Preview preview={preview} outcome={outcome} query={query} back={back} />
          ) : offered.includes(kind) ? (
            <Choice kind={kind} preview={preview} query={query} back={back} error={refused} />
          ) : (
            <ChangeNotNow reason={refused} back={back} />
          )}
        </Sheet>
      </div>
    </AccountShell>
  );
}
