import { describe, expect, it } from 'vitest';
import { ATTEMPT_STATUSES } from '@/lib/core/charge';
import { REFUND_STATUSES } from '@/lib/core/refund';
import { type AttemptTold, orderStory } from './order-story';

const at = (day: number) => new Date(Date.UTC(2027, 1, day, 13));
const anAttempt = (facts: Partial<AttemptTold>): AttemptTold => ({
  status: 'captured',
  amountCents: 4830,
  sentAt: at(3),
  acceptedAt: null,
  actionRequiredAt: null,
  closedAt: null,
  reason: null,
  ...facts,
});
const kinds = (...story: Parameters<typeof orderStory>) => orderStory(...story).map(({ kind }) => kind);

describe('the story of an order', () => {
  it('tells of a try that waited for a letter, and of the payment two days later', () => {
    const story = orderStory(
      { paidAt: at(5), totalCents: 4830 },
      [
        anAttempt({ status: 'action_required', actionRequiredAt: at(3), reason: 'take_health_survey' }),
        anAttempt({ sentAt: at(5), closedAt: at(5) }),
      ],
      [],
    );
    expect(story).toEqual([
      { at: at(3), kind: 'waited_for_survey', amountCents: 4830 },
      { at: at(5), kind: 'paid', amountCents: 4830 },
    ]);
  });

  it('says that money moved only where the order was paid or a refund succeeded', () => {
    const moved = new Set(['paid', 'returned']);
    for (const status of ATTEMPT_STATUSES) {
      const told = anAttempt({ status, acceptedAt: at(3), actionRequiredAt: at(3), closedAt: at(3) });
      expect(kinds({ paidAt: null, totalCents: 4830 }, [told], []).some((kind) => moved.has(kind))).toBe(false);
    }
    for (const status of REFUND_STATUSES) {
      const refund = { status, amountCents: 1000, createdAt: at(6), closedAt: at(7) };
      const told = kinds({ paidAt: at(5), totalCents: 4830 }, [], [refund]);
      expect(told.includes('returned')).toBe(status === 'succeeded');
    }
  });

  it('is told in the order in which it happened', () => {
    const refunds = [{ status: 'succeeded' as const, amountCents: 1000, createdAt: at(9), closedAt: at(10) }];
    const story = orderStory(
      { paidAt: at(8), totalCents: 4830 },
      [
        anAttempt({ status: 'action_required', actionRequiredAt: at(6), reason: 'update_payment_method' }),
        anAttempt({ status: 'rejected', closedAt: at(4), reason: null }),
      ],
      refunds,
    );
    expect(story.map(({ kind }) => kind)).toEqual(['not_taken', 'waited_for_card', 'paid', 'returned']);
  });
});
