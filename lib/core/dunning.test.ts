import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysBetween, localDate, localDateAt, localHourAt } from './calendar';
import { RECOVERY_REASONS, type RecoveryReason } from './charge';
import {
  afterQuietHours,
  type CaseFacts,
  isQuiet,
  localInstant,
  type NextStep,
  nextStep,
  planTrack,
  stepsBehind,
} from './dunning';
import {
  collectRule,
  DEFAULT_POLICY,
  isPayday,
  type PolicyStep,
  policyProblems,
  type RecoveryPolicy,
  trackOf,
} from './recovery-policy';

const NEW_YORK = 'America/New_York';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 12 January 2027, a Tuesday, at 8 in New York. */
const START = new Date('2027-01-12T13:00:00Z');

const aCase = (facts: Partial<CaseFacts> = {}): CaseFacts => ({
  id: 'rec_1',
  reason: 'update_payment_method',
  startedAt: START,
  timeZone: NEW_YORK,
  step: 0,
  lastStepAt: null,
  lastMailAt: START,
  lastScheduledAt: START,
  countedAttempts: 1,
  refusedOnCard: 1,
  hasOpenAttempt: false,
  ...facts,
});
const wordOf = (step: PolicyStep) =>
  step.kind === 'remind' && step.offer !== 'none' ? `remind, ${step.offer}` : step.kind;

/** Walks a case, each step done `late` hours after it is due and nothing repaired: what happened on which day. */
function walk(
  reason: RecoveryReason,
  options: { outageFrom?: number; outageDays?: number; late?: readonly number[]; facts?: Partial<CaseFacts> } = {},
): { day: number; hour: number; did: string; at: Date }[] {
  const { outageFrom = 0, outageDays = 0, late = [0] } = options;
  let facts = aCase({ reason, ...options.facts });
  const from = localDateAt(facts.startedAt, facts.timeZone);
  const done: { day: number; hour: number; did: string; at: Date }[] = [];
  let now = facts.startedAt;
  for (let rounds = 0; rounds < 1_000; rounds += 1) {
    const sinceOutage = Math.max(0, now.getTime() - facts.startedAt.getTime() - outageFrom * DAY);
    const next = nextStep(DEFAULT_POLICY, facts, now, Math.min(sinceOutage, outageDays * DAY));
    if (next === null) return done;
    if (next.at > now) {
      // What falls due in an outage is put off by as much as that has taken so far: it is looked at every quarter of an hour.
      const isOut = sinceOutage > 0 && sinceOutage < outageDays * DAY;
      const at = isOut ? Math.max(next.at.getTime(), now.getTime() + HOUR / 4) : next.at.getTime();
      now = new Date(at + (late[rounds % late.length] ?? 0) * HOUR);
      continue;
    }
    done.push({
      day: daysBetween(from, localDateAt(now, facts.timeZone)),
      hour: localHourAt(now, facts.timeZone),
      did: wordOf(next.do),
      at: now,
    });
    facts = after(facts, next, now);
  }
  throw new Error('The case never ends.');
}

/** The facts of a case once a step of it is done, and a charge that it made was refused. */
function after(facts: CaseFacts, done: NextStep, now: Date): CaseFacts {
  const isCharged = done.do.kind === 'collect' && facts.reason === 'declined';
  const isMailed = /remind|win_back|pause/.test(done.do.kind);
  return {
    ...facts,
    step: done.index + 1,
    lastStepAt: now,
    ...(isMailed ? { lastMailAt: now } : {}),
    ...(isCharged
      ? { lastScheduledAt: now, countedAttempts: facts.countedAttempts + 1, refusedOnCard: facts.refusedOnCard + 1 }
      : {}),
  };
}
const table = (reason: RecoveryReason, options: Parameters<typeof walk>[1] = {}) =>
  walk(reason, options).map(({ day, did }) => `${day} ${did}`);

const END = ['20 last_reminder', '21 collect', '21 pause', '30 win_back', '60 win_back', '90 close'];

describe('a case day by day (product.md section 5.4)', () => {
  it.each(['update_payment_method', 'token_gone'] as const)('goes the way of payment after %s', (reason) => {
    expect(table(reason)).toEqual([
      '1 collect',
      '3 collect',
      '3 remind',
      '7 collect',
      '7 remind, other_payment',
      '14 collect',
      '14 remind',
      '14 staff_task',
      ...END,
    ]);
  });

  it('goes the way of the survey', () => {
    expect(table('take_health_survey')).toEqual([
      '2 collect',
      '2 remind',
      '5 collect',
      '5 remind, other_payment',
      '9 collect',
      '9 remind',
      '14 collect',
      '14 remind, leave_out',
      ...END,
    ]);
  });

  it('is charged after a rejected payment on the day on which money arrives, where that is near', () => {
    const charges = (startedAt: Date) =>
      table('declined', { facts: { startedAt, lastMailAt: startedAt, lastScheduledAt: startedAt } }).filter((line) =>
        /collect|pause/.test(line),
      );
    // From a Tuesday no Friday is within two days of any; from a Wednesday each is, but what would meet its neighbour stays.
    expect(charges(START)).toEqual(['1 collect', '3 collect', '7 collect', '14 collect', '21 collect', '21 pause']);
    const wednesday = new Date('2027-01-06T13:00:00Z');
    expect(charges(wednesday)).toEqual(['2 collect', '3 collect', '9 collect', '16 collect', '23 collect', '23 pause']);
  });

  it.each(['our_error', 'session_pending', 'unknown_action'] as const)(
    'has no clock while it waits for %s',
    (reason) => {
      expect(trackOf(reason)).toBeNull();
      expect(walk(reason)).toEqual([]);
    },
  );

  it('is charged five times at most after the first attempt', () => {
    const spent = walk('declined', { facts: { countedAttempts: 4 } }).filter(({ did }) => did === 'collect');
    expect(spent).toHaveLength(2);
    expect(walk('declined', { facts: { refusedOnCard: 12 } }).filter(({ did }) => did === 'collect')).toEqual([]);
  });

  it('says and tries nothing while a charge is on its way, for a week at most, and is paused all the same', () => {
    const facts = { hasOpenAttempt: true };
    expect(table('update_payment_method', { facts })).toEqual([
      '21 staff_task',
      '28 pause',
      '30 win_back',
      '60 win_back',
      '90 close',
    ]);
  });

  it('moves every later day by an outage', () => {
    const days = walk('take_health_survey', { outageFrom: 1, outageDays: 4 }).map(({ day, did }) => `${day} ${did}`);
    expect(days.slice(0, 2)).toEqual(['6 collect', '6 remind']);
    expect(days.at(-1)).toBe('94 close');
  });

  it('does only the last of each kind after a standstill of ours, and never pauses before it has said so', () => {
    let facts = aCase({});
    let at = new Date(START.getTime() + 30 * DAY + 5 * HOUR);
    const did: string[] = [];
    for (
      let next = nextStep(DEFAULT_POLICY, facts, at, 0);
      next !== null;
      next = nextStep(DEFAULT_POLICY, facts, at, 0)
    ) {
      if (next.at > at) at = next.at;
      did.push(next.do.kind);
      facts = after(facts, next, at);
    }
    expect(did).toEqual(['staff_task', 'last_reminder', 'collect', 'pause', 'win_back', 'win_back', 'close']);
  });
});

describe('the hours of a case', () => {
  const zones = fc.constantFrom(
    NEW_YORK,
    'America/Los_Angeles',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  );
  const starts = fc.date({ min: new Date('2026-01-01'), max: new Date('2032-01-01'), noInvalidDate: true });
  const reasons = fc.constantFrom(...RECOVERY_REASONS);
  /** How late each tick is, in hours: now and then by days. */
  const lateness = fc.array(fc.oneof(fc.constant(0), fc.nat(8), fc.nat(200)), { minLength: 1, maxLength: 9 });

  it('are always fit for it, in order, bounded, and over with the close', () => {
    fc.assert(
      fc.property(
        zones,
        starts,
        reasons,
        fc.string(),
        fc.nat(10),
        fc.nat(9),
        lateness,
        (timeZone, startedAt, reason, id, from, days, late) => {
          const steps = walk(reason, {
            outageFrom: from,
            outageDays: days,
            late: [...late, 0],
            facts: { timeZone, startedAt, id, lastMailAt: startedAt, lastScheduledAt: startedAt },
          });
          const mails = steps.filter(({ did }) => /remind|win_back/.test(did));
          const charges = steps.filter(({ did }) => did === 'collect');
          expect(steps.length).toBeLessThanOrEqual(16);
          expect(charges.length).toBeLessThanOrEqual(5);
          for (const { hour } of mails) expect(hour >= 9 && hour < 20).toBe(true);
          for (const { hour } of charges) expect(hour >= 7 && hour < 10).toBe(true);
          for (const [earlier, later] of pairs(steps))
            expect(later.at.getTime()).toBeGreaterThanOrEqual(earlier.at.getTime());
          for (const [earlier, later] of pairs(mails))
            expect(later.at.getTime() - earlier.at.getTime()).toBeGreaterThanOrEqual(48 * HOUR);
          // After a 422 the token is only read, which may be done as often as it is due.
          for (const [earlier, later] of collectRule(reason) === 'charge' ? pairs(charges) : [])
            expect(later.at.getTime() - earlier.at.getTime()).toBeGreaterThanOrEqual(20 * HOUR);
          expect(steps.findIndex(({ did }) => did === 'close')).toBe(trackOf(reason) === null ? -1 : steps.length - 1);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are never earlier with an outage than without, by as much as it took or more', () => {
    fc.assert(
      fc.property(zones, starts, fc.nat(12), fc.nat(20 * 24), (timeZone, startedAt, step, hours) => {
        const facts = aCase({ timeZone, startedAt, step, lastMailAt: null, lastScheduledAt: null });
        const without = nextStep(DEFAULT_POLICY, facts, startedAt, 0);
        const later = nextStep(DEFAULT_POLICY, facts, startedAt, hours * HOUR);
        if (without === null || later === null) throw new Error('There is no step.');
        expect(later.index).toBe(without.index);
        const planned = planTrack(DEFAULT_POLICY, facts)[step];
        expect(later.at.getTime()).toBeGreaterThanOrEqual((planned?.at.getTime() ?? 0) + hours * HOUR);
        expect(later.at.getTime()).toBeGreaterThanOrEqual(without.at.getTime());
      }),
    );
  });

  it('keep 20 hours between two charges of a schedule, and between the last reminder and the pause', () => {
    const at = new Date('2027-01-15T12:30:00Z');
    const charged = new Date('2027-01-14T17:00:00Z');
    const facts = aCase({ reason: 'declined', step: 1, lastScheduledAt: charged, lastMailAt: null });
    expect(nextStep(DEFAULT_POLICY, facts, at, 0)?.at).toEqual(new Date('2027-01-15T13:00:00Z'));
    const pause = DEFAULT_POLICY.tracks.survey.findIndex(({ kind }) => kind === 'pause');
    const late = new Date('2027-02-05T18:00:00Z');
    const told = new Date('2027-02-05T17:00:00Z');
    const survey = aCase({ reason: 'take_health_survey', step: pause, lastMailAt: told });
    expect(nextStep(DEFAULT_POLICY, survey, late, 0)?.at).toEqual(new Date('2027-02-06T14:00:00Z'));
  });

  it('leave out an hour that the clocks make doubtful', () => {
    expect(localInstant(localDate('2027-11-07'), 1, NEW_YORK)).toEqual(new Date('2027-11-07T07:00:00Z'));
    expect(localInstant(localDate('2027-03-14'), 2, NEW_YORK)).toEqual(new Date('2027-03-14T07:00:00Z'));
    expect(localInstant(localDate('2027-03-14'), 8, NEW_YORK)).toEqual(new Date('2027-03-14T12:00:00Z'));
  });

  it('are quiet from 20 to 9 where the customer is', () => {
    const { quietHours } = DEFAULT_POLICY;
    const at = (text: string) => new Date(text);
    expect(isQuiet(quietHours, at('2027-01-13T01:00:00Z'), NEW_YORK)).toBe(true);
    expect(isQuiet(quietHours, at('2027-01-13T00:59:00Z'), NEW_YORK)).toBe(false);
    expect(afterQuietHours(quietHours, at('2027-01-13T01:00:00Z'), NEW_YORK)).toEqual(at('2027-01-13T14:00:00Z'));
    expect(afterQuietHours(quietHours, at('2027-01-13T13:59:00Z'), NEW_YORK)).toEqual(at('2027-01-13T14:00:00Z'));
    expect(afterQuietHours(quietHours, at('2027-01-13T17:00:00Z'), NEW_YORK)).toEqual(at('2027-01-13T17:00:00Z'));
  });

  it('are spread over twenty minutes, the same for one case', () => {
    const minutes = Array.from({ length: 400 }, (_, n) => {
      const [first] = planTrack(DEFAULT_POLICY, aCase({ id: `rec_${n}` }));
      return ((first?.at.getTime() ?? 0) - Date.parse('2027-01-13T12:00:00Z')) / 60_000;
    });
    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(20);
    expect(Math.max(...minutes) - Math.min(...minutes)).toBeGreaterThan(15);
    expect(planTrack(DEFAULT_POLICY, aCase())).toEqual(planTrack(DEFAULT_POLICY, aCase()));
  });
});

describe('a case that comes to the other track', () => {
  it('goes on there on the same day, and never behind the pause', () => {
    const survey = aCase({ reason: 'take_health_survey' });
    const at = (days: number) => new Date(START.getTime() + days * DAY + 8 * HOUR);
    expect(stepsBehind(DEFAULT_POLICY, survey, START, 0)).toBe(0);
    expect(stepsBehind(DEFAULT_POLICY, survey, at(5), 0)).toBe(4);
    expect(stepsBehind(DEFAULT_POLICY, survey, at(40), 0)).toBe(10);
  });
});

describe('a policy', () => {
  const changed = (change: Partial<RecoveryPolicy>) => policyProblems({ ...DEFAULT_POLICY, ...change });
  const withPayment = (...steps: PolicyStep[]) => changed({ tracks: { ...DEFAULT_POLICY.tracks, payment: steps } });
  const end: PolicyStep[] = [
    { day: 21, kind: 'pause' },
    { day: 90, kind: 'close' },
  ];

  it('is accepted as it is by default, and with eight charges in 14 days', () => {
    expect(policyProblems(DEFAULT_POLICY)).toEqual([]);
    const eight = Array.from({ length: 7 }, (_, n): PolicyStep => ({ day: 2 * (n + 1), kind: 'collect' }));
    expect(withPayment(...eight, ...end)).toEqual([]);
  });

  it('is refused with more than 14 charges in 30 days', () => {
    const charges = (count: number) =>
      Array.from({ length: count }, (_, n): PolicyStep => ({ day: n + 1, kind: 'collect' }));
    expect(withPayment(...charges(13), ...end)).toEqual([]);
    expect(withPayment(...charges(14), ...end)).toEqual(['payment: more than 14 charges in 30 days.']);
  });

  it('is refused with steps out of order, without an end, and with hours at which nobody wants mail', () => {
    expect(withPayment({ day: 22, kind: 'collect' }, ...end)).toEqual([
      'payment: the steps are not in the order of their days.',
    ]);
    expect(withPayment({ day: 21, kind: 'pause' })).toEqual(['payment: it must end with close.']);
    expect(withPayment({ day: 3, kind: 'win_back' }, ...end)).toEqual([
      'payment: win_back is on the wrong side of the pause.',
    ]);
    expect(changed({ quietHours: [22, 7] })).toHaveLength(1);
    expect(changed({ hoursBetweenMails: 24 })).toHaveLength(1);
    expect(changed({ collectHours: [6, 10] })).toHaveLength(1);
  });

  it('knows the days on which money arrives', () => {
    expect(['2027-01-01', '2027-01-15', '2027-01-29'].map((day) => isPayday(localDate(day)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isPayday(localDate('2027-01-28'))).toBe(false);
  });
});

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.slice(1).map((later, index) => [list[index] as T, later]);
}
