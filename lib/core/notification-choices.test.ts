import { describe, expect, it } from 'vitest';
import { isMuted, NOTICE_LEADS, noticeLeadOf } from './notification-choices';

describe('what a customer is written to about', () => {
  it.each([
    [7, 'month', 1, 7],
    [0, 'month', 1, 0],
    [14, 'month', 3, 14],
    [0, 'month', 6, 7],
    [3, 'year', 1, 7],
    [14, 'year', 1, 14],
  ] as const)('a lead of %i days, every %s × %i, is %i', (chosen, unit, count, lead) => {
    expect(noticeLeadOf(chosen, { unit, count })).toBe(lead);
  });

  it('nothing but a reminder can be switched off', () => {
    const choices = { wantsReminders: false };
    expect(isMuted('reminder', choices)).toBe(true);
    for (const template of ['last_reminder', 'payment_received', 'action_needed_payment_method', 'letter_expires_soon'])
      expect(isMuted(template, choices)).toBe(false);
    expect(isMuted('reminder', { wantsReminders: true })).toBe(false);
    expect(NOTICE_LEADS).toContain(0);
  });
});
