import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import type { TimelineEntry } from '@/lib/views/admin-timeline';
import { eventWords } from './timeline';

const TODAY = localDate('2027-01-22');
const SERVICES = join(import.meta.dirname, '../../../lib/services');
/** Entries that are about no subscription, so they stand in no history of one. */
const ELSEWHERE = /^(staff|webhook|plan|price|discount|recovery_policy|event|event_endpoint|settings)\./;

function anEntry(action: string, change: Record<string, unknown> = {}): TimelineEntry {
  const at = new Date('2027-01-22T14:00:00Z');
  return { id: 'aud_1', at, action, subject: 'sub_1', actor: { kind: 'system' }, cause: null, change };
}
const titleOf = (action: string, change?: Record<string, unknown>) => eventWords(anEntry(action, change), TODAY).title;

describe('the words of a history', () => {
  const written = readdirSync(SERVICES)
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .flatMap((file) => [
      ...readFileSync(join(SERVICES, file), 'utf8').matchAll(/(?:action: |'(?=subscription\.))'?([a-z_]+\.[a-z_]+)'/g),
    ])
    .map((match) => match[1] ?? '')
    .filter((action) => !ELSEWHERE.test(action));

  it.each([...new Set(written)])('%s, which a verb writes, has words of its own', (action) => {
    expect(titleOf(action)).not.toBe(action.replace(/[._]/g, ' '));
  });

  it.each([
    ['invoice.paid', { totalCents: 4830 }, 'Paid, $48.30'],
    [
      'invoice.planned',
      { totalCents: 218450, period: { start: '2027-01-20', end: '2027-04-20' } },
      'Renewal planned, $2,184.50 for 20 January to 19 April',
    ],
    [
      'subscription.moved',
      { nextChargeOn: { from: '2027-01-28', to: '2027-02-28' } },
      'Moved to HSA/FSA, our first charge on Sunday, 28 February',
    ],
    ['charge_attempt.planned', { amountCents: 4830, cause: 'staff' }, 'Charge of $48.30 planned by staff'],
    [
      'charge_attempt.status_changed',
      { to: 'unknown', errorCode: 'timeout' },
      'No clear answer to the charge (timeout)',
    ],
    [
      'charge_attempt.status_changed',
      { to: 'captured', duplicateOf: 'att_1' },
      'Captured a second time: to be returned',
    ],
    ['recovery_case.opened', { reason: 'take_health_survey' }, 'On hold: Truemed asks for the health survey'],
    ['mail.sent', { template: 'action_needed_health_survey' }, 'Mailed: action needed (health survey)'],
    ['something.newer', {}, 'something newer'],
  ])('%s reads as it should', (action, change, title) => {
    expect(titleOf(action, change)).toBe(title);
  });

  it('a change without the fields that are expected still has a title', () => {
    for (const action of written)
      expect(titleOf(action, { period: null, to: 7, nextChargeOn: [] })).not.toMatch(/null|undefined|NaN/);
  });
});
