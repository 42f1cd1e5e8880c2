import { LinkButton } from '@/components/ui/button';
import { StatusChip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { QuietLink } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import { daysAway } from '@/lib/core/date-words';
import type { ReadinessInput } from '@/lib/core/readiness';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { AnswerLine, type AnswerPlace } from './answer-line';
import { Readiness } from './readiness';

/** The next charge where the former processor makes it, with the way to HSA/FSA. */
export function BilledElsewhereAnswer({
  place,
  subscription,
  readiness,
}: {
  place: AnswerPlace;
  subscription: SubscriptionFacts;
  readiness: ReadinessInput;
}) {
  const { name, nextChargeOn, today, totalCents } = subscription;
  if (nextChargeOn === null) return null;
  return (
    <Sheet labelledBy="next">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-small font-medium text-muted">Next charge, {daysAway(nextChargeOn, today)}</p>
        {place === 'overview' && <StatusChip status="Billed elsewhere" />}
      </div>
      <AnswerLine place={place}>
        <Money cents={totalCents} /> on{' '}
        <span className="sm:whitespace-nowrap">
          <DateText date={nextChargeOn} today={today} />
        </span>
      </AnswerLine>
      <p className="mt-3 text-muted">{name}, to the card you gave at checkout.</p>
      <Readiness input={readiness} isOurs={false} />
      <MoveInvitation subscription={subscription} labelId="next" kind="primary" />
      {place === 'subscription' && (
        <p className="mt-5 text-small text-muted">To skip, change or cancel it, write to us.</p>
      )}
    </Sheet>
  );
}

/** Who bills now, that the order may be eligible, and the link to the page that says what a move changes. */
export function MoveInvitation({
  subscription,
  labelId,
  kind,
}: {
  subscription: SubscriptionFacts;
  /** The id of the heading that names the subscription. */
  labelId: string;
  kind: 'primary' | 'edge';
}) {
  const { id, name, move, nextChargeOn } = subscription;
  const isUnderWay = move !== null && move.state !== 'Not completed';
  return (
    <>
      <p className="mt-4">
        {nextChargeOn !== null && 'Our former payment company still bills this one, to the card you gave at checkout. '}
        {name} may be eligible for payment with your HSA/FSA card, if you qualify.
      </p>
      {isUnderWay ? (
        <p className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-2">
          <StatusChip status={move.state} />
          <QuietLink href={`/account/hsa-fsa/${move.requestId}`}>See where your move to HSA/FSA stands</QuietLink>
        </p>
      ) : (
        <div className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-2">
          <LinkButton href={`/account/subscriptions/${id}/hsa-fsa`} kind={kind} wide aria-describedby={labelId}>
            Use my HSA/FSA
          </LinkButton>
          <p className="text-small text-muted">
            You complete Truemed’s health survey first. Until then nothing changes.
          </p>
        </div>
      )}
    </>
  );
}
