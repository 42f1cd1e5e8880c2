import { LinkButton } from '@/components/ui/button';
import { cancelOffer } from '@/lib/core/cancel-reason';
import type { SchedulePreview } from '@/lib/views/schedule-preview';
import { changeWords } from '../../../../_words/change-words';
import { confirmationOf } from '../confirmations';
import { intervalsInPlaceOf, type Query, reasonIn } from '../requests';
import { CancelOffer } from './cancel-offer';
import { ChangeForm } from './change-form';
import { Effect } from './effect';

/** A change before it is made: the question, what follows, and the button that makes it. */
export function Preview({
  preview: { subscription, payment, now, isCollecting, isUnderWay, offered, mayOrderLess, mayWake },
  outcome,
  query,
  back,
}: {
  preview: SchedulePreview;
  outcome: Extract<SchedulePreview['outcome'], { ok: true }>;
  query: Query;
  back: string;
}) {
  const { requested, change, after, readiness } = outcome;
  const { id, name, today, lastExternalOn } = subscription;
  const reason = requested.kind === 'cancel' ? reasonIn(query) : null;
  // Less often than the longest interval is not offered.
  const isRarest = intervalsInPlaceOf(subscription.schedule.interval, true).length === 0;
  const fitting = offered.filter((kind) => kind !== 'interval' || !isRarest);
  const offer = reason === null ? null : cancelOffer(reason, mayOrderLess ? [...fitting, 'quantity'] : fitting);
  const hasCard = payment !== null;
  const endsOn = change.cancelOn;
  const facts = { name, today, isCollecting, isUnderWay, hasCard, mayWake, now, after, endsOn, lastExternalOn };
  const words = changeWords(requested, facts);
  const { action, fields } = confirmationOf(requested, reason);
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is changed yet.</p>
      <h2 id="change" className="text-answer font-semibold">
        {words.question}
      </h2>
      <p className="mt-3">{words.text}</p>
      <Effect now={now} after={after} readiness={readiness} today={today} />
      {offer !== null && <CancelOffer kind={offer} back={back} />}
      <ChangeForm
        action={action}
        fields={{ subscriptionId: id, ...fields }}
        verb={words.verb}
        busy={words.busy}
        foot={words.foot}
      >
        <LinkButton href={back} kind="bare" wide>
          {words.wayOut}
        </LinkButton>
      </ChangeForm>
    </>
  );
}
