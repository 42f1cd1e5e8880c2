import { Actions, LinkButton } from '@/components/ui/button';
import { StatusChip } from '@/components/ui/chip';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import { QuietLink } from '@/components/ui/page-heading';
import { Disclosure, NumberedItem, NumberedList, Sheet } from '@/components/ui/sheet';
import { daysBetween } from '@/lib/core/calendar';
import { SPACE_DAYS } from '@/lib/core/charge-spacing';
import type { ReadinessInput } from '@/lib/core/readiness';
import type { HeldCharge } from '@/lib/views/account';
import type { ShellFacts } from '@/lib/views/customer-file';
import type { PaymentFacts, SubscriptionFacts } from '@/lib/views/subscription-facts';
import { cardWords } from '../_words/card-words';
import { HELD_WORDS } from '../_words/charge-words';
import { AnswerLine, type AnswerPlace } from './answer-line';
import { Readiness } from './readiness';
import { TryAgainForm } from './try-again-form';

interface HeldAnswerProps {
  place: AnswerPlace;
  charge: HeldCharge;
  subscription: SubscriptionFacts;
  readiness: ReadinessInput;
  /** The card that would pay; null where none is connected. */
  payment: PaymentFacts | null;
  merchant: ShellFacts['merchant'];
}

/** An order that is held: what it waits for, that no money moved, the one thing to press, and what follows. */
export function HeldAnswer(props: HeldAnswerProps) {
  const { place, charge, subscription, readiness, payment, merchant } = props;
  const words = HELD_WORDS[charge.state];
  const { today } = subscription;
  const { letterExpiresOn } = readiness;
  const endedLetter = letterExpiresOn !== null && letterExpiresOn < today ? letterExpiresOn : null;
  return (
    <Sheet labelledBy="next" foot={words.repair === null ? undefined : <WhatFollows {...props} />}>
      {place === 'overview' && (
        <p className="mb-4">
          <StatusChip status={words.chip} />
        </p>
      )}
      <AnswerLine place={place}>
        Your <Money cents={charge.totalCents} /> order {words.title}
      </AnswerLine>
      <p className="mt-4">
        {words.why}{' '}
        {endedLetter !== null && charge.state === 'waits_for_survey' && (
          <>
            Your Letter of Medical Necessity ended on <DateText date={endedLetter} today={today} />.{' '}
          </>
        )}
        <strong className="font-semibold">You have not been charged.</strong>
      </p>
      <Actions>
        {words.repair === null ? (
          <LinkButton href={`mailto:${merchant.email}`} kind="edge" wide>
            Write to us
          </LinkButton>
        ) : (
          <>
            <LinkButton
              href={repairPath(charge)}
              icon="arrow-right"
              wide
              className="h-auto min-h-11 py-2"
              referrerPolicy="no-referrer"
            >
              {words.repair.action}
            </LinkButton>
            <p className="basis-full text-small text-muted">
              {charge.state === 'card_spent' ? (
                <>
                  Would you rather keep this card?{' '}
                  <QuietLink href={`mailto:${merchant.email}`} small>
                    Write to us
                  </QuietLink>
                  , and we try it again.
                </>
              ) : (
                'Opens Truemed. Afterwards you come back to your account.'
              )}
            </p>
          </>
        )}
      </Actions>
      {payment !== null && charge.recovery !== null && !charge.recovery.isCardSpent && (
        <TryAgain caseId={charge.recovery.caseId} may={charge.recovery.mayTryAgain} {...props} />
      )}
      <Readiness input={readiness} isOurs={false} />
    </Sheet>
  );
}

// Another card is asked for by an update of its own: what Truemed asked for last may have been something else.
function repairPath({ state, recovery }: HeldCharge): string {
  return state === 'card_spent' ? '/account/payment-methods/card' : `/go/${recovery?.caseId}`;
}

function TryAgain({ caseId, may, charge, payment }: HeldAnswerProps & { caseId: string; may: boolean }) {
  if (!may)
    return (
      <p className="mt-4 text-small text-muted">
        You have tried five times in a day. You can try again tomorrow; nothing is charged until then.
      </p>
    );
  return (
    <TryAgainForm caseId={caseId}>
      {charge.state === 'waits_for_card' || charge.state === 'waits_for_survey' ? 'Done at Truemed already? ' : ''}
      If Truemed accepts it now, <Money cents={charge.totalCents} /> is charged to {cardWords(payment?.card ?? null)},
      once.
    </TryAgainForm>
  );
}

/** Without which the charge does not follow. */
const CONDITIONS: Partial<Record<HeldCharge['state'], string>> = {
  waits_for_survey: 'If you qualify, ',
  card_gone: 'If you qualify, ',
  card_spent: 'If Truemed then asks for nothing more, ',
};

function WhatFollows({ charge, subscription, payment, merchant }: HeldAnswerProps) {
  const { repair } = HELD_WORDS[charge.state];
  if (repair === null) return null;
  const { nextChargeOn, today } = subscription;
  const isSurvey = charge.state === 'waits_for_survey';
  // A charge that follows a late payment too closely waits some days, and one whose day has come follows it.
  const stays = nextChargeOn !== null && daysBetween(today, nextChargeOn) >= SPACE_DAYS;
  return (
    <>
      <NumberedList title="What happens next">
        <NumberedItem>{repair.first}</NumberedItem>
        <NumberedItem>{repair.second}</NumberedItem>
        <NumberedItem>
          {CONDITIONS[charge.state]}
          <strong className="font-semibold">
            {CONDITIONS[charge.state] === undefined ? 'We' : 'we'} charge <Money cents={charge.totalCents} /> to{' '}
            {isSurvey
              ? cardWords(payment?.card ?? null)
              : charge.state === 'waits_for_card'
                ? 'your card'
                : 'that card'}
          </strong>{' '}
          and write to you.
          {stays && (
            <>
              {' '}
              Your next charge stays on <DateText date={nextChargeOn} today={today} />.
            </>
          )}
        </NumberedItem>
      </NumberedList>
      {isSurvey && (
        <div className="mt-5 border-t border-line pt-4">
          <Disclosure summary="Why am I asked again?">
            A letter is valid for 12 months. Truemed also asks again when the products in an order change.{' '}
            {merchant.name} does not see your answers.
          </Disclosure>
        </div>
      )}
    </>
  );
}
