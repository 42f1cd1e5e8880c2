import { z } from 'zod';

/** The switches for payment sessions, holds, refunds and tokens; part of those in switches.ts. */
export const PAYMENT_SWITCHES = {
  holdDays: z
    .number()
    .positive()
    .max(365)
    .default(6.95)
    .describe(
      'Section 5.6, C13. How long a hold lives on the clock. Documented for the review of an immediate capture, assumed for kind=authorization.',
    ),
  overdueReview: z
    .enum(['rejected', 'canceled'])
    .default('rejected')
    .describe('Section 5.6, C22. What becomes of a session whose review outlives its hold.'),
  holdsAreRenewed: z
    .boolean()
    .default(true)
    .describe(
      'Section 3.4. Whether a capture after the hold has expired authorizes the card again, if that is still good; if not, the session becomes authorization_expired.',
    ),
  endedSessionError: z
    .enum(['SessionVoided', 'SessionPending'])
    .default('SessionVoided')
    .describe('Sections 3.4 and 3.5. What capture and void answer for a session that was canceled or rejected.'),
  voidAgainError: z
    .enum(['SessionVoided', 'SessionPending'])
    .default('SessionVoided')
    .describe('Section 3.5. What a second void with another key is answered.'),
  voidAfterCapture: z
    .enum(['ImmediateCapture', 'SessionCaptured'])
    .default('ImmediateCapture')
    .describe('Section 3.5. What void answers for a captured session that was no hold: both codes are documented.'),
  refundItemsChecked: z
    .boolean()
    .default(true)
    .describe(
      'Section 3.7. Whether item_details {item_id, quantity, amount} of a refund must be of the session and within what is left, or are only kept.',
    ),
  refundFrom: z
    .enum(['card', 'hsa_fsa'])
    .default('card')
    .describe('Section 3.7. Which card of a split payment gets money back first.'),
  splitPayments: z
    .boolean()
    .default(true)
    .describe(
      'Section 5.9. Whether this merchant lets a customer pay with an HSA/FSA card and an ordinary one together.',
    ),
  catalogDecidesEligibility: z
    .boolean()
    .default(true)
    .describe(
      'Section 5.9. Whether what the catalog calls ineligible must be paid with an ordinary card, or HSA/FSA pays everything.',
    ),
  ordinaryCardStepsIn: z
    .boolean()
    .default(true)
    .describe(
      'Section 5.4. Whether an unattended charge goes to the ordinary card where the HSA/FSA card beside it is no longer good, or is answered 422.',
    ),
  newCardReplaces: z
    .enum(['all', 'same_type'])
    .default('all')
    .describe('Section 5.4. Whether a new card takes the place of all cards of a token, or of the one of its kind.'),
  paymentMethodsShown: z
    .enum(['split', 'always', 'never'])
    .default('split')
    .describe(
      'Sections 3.2 and 7.6. Whether a session, its event and the answer to its refund show payment_methods with their amounts: where two cards pay, always or never.',
    ),
  surveyBeforeCard: z
    .boolean()
    .default(true)
    .describe(
      'Section 10.4. Which is asked for first where both are needed: TakeHealthSurvey, or UpdatePaymentMethod.',
    ),
  tokenInCheckoutAnswer: z
    .boolean()
    .default(true)
    .describe(
      'Section 13, C4. Whether create payment session with tokenize=true answers with the payment_token to come, which is SessionPending until the checkout is done, or with null.',
    ),
  refundableFieldsAt: z
    .enum(['both', 'order_items', 'session'])
    .default('both')
    .describe('Section 3.3. Where detail and list tell what can still be refunded or captured.'),
  sessionSearch: z
    .boolean()
    .default(true)
    .describe('Section 3.3. Whether search finds sessions by id, e-mail and name, or is ignored.'),
  truemedFeeBasisPoints: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(600)
    .describe("Section 3.2. Truemed's fee on a charge, beside the fixed part: $38.00 of $600.00 was seen."),
  truemedFeeFixedCents: z.number().int().min(0).max(10_000).default(200).describe('Section 3.2. Its fixed part.'),
  truemedFeeUnit: z
    .enum(['cents', 'dollars'])
    .default('cents')
    .describe('Section 3.2. In what a session tells truemed_fee.'),
  feeTransactionType: z
    .enum(['fee', 'truemed_fee'])
    .default('fee')
    .describe("Section 8. The type of a reconciliation row that is Truemed's fee."),
  payoutDelayDays: z
    .number()
    .int()
    .min(0)
    .max(60)
    .default(2)
    .describe(
      'Section 8. Days until what a UTC day has brought arrives at the bank, in one payout; it is pending until then.',
    ),
  dashboardSummaries: z
    .boolean()
    .default(false)
    .describe(
      'Section 3.2. Whether status_summary also says Disputed, Voided, Expired and Canceled, as the dashboard does.',
    ),
} as const;
