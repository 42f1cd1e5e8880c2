import type { AttemptStatus, RecoveryReason } from '@/lib/core/charge';
import type { RefundStatus } from '@/lib/core/refund';

/** One thing that happened to an order, as its customer is told it. Money has moved in `paid` and `returned` only. */
export interface StoryEvent {
  at: Date;
  kind:
    | 'on_its_way'
    | 'answer_lost'
    | 'waited_for_survey'
    | 'waited_for_card'
    | 'waited'
    | 'letter_not_issued'
    | 'not_taken'
    | 'paid'
    | 'being_returned'
    | 'returned';
  amountCents: number;
}

/** A charge attempt, as far as its story needs it. `reason` is that of the recovery case which it led to, where it is the last. */
export interface AttemptTold {
  status: AttemptStatus;
  amountCents: number;
  sentAt: Date | null;
  acceptedAt: Date | null;
  actionRequiredAt: Date | null;
  closedAt: Date | null;
  reason: RecoveryReason | null;
}

export interface RefundTold {
  status: RefundStatus;
  amountCents: number;
  createdAt: Date;
  closedAt: Date | null;
}

/** The story of an order from its attempts and refunds, the earliest first. A second capture that is given back is no part of it. */
export function orderStory(
  order: { paidAt: Date | null; totalCents: number },
  attempts: readonly AttemptTold[],
  refunds: readonly RefundTold[],
): StoryEvent[] {
  const events = [
    ...attempts.map(toldOfAttempt),
    ...refunds.map(toldOfRefund),
    order.paidAt === null ? null : { at: order.paidAt, kind: 'paid' as const, amountCents: order.totalCents },
  ];
  return events.filter((event) => event !== null).sort((a, b) => a.at.getTime() - b.at.getTime());
}

function toldOfAttempt(attempt: AttemptTold): StoryEvent | null {
  const told = (at: Date | null, kind: StoryEvent['kind']) =>
    at === null ? null : { at, kind, amountCents: attempt.amountCents };
  switch (attempt.status) {
    case 'accepted':
      return told(attempt.acceptedAt, 'on_its_way');
    case 'sent':
    case 'unknown':
      return told(attempt.sentAt, 'answer_lost');
    case 'action_required':
      return told(attempt.actionRequiredAt, waitedFor(attempt.reason));
    case 'rejected':
      return told(attempt.closedAt, attempt.reason === 'declined' ? 'letter_not_issued' : 'not_taken');
    case 'failed':
      return told(attempt.closedAt, 'not_taken');
    // The payment has its own line, and what was never sent is no part of the story.
    case 'captured':
    case 'planned':
    case 'abandoned':
      return null;
  }
}

function waitedFor(reason: RecoveryReason | null): StoryEvent['kind'] {
  if (reason === 'take_health_survey') return 'waited_for_survey';
  return reason === 'update_payment_method' ? 'waited_for_card' : 'waited';
}

function toldOfRefund({ status, amountCents, createdAt, closedAt }: RefundTold): StoryEvent | null {
  if (status === 'succeeded') return { at: closedAt ?? createdAt, kind: 'returned', amountCents };
  return status === 'failed' ? null : { at: createdAt, kind: 'being_returned', amountCents };
}
