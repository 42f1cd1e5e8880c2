import { z } from 'zod';
import { ELIGIBILITIES } from '@/lib/truemed/catalog-schemas';
import { PAYMENT_SWITCHES } from './payment-switches';
import { SETTLEMENTS } from './records';
import type { Store } from './store';

/**
 * Every behaviour that Truemed's documents leave open and that this sandbox had to choose, as one named switch with the
 * section of truemed-api.md where the gap is. The last ones set the scene instead of filling a gap.
 */
export const SwitchValues = z.strictObject({
  discountSign: z
    .union([z.literal(-1), z.literal(1)])
    .default(-1)
    .describe('Section 6. -1: discounts are sent negative and added. 1: discounts are sent positive and subtracted.'),
  requireAmountDetails: z
    .boolean()
    .default(true)
    .describe('Section 13, C5. Whether create payment session refuses a body without amount_details.'),
  paymentsEnabled: z
    .boolean()
    .default(true)
    .describe('Section 3.1. false: every otherwise good session is answered FeatureNotEnabled.'),
  authorizationEnabled: z
    .boolean()
    .default(false)
    .describe('Section 3.1. Whether kind=authorization is switched on for this merchant.'),
  ...PAYMENT_SWITCHES,
  lettersCoverItems: z
    .boolean()
    .default(true)
    .describe('Section 10.4. Whether an item that the letter does not name demands a new survey.'),
  includeIdIn422: z.boolean().default(true).describe('Section 3.1. Whether a 422 names the failed session.'),
  updateSurveyAction: z
    .enum(['HealthSurvey', 'TakeHealthSurvey'])
    .default('HealthSurvey')
    .describe('Section 4.5. The word by which update payment token asks for a survey.'),
  reprovisionAfterDelete: z
    .boolean()
    .default(true)
    .describe('Section 4.1. Whether an e-mail whose token was deleted may get a new one.'),
  sessionIdFieldInWebhook: z
    .enum(['payment_id', 'payment_session_id', 'id'])
    .default('payment_id')
    .describe('Section 7.6. The name of the session id in the session event.'),
  hostedLinkHours: z
    .number()
    .min(0)
    .max(8760)
    .default(0)
    .describe('Section 15.9. Hours after which the link of a hosted page expires; 0 means never.'),
  postMessageKey: z
    .enum(['documented', 'redirectUrl', 'redirect_url'])
    .default('documented')
    .describe(
      'Section 9. Where the iframe message has the address; documented: redirectUrl from token pages, redirect_url from checkout.',
    ),
  signedWebhooks: z
    .boolean()
    .default(true)
    .describe('Section 7.1. false: every delivery is unsigned and flat, whatever its endpoint says.'),
  signatureTimeUnit: z
    .enum(['seconds', 'milliseconds'])
    .default('seconds')
    .describe('Section 7.2. The unit of t in the signature header.'),
  signatureEncoding: z
    .enum(['hex', 'base64'])
    .default('hex')
    .describe('Section 7.2. How the signatures are written in their header.'),
  signingSecretAs: z
    .enum(['text', 'without_prefix', 'base64'])
    .default('text')
    .describe(
      'Section 7.2. The key of the signature: the UTF-8 bytes of the secret as it is, those after its last _, or what these are the base64 of.',
    ),
  freshRetryTimestamp: z
    .boolean()
    .default(true)
    .describe('Section 7.2. Whether each attempt is signed anew with its own time, or all with that of the event.'),
  deliveryIdPerEndpoint: z
    .boolean()
    .default(true)
    .describe('Section 7.3. Whether two endpoints get different webhook_delivery_ids for one event.'),
  tokenEventName: z
    .enum(['payment_token.updated', 'payment_token_updated', 'payment_token_callback'])
    .default('payment_token.updated')
    .describe('Section 7.4. The event_type of the token event.'),
  qualificationEventName: z
    .enum(['qualification_session.updated', 'qualification_session_complete'])
    .default('qualification_session.updated')
    .describe('Section 7.4. The event_type of the qualification event.'),
  customerFieldsInTokenEvent: z
    .enum(['customer_email', 'email'])
    .default('customer_email')
    .describe('Section 7.7. Whether the token event has customer_email and customer_name, or email and name.'),
  letterFieldInTokenEvent: z
    .enum(['lmn_expires_at', 'expires_at'])
    .default('lmn_expires_at')
    .describe('Section 7.7. The name of the end of the letter in the token event.'),
  webhookTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('Section 7.3. How long an endpoint may take to answer, in real milliseconds.'),
  webhookSuccess204Only: z
    .boolean()
    .default(true)
    .describe('Section 7.3. Whether 204 alone counts as delivered, or any 2xx.'),
  renewalEmitsProcessing: z
    .boolean()
    .default(false)
    .describe('Section 5.6. Whether an unattended charge tells of processing before its outcome.'),
  webhookBeforeRedirect: z
    .enum(['before', 'after', 'never'])
    .default('after')
    .describe(
      'Section 5.1. Whether the events of a hosted page go out before or after its redirect, or are never delivered.',
    ),
  idempotencyKeyLifetimeHours: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'Section 1.2. After so many hours on the clock an idempotency key counts as new; null keeps it for ever.',
    ),
  maxCallsPerSecond: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'Section 1. More calls than that within a second of real time are answered 429 with Retry-After; null for no limit.',
    ),
  ineligibleWord: z
    .enum(['ineligible', 'not_eligible'])
    .default('ineligible')
    .describe('Section 13, C18. The word for an item that is not eligible.'),
  eligibilityField: z
    .enum(['eligibility', 'eligibility_status'])
    .default('eligibility')
    .describe('Section 13, C18. The name of that field where the API answers with an item.'),
  catalogReviewHours: z
    .number()
    .min(0)
    .max(8760)
    .nullable()
    .default(24)
    .describe('Section 8. Hours on the clock after which an item is classified; null waits for the control API.'),
  catalogVerdict: z
    .enum(ELIGIBILITIES)
    .default('eligible_with_lmn')
    .describe('Section 8. What an item is classified as that nobody has decided over the control API.'),
  catalogUpdateReviews: z
    .boolean()
    .default(true)
    .describe('Section 13, C19. Whether an updated item is classified again, as late as a new one, or never.'),
  catalogUpdateNeedsAll: z
    .boolean()
    .default(true)
    .describe(
      'Section 8. Whether update catalog item requires all five fields, as its page says, or sku alone, as in the guide.',
    ),
  catalogItemInObject: z
    .boolean()
    .default(false)
    .describe('Section 8. Whether create and detail answer with the item itself or with it under `object`.'),
  catalogEventNested: z
    .boolean()
    .default(false)
    .describe(
      'Section 7.9. Whether the signed envelope of an eligibility event holds the whole flat payload, or only its data.',
    ),
  qualificationFields: z
    .enum(['all', 'first'])
    .default('all')
    .describe('Section 8. Whether a qualification session has the fields of the newer revision, or six.'),
  qualificationStatusList: z
    .boolean()
    .default(true)
    .describe('Section 8. Whether the status filter takes several statuses with commas between them, or one.'),
  reuseQualifications: z
    .boolean()
    .default(true)
    .describe(
      'Section 8. Whether a link with the user_id of somebody who holds a letter leads to that session or to a new one.',
    ),
  retryScheduleScale: z
    .number()
    .positive()
    .max(1000)
    .default(1)
    .describe(
      'Section 7.3. Factor on the delays between delivery attempts and on the seven days after which they end.',
    ),
  mailboxDown: z
    .boolean()
    .default(false)
    .describe('Whether the mail server turns every message away for now (451), as one that is out of order does.'),
  captureAs: z
    .enum(SETTLEMENTS)
    .default('captured')
    .describe('What becomes of accepted charges; processing waits for a decision over the control API.'),
  captureDelayMs: z
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(200)
    .describe(
      'Real milliseconds between the acceptance of a charge and its outcome; 0 settles it before the answer is sent.',
    ),
});

export type SwitchValues = z.infer<typeof SwitchValues>;

/** The switches as they stand; they survive a restart. */
export class Switches {
  readonly #store: Store;
  #values: SwitchValues;

  constructor(store: Store) {
    this.#store = store;
    this.#values = storedValues(store);
  }

  get values(): SwitchValues {
    return this.#values;
  }

  set(values: SwitchValues): void {
    this.#store.settings.put({ name: 'switches', value: values });
    this.#values = values;
  }

  /** As the store has them now, or the initial values: part of a reset and of restoring a snapshot. */
  reload(): void {
    this.#values = storedValues(this.#store);
  }
}

function storedValues(store: Store): SwitchValues {
  // A journal of an earlier version may hold a value that is no longer known: the initial ones are better than none.
  return SwitchValues.catch(SwitchValues.parse({})).parse(store.settings.get('switches')?.value ?? {});
}

/** What each switch is about, by its name. */
export function aboutSwitches(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SwitchValues.shape).map(([name, schema]) => [name, schema.description ?? '']),
  );
}
