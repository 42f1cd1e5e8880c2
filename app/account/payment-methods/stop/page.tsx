import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { PageHeading } from '@/components/ui/page-heading';
import { SafeNote, Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { STOP_CHOICES, type StopChoices } from '@/lib/core/stop-hsa-fsa';
import { type StopRow, stopPage } from '@/lib/views/stop-hsa-fsa';
import { AccountShell } from '../../_components/account-shell';
import { ChooseWhatStops } from './_components/choose-what-stops';
import { ConfirmStop } from './_components/confirm-stop';

export const metadata: Metadata = { title: 'Stop using HSA/FSA' };

type Query = Record<string, string | string[] | undefined>;

/** Stopping HSA/FSA in two steps, each an address: what becomes of each subscription and of the card, then the deed. */
export default async function StopPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const ctx = await pageContext(await requireCustomerPage('/account/payment-methods/stop'));
  const { shell, payment, rows } = await stopPage(ctx);
  // Also where a second press, or another tab, finds that all of it has been stopped.
  if (payment === null && rows.length === 0) redirect('/account/payment-methods?stopped=1');
  const card = query.card === 'delete' || query.card === 'keep' ? query.card : null;
  const choices = choicesIn(query, rows);
  const hasChosen = card !== null && choices !== null && (rows.length > 0 || card === 'delete');
  return (
    <AccountShell shell={shell} room="Payment">
      <PageHeading back={{ href: '/account/payment-methods', label: 'Payment' }} title="Stop using HSA/FSA" />
      <div className="mt-7">
        <Sheet labelledBy="stop">
          {hasChosen ? (
            <ConfirmStop rows={rows} choices={choices} card={payment === null ? 'none' : card} />
          ) : (
            <ChooseWhatStops rows={rows} payment={payment} />
          )}
        </Sheet>
      </div>
      <SafeNote id="safe" title="What you have paid for stays yours">
        Orders that are paid are not touched. A charge that Truemed has already is settled, and you see it in your
        account.
      </SafeNote>
    </AccountShell>
  );
}

// Each subscription is a field of the form, named by its id. One that is missing has yet to be chosen.
function choicesIn(query: Query, rows: readonly StopRow[]): StopChoices | null {
  const chosen = rows.flatMap(({ subscription: { id }, choices }) => {
    const choice = STOP_CHOICES.find((one) => one === query[id] && choices.includes(one));
    return choice === undefined ? [] : [[id, choice] as const];
  });
  return chosen.length === rows.length ? new Map(chosen) : null;
}
