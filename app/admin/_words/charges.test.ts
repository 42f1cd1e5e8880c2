import { expect, test } from 'vitest';
import { RECOVERY_REASONS, type RecoveryReason } from '@/lib/core/charge';
import { answered, orderCounts } from './charges';

const none = Object.fromEntries(RECOVERY_REASONS.map((reason) => [reason, 0])) as Record<RecoveryReason, number>;

test.each<[string, number, Partial<Record<RecoveryReason, number>>, string]>([
  ['nothing waits', 1_204, {}, '1,204 captured, none on hold'],
  [
    'Truemed asks for both',
    0,
    { take_health_survey: 2, update_payment_method: 3 },
    '0 captured, on hold: 3 for a card, 2 for the health survey',
  ],
  ['we have made a mistake', 7, { our_error: 1, declined: 4 }, '7 captured, on hold: 4 not taken, 1 for us'],
])('orders are counted where %s', (_, paid, held, words) => {
  expect(orderCounts(paid, { ...none, ...held }, String)).toBe(words);
});

test.each([
  [null, ''],
  ['CustomerNotFound', '; Truemed answered CustomerNotFound'],
  ['session authorized', '; Truemed answered session authorized'],
  ['timeout', ''],
  ['KeyExpired', ''],
  ['NotCharged', ''],
])('what was marked %s has the answer "%s"', (code, words) => {
  expect(answered(code)).toBe(words);
});
