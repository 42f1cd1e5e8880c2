import type { ChangeKind } from './requested-change';

/** Why a customer cancels: a closed list, so that nothing about anybody's health can be written into it. */
export const CANCEL_REASONS = ['too_much', 'too_expensive', 'away', 'elsewhere', 'not_wanted', 'not_said'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/** What may be offered beside a cancellation: a change of the schedule, or fewer items in each order. */
export type CancelOffer = ChangeKind | 'quantity';

const OFFERS: Record<CancelReason, readonly CancelOffer[]> = {
  too_much: ['quantity', 'interval', 'skip'],
  too_expensive: ['quantity', 'interval', 'pause'],
  away: ['pause', 'skip'],
  elsewhere: [],
  not_wanted: [],
  not_said: [],
};

/** The one change that fits a reason, out of those that the subscription takes now; null where none does. */
export function cancelOffer(reason: CancelReason, offered: readonly CancelOffer[]): CancelOffer | null {
  return OFFERS[reason].find((kind) => offered.includes(kind)) ?? null;
}

export function isCancelReason(text: string): text is CancelReason {
  return (CANCEL_REASONS as readonly string[]).includes(text);
}
