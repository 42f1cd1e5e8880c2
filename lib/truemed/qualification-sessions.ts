import type { z } from 'zod';
import { type LookUp, type Outcome, readFound, readOutcome, shaped } from './outcomes';
import { type PageAnswer, type PageQuery, readPage } from './pages';
import {
  QualificationReply,
  type QualificationStatus,
  readQualificationStatus,
  UpdateQualificationReply,
} from './qualification-schemas';
import { TRUEMED_PATHS } from './schemas';
import { type Call, withId, withQuery } from './transport';

/** A qualification session (section 8): whether somebody holds a letter for some items. Instants are ISO 8601 as Truemed wrote them. */
export interface QualificationDetails {
  id: string;
  status: QualificationStatus | 'unknown';
  email: string | null;
  /** When the letter ends; null while there is none. */
  expiresAt: string | null;
  /** What the link that it started from said. */
  userId: string | null;
  source: string | null;
  createdAt: string | null;
  lmnReviewedAt: string | null;
  chargeGroupCreatedAt: string | null;
  customerStatus: string | null;
  sessionType: string | null;
  skusParam: string | null;
  userBusinessId: string | null;
  /** Numbers whose unit Truemed does not tell. */
  eligibleAmount: number | null;
  fee: number | null;
  invoice: { id: string | null; number: string | null; paidAt: string | null };
}

/** Which sessions to list (section 8). Several statuses are sent as a comma list, which one revision of the page takes. */
export interface QualificationQuery extends PageQuery {
  userId?: string;
  status?: QualificationStatus | readonly QualificationStatus[];
  /** `YYYY-MM-DD`. */
  expiresAt?: string;
  /** A part of name, e-mail or user id. */
  search?: string;
}

export type QualificationRefusal = 'user_id_already_set';

/** Qualification sessions (section 8). There is no call to create one: they start from a link (C20). */
export interface QualificationCalls {
  /** Retrieve qualification session. */
  retrieveQualificationSession(id: string): Promise<LookUp<QualificationDetails>>;
  /** List qualification sessions, one page. */
  listQualificationSessionPage(query?: QualificationQuery): Promise<PageAnswer<QualificationDetails>>;
  /** Update qualification session: user id, metadata, addresses. Answers the status, which it does not change. */
  updateQualificationSession(
    id: string,
    body: Uint8Array,
  ): Promise<Outcome<{ id: string; status: QualificationStatus | 'unknown' }, QualificationRefusal>>;
}

/** The calls over a transport. */
export function qualificationCalls(call: Call): QualificationCalls {
  return {
    retrieveQualificationSession: async (id) =>
      readFound(
        await call('GET', withId(TRUEMED_PATHS.retrieveQualificationSession, id)),
        QualificationReply,
        readQualification,
      ),
    listQualificationSessionPage: async ({ page, pageSize, userId, status, expiresAt, search } = {}) =>
      readPage(
        await call(
          'GET',
          withQuery(TRUEMED_PATHS.listQualificationSessions, {
            page,
            page_size: pageSize,
            user_id: userId,
            status,
            expires_at: expiresAt,
            search,
          }),
        ),
        ['qualification_sessions'],
        QualificationReply,
        readQualification,
      ),
    updateQualificationSession: async (id, body) =>
      readOutcome(
        await call('POST', withId(TRUEMED_PATHS.updateQualificationSession, id), body),
        { user_id_already_set: 'user_id_already_set', UserIdAlreadySet: 'user_id_already_set' },
        shaped(UpdateQualificationReply, (reply) => ({
          id: reply.qualification_session_id,
          status: readQualificationStatus(reply.status),
        })),
      ),
  };
}

function readQualification(reply: z.infer<typeof QualificationReply>): QualificationDetails {
  return {
    id: reply.qualification_session_id,
    status: readQualificationStatus(reply.status),
    email: reply.email ?? null,
    expiresAt: reply.expires_at ?? null,
    userId: reply.user_id ?? null,
    source: reply.source ?? null,
    createdAt: reply.created_at ?? null,
    lmnReviewedAt: reply.lmn_reviewed_at ?? null,
    chargeGroupCreatedAt: reply.charge_group_created_at ?? null,
    customerStatus: reply.customer_status ?? null,
    sessionType: reply.session_type ?? null,
    skusParam: reply.skus_param ?? null,
    userBusinessId: reply.user_business_id ?? null,
    eligibleAmount: reply.eligible_amount ?? null,
    fee: reply.fee ?? null,
    invoice: {
      id: reply.stripe_invoice_id ?? null,
      number: reply.stripe_invoice_number ?? null,
      paidAt: reply.stripe_invoice_paid_at ?? null,
    },
  };
}
