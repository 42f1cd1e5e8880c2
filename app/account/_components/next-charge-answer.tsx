import { Actions, LinkButton } from '@/components/ui/button';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { Sheet } from '@/components/ui/sheet';
import { daysAway } from '@/lib/core/date-words';
import { everyInterval } from '@/lib/core/interval-words';
import { type ReadinessInput, type ReadinessVerdict, readinessVerdict } from '@/lib/core/readiness';
import type { ChangeKind } from '@/lib/core/requested-change';
import type { PaymentFacts, SubscriptionFacts } from '@/lib/views/subscription-facts';
import { cardWords, ordinaryCardWords } from '../_words/card-words';
import { CHANGE_LINKS } from '../_words/change-words';
import { AnswerLine, type AnswerPlace } from './answer-line';
import { Readiness } from './readiness';

/** The next charge of ours: how much, when, to which card, and whether it will work. */
export function NextChargeAnswer({
  place,
  subscription,
  payment,
  readiness,
  offered,
}: {
  place: AnswerPlace;
  subscription: SubscriptionFacts;
  payment: PaymentFacts | null;
  readiness: ReadinessInput;
  offered: readonly ChangeKind[];
}) {
  const { name, nextChargeOn, today, totalCents, awaitsHandOver, lastExternalOn } = subscription;
  if (nextChargeOn === null) return null;
  const once = subscription.lines.filter(({ isOnce }) => isOnce);
  const isTrial = subscription.status === 'trialing';
  return (
    <Sheet labelledBy="next">
      <p className="mb-1.5 text-small font-medium text-muted">
        {awaitsHandOver
          ? 'Next charge, not before'
          : isTrial
            ? `Your trial ends ${daysAway(nextChargeOn, today)}`
            : `Next charge, ${daysAway(nextChargeOn, today)}`}
      </p>
      <AnswerLine place={place}>
        <Money cents={totalCents} /> on{' '}
        <span className="sm:whitespace-nowrap">
          <DateText date={nextChargeOn} today={today} />
        </span>
      </AnswerLine>
      {once.length > 0 && (
        <p className="mt-3">
          With {once.map((line) => `${line.quantity} × ${line.name}`).join(', ')}, this order only.
        </p>
      )}
      <p className="mt-3 text-muted">
        {payment === null
          ? `${name}. No HSA/FSA card is connected now, so nothing can be charged.`
          : `${name}, to ${cardWords(payment.card)}.`}
        {payment?.otherCard != null &&
          ` What it may not pay for goes to ${ordinaryCardWords(payment.otherCard.last4)}: Truemed splits the order.`}
        {awaitsHandOver && ' We charge it once our former payment company has stopped billing it.'}
      </p>
      {isTrial && (
        <p className="mt-3">
          That is when your trial ends; after it, {everyInterval(subscription.schedule.interval).toLowerCase()}. Cancel
          before, and nothing is charged.
        </p>
      )}
      {lastExternalOn !== null && (
        <p className="mt-3">
          Your order of <DateText date={lastExternalOn} today={today} form="day" /> is still billed to your former card.
        </p>
      )}
      {payment !== null && <Readiness input={readiness} isOurs />}
      <NextSteps
        place={place}
        id={subscription.id}
        repair={payment === null ? 'connect' : readinessVerdict(readiness)}
        offered={offered}
      />
    </Sheet>
  );
}

/** What stands in the way of the next charge and its customer can repair, else what is likeliest to be done with it. */
function NextSteps({
  place,
  id,
  repair,
  offered,
}: {
  place: AnswerPlace;
  id: SubscriptionFacts['id'];
  repair: 'connect' | ReadinessVerdict;
  offered: readonly ChangeKind[];
}) {
  const at = `/account/subscriptions/${id}`;
  const first = repair === 'connect' ? { href: `${at}/hsa-fsa`, words: 'Connect a card' } : REPAIRS[repair];
  const quick = QUICK.filter(({ kind }) => offered.includes(kind));
  const beside = place === 'overview' && first !== undefined ? [] : quick;
  if (place === 'subscription' && first === undefined && quick.length === 0) return null;
  return (
    <Actions>
      {first !== undefined && (
        <LinkButton href={first.href} wide className="h-auto min-h-11 py-2">
          {first.words}
        </LinkButton>
      )}
      {place === 'overview' && (
        <LinkButton href={at} kind={first !== undefined || quick.length === 0 ? 'edge' : 'primary'} wide>
          {quick.length === 0 ? 'Open subscription' : 'Change next order'}
        </LinkButton>
      )}
      {beside.map(({ kind, words }) => (
        <LinkButton
          key={kind}
          href={`${at}/${CHANGE_LINKS[kind].slug}`}
          kind={place === 'overview' ? 'bare' : 'edge'}
          className="whitespace-nowrap max-sm:flex-1 max-sm:px-2"
        >
          {words}
        </LinkButton>
      ))}
    </Actions>
  );
}

const REPAIRS: Partial<Record<ReadinessVerdict, { href: string; words: string }>> = {
  letter_ends_before_charge: { href: '/account/payment-methods/letter', words: 'Continue to the health survey' },
  card_expires_before_charge: { href: '/account/payment-methods/card', words: 'Update my card' },
};

const QUICK = [
  { kind: 'skip', words: 'Skip it' },
  { kind: 'move', words: 'Move date' },
] as const satisfies readonly { kind: ChangeKind; words: string }[];
