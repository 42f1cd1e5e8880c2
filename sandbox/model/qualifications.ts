import { newUuid } from '../ids';
import { magicOf } from '../magic-values';
import type { QualificationSession } from '../records';
import type { EmitMode } from '../webhooks/dispatcher';
import type { World } from '../world';
import { lostOr } from './completion';
import { newLetterExpiry } from './tokens';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a link says that a session starts from. `user_id` and `source` are documented (section 7.8), the others ASSUMED. */
export interface QualificationLink {
  user_id: string | null;
  source: string | null;
  skus: readonly string[] | null;
  success_url: string | null;
  failure_url: string | null;
}

/** What the survey came to, and whose it was. */
export interface SurveyTaken {
  email: string;
  name: string;
  outcome: 'qualifies' | 'ineligible' | 'reviewed_later';
}

/** The session that a link leads to: that of a user who holds a letter (a switch), or a new one. */
export function startQualification(world: World, link: QualificationLink): QualificationSession {
  const held = world.switches.values.reuseQualifications ? heldBy(world, link) : undefined;
  if (held !== undefined) return held;
  return world.store.qualifications.put({
    ...link,
    id: `qs_${newUuid()}`,
    status: 'pending',
    created_at: world.clock.nowIso(),
    email: null,
    name: null,
    metadata: null,
    review_ends_at: null,
    lmn_reviewed_at: null,
    expires_at: null,
  });
}

/** Ends the customer's part of a session: with an outcome, or in a review. Tags of the e-mail decide first. Returns the ids of the events. */
export function submitQualification(
  world: World,
  session: QualificationSession,
  { email, name, outcome }: SurveyTaken,
  emit: EmitMode,
): string[] {
  const known = { ...session, email: email.toLowerCase(), name };
  if (outcome === 'ineligible' || magicOf(email, 'ineligible') !== null) {
    return [end(world, known, 'rejected', emit)];
  }
  const hours = magicOf(email, 'slow_review');
  if (hours === null && outcome === 'qualifies' && magicOf(email, 'survey_fail') === null) {
    return [end(world, known, 'approved', emit)];
  }
  const review_ends_at = hours === null ? null : new Date(world.clock.now().getTime() + hours * HOUR_MS).toISOString();
  world.store.qualifications.put({ ...known, status: 'processing', review_ends_at });
  // Without a time and without somebody to decide it, a refusal by tag is one at once.
  return outcome === 'qualifies' && hours === null ? decideQualification(world, session.id, undefined, emit) : [];
}

/** Ends a review, by hand or because its time is over. Returns the ids of the events: none where nothing is under review. */
export function decideQualification(
  world: World,
  id: string,
  outcome?: 'approve' | 'reject',
  emit: EmitMode = lostOr(world, 'send'),
): string[] {
  const session = world.store.qualifications.get(id);
  if (session?.status !== 'processing') return [];
  const fails = magicOf(session.email ?? '', 'survey_fail') !== null;
  const status = (outcome ?? (fails ? 'reject' : 'approve')) === 'approve' ? 'approved' : 'rejected';
  return [end(world, session, status, emit)];
}

/** A session as the API answers it. What only a real merchant account has is null. */
export function qualificationView({ switches }: World, session: QualificationSession): Record<string, unknown> {
  const first = qualificationEventData(session);
  if (switches.values.qualificationFields === 'first') return first;
  return {
    ...first,
    charge_group_created_at: null,
    created_at: session.created_at,
    customer_status: null,
    eligible_amount: null,
    fee: null,
    lmn_reviewed_at: session.lmn_reviewed_at,
    session_type: null,
    skus_param: session.skus?.join(',') ?? null,
    stripe_invoice_id: null,
    stripe_invoice_number: null,
    stripe_invoice_paid_at: null,
    user_business_id: null,
  };
}

/** The payload of the qualification event (section 7.8). */
export function qualificationEventData(session: QualificationSession): Record<string, unknown> {
  const { id, status, email, expires_at, user_id, source } = session;
  return { qualification_session_id: id, status, email, expires_at, user_id, source };
}

/** Where the customer takes the survey. */
export function qualificationPath(session: Pick<QualificationSession, 'id'>): string {
  return `/qualify/${session.id}`;
}

/** The end of a session, told once. A letter lasts 12 months, or as long as a tag says (section 5.8). */
function end(world: World, session: QualificationSession, status: 'approved' | 'rejected', emit: EmitMode): string {
  const days = magicOf(session.email ?? '', 'lmn_expires_in');
  const expiry =
    days === null ? newLetterExpiry(world) : new Date(world.clock.now().getTime() + days * DAY_MS).toISOString();
  const ended = world.store.qualifications.put({
    ...session,
    status,
    review_ends_at: null,
    lmn_reviewed_at: world.clock.nowIso(),
    expires_at: status === 'approved' ? expiry : null,
  });
  return world.webhooks.emit('qualification_session.updated', qualificationEventData(ended), emit).id;
}

/** The newest session of a user whose letter is good and covers these items. */
function heldBy({ store, clock }: World, { user_id, skus }: QualificationLink): QualificationSession | undefined {
  if (user_id === null) return undefined;
  return store.qualifications
    .find('user', user_id)
    .findLast(
      (session) =>
        session.status === 'approved' &&
        session.expires_at !== null &&
        session.expires_at > clock.nowIso() &&
        (session.skus === null || (skus?.every((sku) => session.skus?.includes(sku)) ?? false)),
    );
}
