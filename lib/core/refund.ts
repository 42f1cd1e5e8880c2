/** `planned`: stored, not sent yet. `unknown`: sent, and the answer was lost. The first three are open. */
export const REFUND_STATUSES = ['planned', 'sent', 'unknown', 'succeeded', 'failed'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Why money is given back, in Truemed's words (truemed-api.md section 3.7). */
export const REFUND_REASONS = ['customer_request', 'fraudulent', 'duplicate_payment'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];
