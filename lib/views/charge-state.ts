import type { AttemptStatus, InvoiceStatus, RecoveryReason } from '@/lib/core/charge';
import { unreachable } from '@/lib/core/errors';

/**
 * Where one order stands, as its customer sees it. `on_its_way`: Truemed has accepted the charge, which is not yet paid.
 * `in_progress`: a charge is being made. `outcome_unknown`: Truemed's answer was lost, and we are asking. `not_taken`: Truemed
 * canceled the payment. `card_spent`: the card was refused too often to be tried again by itself. `left_out`: it could not be paid, and its customer had chosen to leave it out then. `with_us`: it waits, and nothing is asked of the customer.
 */
export const CHARGE_STATES = [
  'paid',
  'skipped',
  'left_out',
  'canceled',
  'on_its_way',
  'in_progress',
  'outcome_unknown',
  'waits_for_survey',
  'waits_for_card',
  'card_spent',
  'letter_not_issued',
  'not_taken',
  'needs_attention',
  'card_gone',
  'with_us',
] as const;
export type ChargeState = (typeof CHARGE_STATES)[number];

/** States in which an order is held, and the first thing that its customer should read about. */
export const HELD_STATES = [
  'waits_for_survey',
  'waits_for_card',
  'card_spent',
  'letter_not_issued',
  'not_taken',
  'needs_attention',
  'card_gone',
] as const;
export type HeldState = (typeof HELD_STATES)[number];

/** Whether an order is held until somebody acts. */
export function isHeld(state: ChargeState): state is HeldState {
  return HELD_STATES.some((held) => held === state);
}

/** Whether a charge of an order is being made, or waits for Truemed's word. */
export function isUnderWay(state: ChargeState): boolean {
  return state === 'on_its_way' || state === 'in_progress' || state === 'outcome_unknown';
}

/** Whether an order is open: it may still be charged. */
export function isOpen(state: ChargeState): boolean {
  return isHeld(state) || isUnderWay(state) || state === 'with_us';
}

interface ChargeFacts {
  invoiceStatus: InvoiceStatus;
  /** Of the last attempt; null where none was made. */
  attemptStatus: AttemptStatus | null;
  /** Why the open recovery case is open; null without one. */
  recoveryReason: RecoveryReason | null;
  /** The case is about to be tried again. */
  isRetrying: boolean;
  /** Its card was refused so often that only staff may try it again. */
  isCardSpent?: boolean;
  isLeftOut?: boolean;
}

/** The state of one order. An attempt that is under way says more than the case it was made for. */
export function chargeState(facts: ChargeFacts): ChargeState {
  const { invoiceStatus, attemptStatus, recoveryReason, isRetrying, isCardSpent = false, isLeftOut = false } = facts;
  if (invoiceStatus === 'paid' || invoiceStatus === 'skipped') return invoiceStatus;
  if (invoiceStatus === 'void' && isLeftOut) return 'left_out';
  if (invoiceStatus === 'void' || invoiceStatus === 'uncollectible') return 'canceled';
  if (attemptStatus === 'accepted') return 'on_its_way';
  if (attemptStatus === 'unknown') return 'outcome_unknown';
  if (attemptStatus === 'planned' || attemptStatus === 'sent') return 'in_progress';
  if (recoveryReason === null) return 'in_progress';
  if (isRetrying && recoveryReason !== 'session_pending') return 'in_progress';
  const held = heldBy(recoveryReason, attemptStatus);
  return isCardSpent && WAITS_FOR_CHARGE.includes(held) ? 'card_spent' : held;
}

/** What would be charged again once it is repaired, if the card may be tried. */
const WAITS_FOR_CHARGE: readonly ChargeState[] = ['waits_for_survey', 'waits_for_card', 'not_taken'];

function heldBy(reason: RecoveryReason, attemptStatus: AttemptStatus | null): ChargeState {
  switch (reason) {
    case 'take_health_survey':
      return 'waits_for_survey';
    case 'update_payment_method':
      return 'waits_for_card';
    case 'unknown_action':
      return 'needs_attention';
    case 'declined':
      return attemptStatus === 'rejected' ? 'letter_not_issued' : 'not_taken';
    case 'token_gone':
      return 'card_gone';
    case 'session_pending':
    case 'our_error':
      return 'with_us';
    default:
      return unreachable(reason);
  }
}
