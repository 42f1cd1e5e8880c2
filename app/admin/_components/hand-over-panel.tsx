import { Chip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { DecisionPanel } from '@/components/ui/staff-rows';
import type { StaffSubscription } from '@/lib/views/admin-subscription-rows';
import { confirmHandOverAction } from '../actions';
import { StaffForm } from './staff-form';

/** A moved subscription that the former processor may still bill: what to do there, and the button that says that it is done. */
export function HandOverPanel({
  subscription,
  handOver,
}: {
  subscription: StaffSubscription;
  handOver: { chargesWait: boolean; mayConfirm: boolean };
}) {
  const { id, firstOfOursOn, today, externalId } = subscription;
  return (
    <DecisionPanel
      id="hand-over"
      chip={
        <Chip tone="attn" icon="hand">
          To hand over
        </Chip>
      }
      title="Stop the billing at the former processor"
      {...(handOver.mayConfirm
        ? {
            actions: (
              <StaffForm
                action={confirmHandOverAction}
                fields={{ subscriptionId: id, from: 'subscription' }}
                verb="Confirm hand-over"
                busy="Confirming"
              />
            ),
          }
        : {})}
    >
      There it has the id {externalId}.{' '}
      {handOver.chargesWait ? (
        'Our first charge waits until you confirm; then it is made on the next of its days.'
      ) : (
        <>
          {firstOfOursOn < today ? 'It may have been charged twice on' : 'It would be charged twice on'}{' '}
          <strong className="font-semibold text-base-content">
            <DateText date={firstOfOursOn} today={today} />
          </strong>
          .
        </>
      )}
    </DecisionPanel>
  );
}
