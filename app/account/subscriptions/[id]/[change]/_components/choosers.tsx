import type { ReactNode } from 'react';
import { Actions, Button, LinkButton } from '@/components/ui/button';
import { ChoiceList } from '@/components/ui/choice-list';
import { Field } from '@/components/ui/field';
import { addDays, type LocalDate } from '@/lib/core/calendar';
import { CANCEL_REASONS } from '@/lib/core/cancel-reason';
import { everyInterval } from '@/lib/core/interval-words';
import { latestMoveDay, type MoveScope } from '@/lib/core/next-order-change';
import type { ChangeKind } from '@/lib/core/requested-change';
import { LONGEST_WAIT_DAYS } from '@/lib/core/schedule-change';
import type { SchedulePreview } from '@/lib/views/schedule-preview';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { NotNow } from '../../../../_components/not-now';
import { REASON_WORDS } from '../../../../_words/change-words';
import { intervalsInPlaceOf, intervalValue, isLessIn, type Query } from '../requests';

/** Asks for what a change still needs: a day, an interval, a reason. */
export function Choice({
  kind,
  preview,
  query,
  back,
  error,
}: Omit<ChooserProps, 'subscription'> & { kind: ChangeKind; preview: SchedulePreview; query: Query }) {
  const { subscription, payment, firstMoveDay } = preview;
  switch (kind) {
    case 'move':
      return (
        <MoveChooser
          subscription={subscription}
          first={firstMoveDay}
          letterEnds={payment?.letterExpiresOn ?? null}
          typed={textIn(query.to)}
          scope={textIn(query.scope) === 'all_orders' ? 'all_orders' : 'this_order'}
          back={back}
          error={error}
        />
      );
    case 'interval':
      return <IntervalChooser subscription={subscription} back={back} error={error} isLess={isLessIn(query)} />;
    case 'pause':
      return <PauseChooser subscription={subscription} typed={textIn(query.until)} back={back} error={error} />;
    case 'cancel':
      return <ReasonChooser subscription={subscription} back={back} />;
    default:
      return <ChangeNotNow reason={error} back={back} />;
  }
}

/** A change that is not possible as things stand. */
export function ChangeNotNow({ reason, back }: { reason: string | undefined; back: string }) {
  return (
    <NotNow id="change" title="This cannot be changed now" back={back}>
      {reason ?? 'This subscription does not take this change as it stands. Nothing was changed.'}
    </NotNow>
  );
}

function MoveChooser({
  subscription,
  first,
  letterEnds,
  typed,
  scope,
  error,
  back,
}: ChooserProps & { first: LocalDate; letterEnds: LocalDate | null; typed: string | null; scope: MoveScope }) {
  const { nextPeriodOn } = subscription;
  const latest = latestMoveDay(nextPeriodOn, letterEnds, subscription.today);
  const present = nextPeriodOn > subscription.today ? nextPeriodOn : first;
  const isBeyond = present > latest;
  return (
    <Chooser title="Which day instead?" back={back}>
      <Field
        name="to"
        type="date"
        label="Day of the next order"
        required
        min={first}
        max={latest}
        defaultValue={typed ?? (isBeyond ? latest : present)}
        error={error}
        {...(latest === letterEnds ? { hint: 'Up to the day on which your letter ends.' } : {})}
      />
      <div className="mt-6">
        <ChoiceList
          name="scope"
          legend="And the orders after it?"
          chosen={scope}
          choices={[
            { value: 'this_order', label: 'They keep their days' },
            { value: 'all_orders', label: 'They count from the new day' },
          ]}
        />
      </div>
    </Chooser>
  );
}

function IntervalChooser({ subscription, error, back, isLess }: ChooserProps & { isLess: boolean }) {
  const choices = intervalsInPlaceOf(subscription.schedule.interval, isLess);
  return (
    <Chooser title="How often?" back={back}>
      {isLess && <input type="hidden" name="less" value="1" />}
      <ChoiceList
        name="every"
        legend={`${everyInterval(subscription.schedule.interval)} now`}
        choices={choices.map((interval) => ({ value: intervalValue(interval), label: everyInterval(interval) }))}
        error={error}
      />
    </Chooser>
  );
}

function PauseChooser({ subscription, typed, error, back }: ChooserProps & { typed: string | null }) {
  return (
    <Chooser title="Pause until when?" back={back}>
      <Field
        name="until"
        type="date"
        label="Resume on"
        min={addDays(subscription.today, 1)}
        max={addDays(subscription.today, LONGEST_WAIT_DAYS)}
        defaultValue={typed ?? ''}
        error={error}
        hint="Leave the day empty to pause until it is resumed."
      />
    </Chooser>
  );
}

function ReasonChooser({ subscription, back }: ChooserProps) {
  return (
    <Chooser title={`Why cancel ${subscription.name}?`} back={back} wayOut="Keep it">
      <ChoiceList
        name="reason"
        legend="You need not say. Nothing is canceled yet."
        chosen="not_said"
        choices={CANCEL_REASONS.map((value) => ({ value, label: REASON_WORDS[value] }))}
      />
    </Chooser>
  );
}

/** What was asked for last, for a field to stand as it was. */
function textIn(value: Query[string]): string | null {
  return typeof value === 'string' ? value : null;
}

interface ChooserProps {
  subscription: SubscriptionFacts;
  back: string;
  /** Why the last choice was not possible. */
  error?: string | undefined;
}

function Chooser({
  title,
  back,
  wayOut = 'Keep it as it is',
  children,
}: {
  title: string;
  back: string;
  wayOut?: string;
  children: ReactNode;
}) {
  return (
    <form method="get">
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
      <h2 id="change" className="text-answer font-semibold">
        {title}
      </h2>
      <div className="mt-6 max-w-[26rem]">{children}</div>
      <Actions>
        <Button type="submit" wide>
          Continue
        </Button>
        <LinkButton href={back} kind="bare" wide>
          {wayOut}
        </LinkButton>
      </Actions>
    </form>
  );
}
