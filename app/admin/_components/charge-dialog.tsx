import { DateText } from '@/components/ui/date-text';
import { Dialog } from '@/components/ui/dialog';
import { FactList } from '@/components/ui/fact-list';
import { Money } from '@/components/ui/money';
import type { LocalDate } from '@/lib/core/calendar';
import { cardName } from '@/lib/core/card-words';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import type { ChargeOffer } from '@/lib/views/admin-subscription';
import { chargeNowAction } from '../actions';
import { StaffForm } from './staff-form';

/** `Charge now`, with its effect before the deed. */
export function ChargeDialog({
  offer,
  subscriptionId,
  customerName,
  today,
}: {
  offer: Extract<ChargeOffer, { kind: 'offered' }>;
  subscriptionId: string;
  customerName: string;
  today: LocalDate;
}) {
  const { amountCents, orderOn, card, following } = offer;
  const whose = customerName.split(/\s+/)[0] ?? customerName;
  return (
    <Dialog
      title={`Charge ${formatCents(amountCents)} today?`}
      closeHref={`/admin/subscriptions/${subscriptionId}`}
      wayOut="Do not charge"
      action={
        <StaffForm
          action={chargeNowAction}
          fields={{ subscriptionId, periodStart: orderOn }}
          verb={`Charge ${formatCents(amountCents)}`}
          busy="Charging"
          kind="primary"
          size="customer"
        />
      }
    >
      To {whose}’s {cardName(card)}, for the order of <DateText date={orderOn} today={today} form="day" />. The charge
      after it stays on <DateText date={following.on} today={today} />.
      <FactList
        size="small"
        facts={[
          { term: 'Today', value: <Money cents={amountCents} /> },
          { term: longDate(following.on, today), value: <Money cents={following.amountCents} /> },
        ]}
      />
    </Dialog>
  );
}
