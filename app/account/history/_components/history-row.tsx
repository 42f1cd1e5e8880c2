import { StatusChip } from '@/components/ui/chip';
import { DatedRow } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { Disclosure } from '@/components/ui/sheet';
import type { LocalDate } from '@/lib/core/calendar';
import type { HistoryEntry, OrderEntry } from '@/lib/views/history';
import { OrderLink } from '../../_components/order-link';
import { chargeChip, chargeDetail } from '../../_words/charge-words';
import { storyLine } from '../../_words/story-words';

/** One order, or one day without a charge: its story in a line, and why nothing was charged where that is on record. */
export function HistoryRow({ entry, today }: { entry: HistoryEntry; today: LocalDate }) {
  if (entry.kind === 'not_charged')
    return (
      <DatedRow
        date={entry.orderOn}
        today={today}
        title={<OrderLink to={entry}>{entry.name}</OrderLink>}
        detail={entry.why}
        status={<StatusChip status="Not charged" bare />}
      />
    );
  const { charge, story, timeZone } = entry;
  const detail = chargeDetail(charge);
  const words = storyLine(story, timeZone, today);
  const isOpen = charge.state !== 'paid' && charge.state !== 'skipped' && charge.state !== 'canceled';
  return (
    <DatedRow
      date={charge.orderOn}
      today={today}
      title={<OrderLink to={charge}>{charge.name}</OrderLink>}
      detail={words === '' ? `${detail}.` : isOpen ? `${words} ${detail}.` : words}
      more={<Why entry={entry} />}
      amount={charge.state === 'skipped' ? undefined : <Money cents={charge.totalCents} column />}
      status={<StatusChip status={chargeChip(charge)} bare />}
    />
  );
}

function Why({ entry: { why, charge } }: { entry: OrderEntry }) {
  if (why === null) return null;
  return (
    <Disclosure
      summary={charge.state === 'paid' ? 'Why was I not charged at once?' : 'Why was I not charged?'}
      size="fine"
    >
      {why}
    </Disclosure>
  );
}
