import { z } from 'zod';

/** Qualification sessions on the wire (truemed-api.md sections 7.8 and 8). Whoever they are about stays with us: no answer of a survey is in them. */

/** Statuses of a qualification session (section 7.8); the last two are terminal. */
export const QUALIFICATION_STATUSES = ['pending', 'processing', 'approved', 'rejected'] as const;
export type QualificationStatus = (typeof QUALIFICATION_STATUSES)[number];

const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);

/** A qualification session in the detail view and in the list. Only the id and the status are certain. */
export const QualificationReply = z.looseObject({
  qualification_session_id: z.string().min(1),
  status: z.string(),
  email: text,
  expires_at: text,
  source: text,
  user_id: text,
  charge_group_created_at: text,
  created_at: text,
  customer_status: text,
  eligible_amount: number,
  fee: number,
  lmn_reviewed_at: text,
  session_type: text,
  skus_param: text,
  stripe_invoice_id: text,
  stripe_invoice_number: text,
  stripe_invoice_paid_at: text,
  user_business_id: text,
});

/** 200 of update: the status is that of before, which an update never changes. */
export const UpdateQualificationReply = z.looseObject({
  qualification_session_id: z.string().min(1),
  status: z.string(),
});

/** `data` of a qualification event (section 7.8). */
export const QualificationEventData = z.looseObject({
  qualification_session_id: z.string().min(1),
  status: z.string(),
  email: text,
  expires_at: text,
  user_id: text,
  source: text,
});

/** The body of update qualification session: only what is in it changes, and `user_id` only while there is none. */
export interface UpdateQualificationBody {
  idempotency_key: string;
  user_id?: string;
  /** A JSON-encoded text. */
  metadata?: string;
  success_url?: string;
  failure_url?: string;
}

/** Reads a status; `unknown` is never a reason to treat somebody as qualified. */
export function readQualificationStatus(word: string): QualificationStatus | 'unknown' {
  return QUALIFICATION_STATUSES.find((known) => known === word) ?? 'unknown';
}
