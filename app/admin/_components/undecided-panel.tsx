import { LinkButton } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Dialog } from '@/components/ui/dialog';
import { DecisionPanel } from '@/components/ui/staff-rows';
import type { LocalDate } from '@/lib/core/calendar';
import { formatCents } from '@/lib/core/money';
import type { Undecided } from '@/lib/views/admin-subscription';
import { notChargedAction } from '../actions';
import { StaffForm } from './staff-form';

interface UndecidedProps {
  undecided: Undecided;
  subscriptionId: string;
  today: LocalDate;
}

/** A charge of which only a person can say, by looking at Truemed, that it was never taken. */
export function UndecidedPanel({ undecided, subscriptionId, today }: UndecidedProps) {
  const { amountCents, orderOn, mayDecide } = undecided;
  return (
    <DecisionPanel
      id="undecided"
      chip={
        <Chip tone="bad" icon="scan-search">
          Outcome unknown
        </Chip>
      }
      title={`Was ${formatCents(amountCents)} taken?`}
      {...(mayDecide
        ? {
            actions: (
              <LinkButton href={`/admin/subscriptions/${subscriptionId}?do=not-charged`} size="staff">
                It was not charged
              </LinkButton>
            ),
          }
        : {})}
    >
      Truemed never answered for the order of <DateText date={orderOn} today={today} />, and we found no one payment
      session with its reference. It is not sent again, and nothing else is charged for it, until that is known. Look
      for it at Truemed: a payment that turns up is settled by itself.
    </DecisionPanel>
  );
}

/** `It was not charged`, with its effect before the deed. */
export function NotChargedDialog({ undecided, subscriptionId, today }: UndecidedProps) {
  const { attemptId, amountCents, orderOn } = undecided;
  return (
    <Dialog
      title={`${formatCents(amountCents)} was not charged?`}
      closeHref={`/admin/subscriptions/${subscriptionId}`}
      wayOut="I am not sure"
      action={
        <StaffForm
          action={notChargedAction}
          fields={{ subscriptionId, attemptId }}
          verb="It was not charged"
          busy="Noting"
          kind="primary"
          size="customer"
        />
      }
    >
      We ask Truemed once more. Then the order of <DateText date={orderOn} today={today} form="day" /> is free again,
      and you charge it yourself. Should this payment turn up after all, it counts, and a second one goes back by
      itself.
    </Dialog>
  );
}
