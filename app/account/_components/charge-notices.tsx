import { Money } from '@/components/ui/money';
import { Notice } from '@/components/ui/notice';
import { type ChargeState, isHeld } from '@/lib/views/charge-state';
import type { ChargeFacts } from '@/lib/views/customer-charges';

/** After the amount: what is true of a charge that is under way. */
const UNDER_WAY: Partial<Record<ChargeState, string>> = {
  on_its_way: 'is on its way. We write to you when it is paid.',
  in_progress: 'is being charged. We write to you when it is paid.',
  outcome_unknown: 'is not confirmed yet. We are asking Truemed whether it was paid, and charge it once at most.',
};

/**
 * What is true of charges that are under way, above the answer. `fromTruemed`: the customer has just come back from there,
 * which proves nothing, so it only adds what we have heard so far.
 */
export function ChargeNotices({ charges, fromTruemed }: { charges: readonly ChargeFacts[]; fromTruemed: boolean }) {
  const underWay = charges.filter(({ state }) => state in UNDER_WAY);
  const isQuiet = fromTruemed && underWay.length === 0;
  // A card that is not tried again by itself is not charged as soon as Truemed confirms something.
  const notHeardYet = isQuiet && charges.some(({ state }) => isHeld(state) && state !== 'card_spent');
  const paid = isQuiet && !notHeardYet ? charges.find(({ isJustPaid }) => isJustPaid) : undefined;
  if (underWay.length === 0 && !notHeardYet && paid === undefined) return null;
  return (
    <div className="mb-6 space-y-3">
      {underWay.map((charge) => (
        <Notice key={charge.invoiceId} kind="wait" announce>
          <Money cents={charge.totalCents} /> {UNDER_WAY[charge.state]}
        </Notice>
      ))}
      {notHeardYet && (
        <Notice kind="wait" announce>
          You are back from Truemed. We have not heard from it yet, and nothing has been charged. We charge as soon as
          it confirms, and write to you.
        </Notice>
      )}
      {paid !== undefined && (
        <Notice kind="done" announce>
          <Money cents={paid.totalCents} /> is paid. There is nothing you need to do.
        </Notice>
      )}
    </div>
  );
}
