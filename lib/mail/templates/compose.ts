import type { MailParts } from '../layout';
import { type ActionNeededFacts, healthSurveyMail, paymentMethodMail } from './action-needed';
import { type AddressChangedFacts, addressChangedMail } from './address-changed';
import { type ChangeConfirmedFacts, changeConfirmedMail } from './change-confirmed';
import type { House } from './house';
import { type HsaFsaStoppedFacts, hsaFsaStoppedMail } from './hsa-fsa-stopped';
import { type MoneyReturnedFacts, moneyReturnedMail } from './money-returned';
import { type MovedToHsaFsaFacts, movedToHsaFsaMail } from './moved-to-hsa-fsa';
import {
  type CardExpiresSoonFacts,
  cardExpiresSoonMail,
  type LetterExpiresSoonFacts,
  letterExpiresSoonMail,
  type UpcomingChargeFacts,
  upcomingChargeMail,
} from './notices';
import { type PaymentDetailsUpdatedFacts, paymentDetailsUpdatedMail } from './payment-details-updated';
import { type PaymentNotTakenFacts, paymentNotTakenMail } from './payment-not-taken';
import { type PaymentReceivedFacts, paymentReceivedMail } from './payment-received';
import { type LastReminderFacts, lastReminderMail, type ReminderFacts, reminderMail } from './reminder';
import { type SubscriptionChangedFacts, subscriptionChangedMail } from './subscription-changed';
import { type TrialBegunFacts, trialBegunMail } from './trial-begun';

/** Every template that goes through the outbox, and the facts that it is made of. */
export interface MailFacts {
  moved_to_hsa_fsa: MovedToHsaFsaFacts;
  hsa_fsa_stopped: HsaFsaStoppedFacts;
  payment_details_updated: PaymentDetailsUpdatedFacts;
  trial_begun: TrialBegunFacts;
  payment_received: PaymentReceivedFacts;
  payment_not_taken: PaymentNotTakenFacts;
  money_returned: MoneyReturnedFacts;
  action_needed_payment_method: ActionNeededFacts;
  action_needed_health_survey: ActionNeededFacts;
  reminder: ReminderFacts;
  last_reminder: LastReminderFacts;
  subscription_changed: SubscriptionChangedFacts;
  change_confirmed: ChangeConfirmedFacts;
  address_changed: AddressChangedFacts;
  upcoming_charge: UpcomingChargeFacts;
  card_expires_soon: CardExpiresSoonFacts;
  letter_expires_soon: LetterExpiresSoonFacts;
}
export type MailTemplate = keyof MailFacts;

/** A template with its own facts; another pair does not compile. */
export type MailDraft = { [T in MailTemplate]: { template: T; facts: MailFacts[T] } }[MailTemplate];

const TEMPLATES: { [T in MailTemplate]: (facts: MailFacts[T], house: House) => MailParts } = {
  moved_to_hsa_fsa: movedToHsaFsaMail,
  hsa_fsa_stopped: hsaFsaStoppedMail,
  payment_details_updated: paymentDetailsUpdatedMail,
  trial_begun: trialBegunMail,
  payment_received: paymentReceivedMail,
  payment_not_taken: paymentNotTakenMail,
  money_returned: moneyReturnedMail,
  action_needed_payment_method: paymentMethodMail,
  action_needed_health_survey: healthSurveyMail,
  reminder: reminderMail,
  last_reminder: lastReminderMail,
  subscription_changed: subscriptionChangedMail,
  change_confirmed: changeConfirmedMail,
  address_changed: addressChangedMail,
  upcoming_charge: upcomingChargeMail,
  card_expires_soon: cardExpiresSoonMail,
  letter_expires_soon: letterExpiresSoonMail,
};

/** Writes the mail of a template. */
export function composeMail<T extends MailTemplate>(template: T, facts: MailFacts[T], house: House): MailParts {
  return TEMPLATES[template](facts, house);
}
