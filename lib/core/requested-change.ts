import type { Interval, LocalDate } from './calendar';
import { type CustomerSwitches, customerMay, EVERYTHING_ON, type SwitchedOff } from './customer-switches';
import {
  decideInterval,
  decideMove,
  decideSkip,
  decideUnskip,
  type IntervalRefusal,
  type MoveRefusal,
  type MoveScope,
  type SkipRefusal,
  type UnskipRefusal,
} from './next-order-change';
import {
  type CancelRefusal,
  type Decision,
  decideCancelAtPeriodEnd,
  decideCancelNow,
  decidePause,
  decideReactivate,
  decideResume,
  decideUndoCancel,
  type PauseRefusal,
  type ReactivateRefusal,
  type ResumeRefusal,
  refuse,
  type Standing,
  todayOf,
} from './schedule-change';

/** A change of the schedule that a person asks for. `shown` is the next charge that their page showed. */
export type RequestedChange =
  | { kind: 'skip'; shown: LocalDate }
  | { kind: 'unskip'; shown: LocalDate }
  | { kind: 'move'; shown: LocalDate; to: LocalDate; scope: MoveScope }
  | { kind: 'interval'; shown: LocalDate; interval: Interval }
  | { kind: 'pause'; until: LocalDate | null }
  | { kind: 'resume' }
  | { kind: 'cancel'; when: 'period_end' | 'now' }
  | { kind: 'undo_cancel' }
  | { kind: 'reactivate' };

export type ChangeKind = RequestedChange['kind'];

export type ChangeRefusal =
  | SkipRefusal
  | UnskipRefusal
  | MoveRefusal
  | IntervalRefusal
  | PauseRefusal
  | ResumeRefusal
  | CancelRefusal
  | ReactivateRefusal
  | SwitchedOff;

/** What a customer's change is decided by, beside how the subscription stands. */
export interface RequestMoment {
  now: Date;
  hasToken: boolean;
  /** The last day of the letter of that token; null: it names none. What can be offered at all does not depend on it. */
  letterExpiresOn?: LocalDate | null;
  switches: CustomerSwitches;
}

/** Decides any change with the function that its verb decides with, so that a preview says what the verb will do. */
export function decideRequested(
  standing: Standing,
  change: RequestedChange,
  at: RequestMoment,
): Decision<ChangeRefusal> {
  if (!customerMay(at.switches, change.kind)) return refuse('switched_off');
  const { now, hasToken } = at;
  switch (change.kind) {
    case 'skip':
      return decideSkip(standing, change.shown, now);
    case 'unskip':
      return decideUnskip(standing, change.shown, now);
    case 'move':
      return decideMove(standing, change, now, at.letterExpiresOn);
    case 'interval':
      return decideInterval(standing, change, now);
    case 'pause':
      return decidePause(standing, change.until, now);
    case 'resume':
      return decideResume(standing, todayOf(standing, now));
    case 'cancel':
      return change.when === 'now' ? decideCancelNow(standing) : decideCancelAtPeriodEnd(standing, now);
    case 'undo_cancel':
      return decideUndoCancel(standing);
    case 'reactivate':
      return decideReactivate(standing, todayOf(standing, now), hasToken);
  }
}

/** The changes that a subscription takes now and that its customer may make, in the order in which a page offers them. */
export function offeredChanges(standing: Standing, { switches, ...moment }: RequestMoment): ChangeKind[] {
  const at = { ...moment, switches: EVERYTHING_ON };
  const shown = standing.nextChargeOn;
  const { interval } = standing.schedule;
  const takes = (change: RequestedChange) => decideRequested(standing, change, at).ok;
  // Where the dates are open to change at all, the interval of now is refused for being the same.
  const same = decideRequested(standing, { kind: 'interval', shown, interval }, at);
  const isOpen = !same.ok && same.reason === 'same_interval';
  const offers: Record<ChangeKind, boolean> = {
    skip: takes({ kind: 'skip', shown }),
    unskip: takes({ kind: 'unskip', shown }),
    move: isOpen,
    interval: isOpen,
    pause: takes({ kind: 'pause', until: null }),
    resume: takes({ kind: 'resume' }),
    undo_cancel: takes({ kind: 'undo_cancel' }),
    reactivate: takes({ kind: 'reactivate' }),
    cancel: standing.cancelOn === null && takes({ kind: 'cancel', when: 'now' }),
  };
  return (Object.keys(offers) as ChangeKind[]).filter((kind) => offers[kind] && customerMay(switches, kind));
}
