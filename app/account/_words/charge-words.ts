import type { Status } from '@/components/ui/chip';
import { cardsThatPaid, NOT_KNOWN } from '@/lib/core/receipt';
import type { ChargeState, HeldState } from '@/lib/views/charge-state';
import type { ChargeFacts } from '@/lib/views/customer-charges';

/** Chip and second line of an order in a list; null: it names the card that paid. */
export const CHARGE_WORDS: Record<ChargeState, { chip: Status; detail: string | null }> = {
  paid: { chip: 'Paid', detail: null },
  skipped: { chip: 'Skipped', detail: 'Nothing was charged' },
  left_out: { chip: 'Skipped', detail: 'The payment did not go through, so it was left out as you chose' },
  canceled: { chip: 'Canceled', detail: 'Nothing was charged' },
  on_its_way: { chip: 'Waiting for Truemed', detail: 'On its way' },
  in_progress: { chip: 'Waiting for Truemed', detail: 'The charge is being made' },
  outcome_unknown: { chip: 'Waiting for Truemed', detail: 'We are asking whether it was paid' },
  waits_for_survey: { chip: 'On hold', detail: 'Waits for your health survey' },
  waits_for_card: { chip: 'On hold', detail: 'Waits for your card' },
  card_spent: { chip: 'On hold', detail: 'Waits for another card' },
  letter_not_issued: { chip: 'Not taken', detail: 'A letter was not issued for this order' },
  not_taken: { chip: 'Not taken', detail: 'Truemed did not take the payment' },
  needs_attention: { chip: 'Needs attention', detail: 'Our team reads Truemed’s answer' },
  card_gone: { chip: 'On hold', detail: 'No card is connected' },
  with_us: { chip: 'On hold', detail: 'Waits for us. There is nothing you need to do' },
};

/** The second line of an order, without a full stop. */
export function chargeDetail({
  state,
  totalCents,
  paidBy,
}: Pick<ChargeFacts, 'state' | 'totalCents' | 'paidBy'>): string {
  return CHARGE_WORDS[state].detail ?? cardsThatPaid({ ...(paidBy ?? NOT_KNOWN), totalCents });
}

/** The chip of an order: paid is not the last word where all of it was given back. */
export function chargeChip(charge: { state: ChargeState; totalCents: number; refundedCents: number }): Status {
  const isReturned = charge.totalCents > 0 && charge.refundedCents >= charge.totalCents;
  return isReturned ? 'Refunded' : CHARGE_WORDS[charge.state].chip;
}

interface HeldWords {
  chip: Status;
  /** After "Your $48.30 order". */
  title: string;
  /** Before "You have not been charged." */
  why: string;
  /** What leads to Truemed; null where the customer cannot repair it there. */
  repair: { action: string; first: string; second: string } | null;
}

/** What the page says of an order that is held (mockups/README.md "Words", truemed-api.md section 12). */
export const HELD_WORDS: Record<HeldState, HeldWords> = {
  waits_for_survey: {
    chip: 'Action needed',
    title: 'waits for a health survey',
    why: 'Truemed asks you to complete its health survey again, to see whether you still qualify.',
    repair: {
      action: 'Continue to the health survey',
      first: 'You complete the health survey at Truemed.',
      second: 'An independent licensed practitioner reviews it.',
    },
  },
  waits_for_card: {
    chip: 'Action needed',
    title: 'waits for your card',
    why: 'Your payment details with Truemed need an update.',
    repair: {
      action: 'Update my card',
      first: 'You update your payment details at Truemed.',
      second: 'Truemed confirms them.',
    },
  },
  card_spent: {
    chip: 'Action needed',
    title: 'waits for another card',
    why: 'Your card was refused too often in the last 30 days, so we do not try it again by ourselves.',
    repair: {
      action: 'Give another card',
      first: 'You give another card at Truemed.',
      second: 'Truemed confirms it, and may ask you for its health survey.',
    },
  },
  letter_not_issued: {
    chip: 'Not taken',
    title: 'was not paid',
    why: 'A licensed practitioner did not issue a Letter of Medical Necessity for this order. Your payment was not taken.',
    repair: null,
  },
  not_taken: {
    chip: 'Not taken',
    title: 'was not paid',
    why: 'Truemed did not take the payment for this order.',
    repair: null,
  },
  needs_attention: {
    chip: 'Needs attention',
    title: 'waits for our team',
    why: 'Truemed answered in a way that our system does not know. Our team has it on the list.',
    repair: null,
  },
  card_gone: {
    chip: 'Action needed',
    title: 'waits for a card',
    why: 'Truemed no longer has the card that pays for this order.',
    repair: {
      action: 'Connect a card',
      first: 'You complete the health survey at Truemed and give your HSA/FSA card there.',
      second: 'An independent licensed practitioner reviews your answers, where that is needed.',
    },
  },
};
