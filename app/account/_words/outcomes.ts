import type { AttemptStatus } from '@/lib/core/charge';
import type { ChargeRefusal } from '@/lib/services/charge-now';
import type { MoveResult } from '@/lib/services/move-to-hsa-fsa';

/** Why a move was not begun, and what is so instead. */
export const MOVE_REFUSALS: Record<Extract<MoveResult, { ok: false }>['reason'], string> = {
  already_on_hsa_fsa: 'This subscription has moved to HSA/FSA already. Nothing was changed.',
  subscription_canceled: 'This subscription is canceled, so nothing more is charged. Nothing was changed.',
};

/** Why an order was not tried again. */
export const TRY_AGAIN_REFUSALS: Record<ChargeRefusal, string> = {
  charge_in_progress: 'A charge for this order is under way. We do not make a second one.',
  too_many_tries: 'You have tried five times in a day. You can try again tomorrow. You have not been charged.',
  card_spent:
    'Your card was tried too often in the last 30 days. Give Truemed another card, or write to us, and we try this one again. You have not been charged.',
  no_token: 'No HSA/FSA card is connected. You have not been charged. Please connect one first.',
  changed_meanwhile: 'This order has changed in the meantime. Nothing was charged by this try.',
  billed_elsewhere: 'This order is billed elsewhere. You have not been charged.',
  not_chargeable: 'This subscription is not active. You have not been charged.',
  hand_over_not_confirmed: 'Our former payment company still bills this order. You have not been charged.',
};

/** What came of a try, by the status of its attempt. Accepted is not paid. */
export const TRY_AGAIN_OUTCOMES: Record<AttemptStatus, string> = {
  planned: 'The charge is being made. We write to you when it is paid.',
  sent: 'The charge is being made. We write to you when it is paid.',
  accepted: 'The charge is on its way. We write to you when it is paid.',
  captured: 'The order is paid.',
  unknown: 'Truemed’s answer was lost. We are asking whether it was paid, and charge it once at most.',
  action_required: 'Truemed still waits for you. You have not been charged.',
  rejected: 'Truemed did not take the payment. You have not been charged.',
  failed: 'Truemed did not take the payment. You have not been charged.',
  abandoned: 'Truemed did not take the payment. You have not been charged.',
};
