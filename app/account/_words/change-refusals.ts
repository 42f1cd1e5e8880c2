import type { ChangeRefusal } from '@/lib/core/requested-change';
import { MOST_OF_ONE } from '@/lib/core/wanted-quantities';
import type { AddOnceRefusal } from '@/lib/services/add-once-item';
import type { ChangeItemsRefusal } from '@/lib/services/change-items';
import type { RemoveOnceResult } from '@/lib/services/remove-once-item';
import type { WithdrawItemsResult } from '@/lib/services/withdraw-item-change';

/** Why a change of the schedule was not made, and what is so instead. */
export const CHANGE_REFUSALS: Record<ChangeRefusal, string> = {
  switched_off: 'We make this change for you: write to us. Nothing was changed.',
  billed_elsewhere:
    'Our former payment company still bills this subscription, so its dates are not ours to change. Nothing was changed.',
  hand_over_not_confirmed:
    'We wait until our former payment company has stopped billing this subscription. Its dates can be changed after that. Nothing was changed.',
  canceled: 'This subscription is canceled. Start it again first. Nothing was changed.',
  paused: 'This subscription is paused. Resume it first. Nothing was changed.',
  in_trial: 'This cannot be changed during the trial. You can cancel at any time. Nothing was changed.',
  cancel_scheduled: 'This subscription is about to end. Keep it first, then change it. Nothing was changed.',
  changed_meanwhile:
    'The next order has changed since you opened this page. Nothing was changed by this. Load the page again.',
  charge_due: 'The day of this order has come, so it cannot be changed any more. Nothing was changed.',
  too_many_skipped: 'Three orders are skipped already. Pause it for a longer time. Nothing was changed.',
  nothing_skipped: 'No order is skipped that could be taken back. Nothing was changed.',
  same_date: 'The next order is on that day already. Choose another day.',
  date_not_ahead: 'Choose a day from tomorrow on.',
  date_too_far: 'Choose a day within the next two years.',
  after_letter: 'Your letter ends before that day. Choose a day up to its end, or renew the letter first.',
  before_hand_over: 'Our former payment company may still bill this subscription until then. Choose a later day.',
  before_last_period: 'Choose a day after your last order.',
  not_an_interval: 'Choose one of the intervals that are offered.',
  same_interval: 'It renews this often already. Choose another interval.',
  already_paused: 'This subscription is paused already. Nothing was changed.',
  not_paused: 'This subscription is not paused. Nothing was changed.',
  already_canceled: 'This subscription is canceled already. Nothing more is charged.',
  cancels_at_once: 'Nothing of it is paid for the time to come, so it can be canceled at once. Load the page again.',
  nothing_to_undo: 'This subscription is not about to end. Nothing was changed.',
  not_canceled: 'This subscription is not canceled. Nothing was changed.',
  no_token: 'No HSA/FSA card is connected. Connect one first. Nothing was changed.',
};

/** Why items were not changed, and what is so instead. */
export const CHANGE_ITEMS_REFUSALS: Record<ChangeItemsRefusal, string> = {
  switched_off: CHANGE_REFUSALS.switched_off,
  billed_elsewhere: CHANGE_REFUSALS.billed_elsewhere,
  subscription_canceled: CHANGE_REFUSALS.canceled,
  no_token: CHANGE_REFUSALS.no_token,
  no_such_item: 'One of these items has changed since you opened this page. Nothing was changed. Load the page again.',
  total_not_positive: 'That would leave nothing to pay. Cancel the subscription instead. Nothing was changed.',
  refused_by_truemed: 'Truemed did not take this change. Your orders stay as they are, and are charged as before.',
};

/** Why a change of items was not taken back, and what is so instead. */
export const TAKE_CHANGE_BACK_REFUSALS: Record<Extract<WithdrawItemsResult, { ok: false }>['reason'], string> = {
  nothing_held: 'This change does not wait any more. Your subscription says what each order is.',
};

/** Why nothing was added to the next order, and what is so instead. */
export const ADD_ONCE_REFUSALS: Record<AddOnceRefusal, string> = {
  switched_off: CHANGE_REFUSALS.switched_off,
  billed_elsewhere: CHANGE_REFUSALS.billed_elsewhere,
  subscription_canceled: CHANGE_REFUSALS.canceled,
  no_token: CHANGE_REFUSALS.no_token,
  no_such_item:
    'This item, or its price, has changed since you opened this page. Nothing was added. Load the page again.',
  about_to_end: CHANGE_REFUSALS.cancel_scheduled,
  already_added: 'This item is in your next order already. Take it out first to choose another number.',
  too_many_added: 'Ten different items are added to this order already. Take one out first.',
  not_a_quantity: `Choose a number from 1 to ${MOST_OF_ONE}.`,
  refused_by_truemed: 'Truemed did not take this item. Your order stays as it is, and is charged as before.',
};

/** Why an item was not taken out, and what is so instead. */
export const REMOVE_ONCE_REFUSALS: Record<Extract<RemoveOnceResult, { ok: false }>['reason'], string> = {
  already_ordered: 'The order with this item has been made, so it cannot be taken out any more. Nothing was changed.',
};
