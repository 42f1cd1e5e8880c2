import type { Id } from './id';
import { isId } from './id';
import { type Decision, decideCancelNow, decidePause, type ScheduleChange, type Standing } from './schedule-change';

/** What becomes of a subscription whose customer no longer pays with HSA/FSA: nobody else can bill it by itself. */
export const STOP_CHOICES = ['pause', 'cancel'] as const;
export type StopChoice = (typeof STOP_CHOICES)[number];

/** What a customer wants for each of their subscriptions. */
export type StopChoices = ReadonlyMap<Id<'subscription'>, StopChoice>;

/** What a choice does now: a change, nothing (it is paused already, and stays so), or why it cannot be. */
export function decideStop(
  standing: Standing,
  choice: StopChoice,
  at: { now: Date; mayPause: boolean },
): Decision<string> | { ok: true; change: null } {
  if (choice === 'cancel') return decideCancelNow(standing);
  if (standing.status === 'paused' && standing.pauseUntil === null) return { ok: true, change: null };
  if (standing.status === 'paused') return staysPaused(standing);
  return at.mayPause ? decidePause(standing, null, at.now) : { ok: false, reason: 'switched_off' };
}

/** The choices that a subscription takes; canceling is never kept from anybody. */
export function stopChoicesOf(standing: Standing, at: { now: Date; mayPause: boolean }): StopChoice[] {
  return STOP_CHOICES.filter((choice) => decideStop(standing, choice, at).ok);
}

/** `sub_…:pause sub_…:cancel`: the choices as one field of a form. */
export function formatStopChoices(choices: StopChoices): string {
  return [...choices].map(([id, choice]) => `${id}:${choice}`).join(' ');
}

/** Reads them; null for what they are not. An empty text is no subscription at all. */
export function parseStopChoices(text: string): StopChoices | null {
  const choices = new Map<Id<'subscription'>, StopChoice>();
  for (const part of text === '' ? [] : text.split(' ')) {
    const [id = '', wanted = '', ...more] = part.split(':');
    const choice = STOP_CHOICES.find((one) => one === wanted);
    if (!isId('subscription', id) || choice === undefined || more.length > 0 || choices.has(id)) return null;
    choices.set(id, choice);
  }
  return choices;
}

// A pause that was to end by itself is open-ended from now on: nothing may be charged when its day comes.
function staysPaused(standing: Standing): { ok: true; change: ScheduleChange } {
  return {
    ok: true,
    change: {
      event: null,
      schedule: standing.schedule,
      nextChargeOn: standing.nextChargeOn,
      pauseUntil: null,
      cancelOn: null,
      changeAt: null,
      skipped: [],
      unskipped: null,
      lastPeriodEnd: null,
      stopsCollecting: false,
      nextCharges: [],
    },
  };
}
