import type { LocalDate } from '@/lib/core/calendar';
import { longDate } from '@/lib/core/date-words';
import type { EarlyChargeResult } from '@/lib/services/charge-early';

type Refusal = Extract<EarlyChargeResult, { ok: false }>['reason'];

const REFUSALS: Record<Exclude<Refusal, 'too_soon'>, string> = {
  switched_off: 'Orders before their day are made by us: write to us, and we make this one. You have not been charged.',
  billed_elsewhere: 'Our former payment company still bills this subscription. You have not been charged.',
  hand_over_not_confirmed:
    'We wait until our former payment company has stopped billing this subscription. You have not been charged.',
  not_active: 'This subscription is not active. You have not been charged.',
  cancel_scheduled: 'This subscription is about to end. Keep it first, then order. You have not been charged.',
  no_token: 'No HSA/FSA card is connected. Connect one first. You have not been charged.',
  order_open: 'An order of this subscription is not paid yet, and comes first. You have not been charged by this.',
  changed_meanwhile:
    'The next order has changed since you opened this page. You have not been charged by this. Load the page again.',
  charge_due: 'The day of this order has come: it is being charged now. You are not charged a second time.',
  token_updating: 'Truemed waits for you to finish an update of your payment details. You have not been charged.',
  already_ordered: 'This order has been made already. You are not charged a second time.',
};

/** Why an order was not made before its day, and what is so instead. */
export function chargeNowRefusal(reason: Refusal, from: LocalDate | null, today: LocalDate): string {
  if (reason !== 'too_soon') return REFUSALS[reason];
  const when = from === null ? '' : ` You can order from ${longDate(from, today)} on.`;
  return `Your last order is less than five days away.${when} You have not been charged.`;
}
