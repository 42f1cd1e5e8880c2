import { LinkButton } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Dialog } from '@/components/ui/dialog';
import { DecisionPanel } from '@/components/ui/staff-rows';
import type { LocalDate } from '@/lib/core/calendar';
import { formatCents } from '@/lib/core/money';
import type { Unreturned } from '@/lib/views/admin-subscription';
import { noteReturnedAction, returnAgainAction } from '../actions';
import { StaffForm } from './staff-form';

interface ReturnProps {
  unreturned: Unreturned;
  subscriptionId: string;
  today: LocalDate;
}

/** A payment that could not be returned by itself: it is tried again, or staff say that it went back another way. */
export function ReturnPanel({ unreturned, subscriptionId, today }: ReturnProps) {
  const { refundId, amountCents, orderOn, errorCode, mayReturn } = unreturned;
  return (
    <DecisionPanel
      id="return"
      chip={
        <Chip tone="bad" icon="undo">
          Not returned
        </Chip>
      }
      title={`${formatCents(amountCents)} is to be returned`}
      {...(mayReturn
        ? {
            actions: (
              <>
                <LinkButton href={`/admin/subscriptions/${subscriptionId}?do=return`} size="staff">
                  Return it again
                </LinkButton>
                <StaffForm
                  action={noteReturnedAction}
                  fields={{ subscriptionId, refundId }}
                  verb="It went back another way"
                  busy="Noting"
                />
              </>
            ),
          }
        : {})}
    >
      A second payment, of the order of <DateText date={orderOn} today={today} />. It was to be returned by itself, and
      Truemed answered {errorCode ?? 'without a code'}. Look the payment session up there: it may have gone back another
      way, as by a dispute.
    </DecisionPanel>
  );
}

/** `Return it again`, with its effect before the deed. */
export function ReturnDialog({ unreturned, subscriptionId, today }: ReturnProps) {
  const { refundId, amountCents, orderOn } = unreturned;
  return (
    <Dialog
      title={`Return ${formatCents(amountCents)} now?`}
      closeHref={`/admin/subscriptions/${subscriptionId}`}
      wayOut="Do not return"
      action={
        <StaffForm
          action={returnAgainAction}
          fields={{ subscriptionId, refundId }}
          verb={`Return ${formatCents(amountCents)}`}
          busy="Returning"
          kind="primary"
          size="customer"
        />
      }
    >
      To the card that paid it, of the order of <DateText date={orderOn} today={today} form="day" />. Truemed has
      refused this before. Once it has taken it, the customer is told by mail.
    </Dialog>
  );
}
