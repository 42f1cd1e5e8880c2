import type { MailParts } from '../layout';
import { type ActionNeededFacts, healthSurveyMail, paymentMethodMail } from './action-needed';
import type { House } from './house';
import { type MovedToHsaFsaFacts, movedToHsaFsaMail } from './moved-to-hsa-fsa';
import { type PaymentNotTakenFacts, paymentNotTakenMail } from './payment-not-taken';
import { type PaymentReceivedFacts, paymentReceivedMail } from './payment-received';

/** Every template that goes through the outbox, and the facts that it is made of. */
export interface MailFacts {
  moved_to_hsa_fsa: MovedToHsaFsaFacts;
  payment_received: PaymentReceivedFacts;
  payment_not_taken: PaymentNotTakenFacts;
  action_needed_payment_method: ActionNeededFacts;
  action_needed_health_survey: ActionNeededFacts;
}
export type MailTemplate = keyof MailFacts;

/** A template with its own facts; another pair does not compile. */
export type MailDraft = { [T in MailTemplate]: { template: T; facts: MailFacts[T] } }[MailTemplate];

const TEMPLATES: { [T in MailTemplate]: (facts: MailFacts[T], house: House) => MailParts } = {
  moved_to_hsa_fsa: movedToHsaFsaMail,
  payment_received: paymentReceivedMail,
  payment_not_taken: paymentNotTakenMail,
  action_needed_payment_method: paymentMethodMail,
  action_needed_health_survey: healthSurveyMail,
};

/** Writes the mail of a template. */
export function composeMail<T extends MailTemplate>(template: T, facts: MailFacts[T], house: House): MailParts {
  return TEMPLATES[template](facts, house);
}
