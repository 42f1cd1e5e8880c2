import { LinkButton } from '@/components/ui/button';
import { DateText } from '@/components/ui/date-text';
import { IconRow, RowList } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { Notice } from '@/components/ui/notice';
import { formatStopChoices, type StopChoices } from '@/lib/core/stop-hsa-fsa';
import type { StopRow } from '@/lib/views/stop-hsa-fsa';
import { ChangeForm } from '../../../subscriptions/[id]/[change]/_components/change-form';
import { stopAction } from '../action';

/** What stopping does, subscription by subscription, and the button that does it. */
export function ConfirmStop({
  rows,
  choices,
  card,
}: {
  rows: readonly StopRow[];
  choices: StopChoices;
  /** What becomes of the card; `none`: none is connected. */
  card: 'keep' | 'delete' | 'none';
}) {
  const deletes = card === 'delete';
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is changed yet.</p>
      <h2 id="stop" className="text-answer font-semibold">
        {rows.length === 0 ? 'Delete your card at Truemed for ever?' : 'Stop using HSA/FSA?'}
      </h2>
      {rows.length > 0 && (
        <div className="mt-6">
          <RowList>
            {rows.map((row) => (
              <IconRow
                key={row.subscription.id}
                icon={choices.get(row.subscription.id) === 'cancel' ? 'circle-slash' : 'pause'}
                title={row.subscription.name}
                detail={<WhatFollows row={row} isCanceled={choices.get(row.subscription.id) === 'cancel'} />}
              />
            ))}
          </RowList>
        </div>
      )}
      <div className="mt-6">
        {deletes ? (
          <Notice kind="failed">
            <strong className="font-semibold">What lets us charge your card is deleted at Truemed for ever.</strong>{' '}
            This cannot be taken back. To pay with HSA/FSA again, you connect a card anew, and Truemed may ask for its
            health survey.
          </Notice>
        ) : (
          <Notice kind="done">
            {card === 'keep'
              ? 'Your card stays stored at Truemed. Nothing is charged to it.'
              : 'No card is connected any more, and nothing is charged.'}
          </Notice>
        )}
      </div>
      <ChangeForm
        action={stopAction}
        fields={{ choices: formatStopChoices(choices), card: deletes ? 'delete' : 'keep' }}
        verb={
          deletes ? (rows.length === 0 ? 'Delete it for ever' : 'Stop and delete it for ever') : 'Stop using HSA/FSA'
        }
        busy="Stopping"
        foot="We write to you what was changed."
      >
        <LinkButton href="/account/payment-methods" kind="bare" wide>
          {rows.length === 0 ? 'Keep my card' : 'Keep using HSA/FSA'}
        </LinkButton>
      </ChangeForm>
    </>
  );
}

function WhatFollows({ row: { subscription, heldCents }, isCanceled }: { row: StopRow; isCanceled: boolean }) {
  const { nextChargeOn, totalCents, today, status } = subscription;
  return (
    <>
      {isCanceled ? 'Canceled now.' : status === 'paused' ? 'Stays paused.' : 'Paused until it is resumed.'}{' '}
      {heldCents !== null && (
        <>
          Your <Money cents={heldCents} /> order that is on hold is given up.{' '}
        </>
      )}
      {nextChargeOn === null ? (
        'Nothing is charged.'
      ) : (
        <>
          <Money cents={totalCents} /> on <DateText date={nextChargeOn} today={today} /> is not charged.
        </>
      )}
    </>
  );
}
