import { z } from 'zod';
import { QUALIFICATION_STATUSES, type QualificationStatus } from '@/lib/truemed/qualification-schemas';
import { qualificationView } from '../model/qualifications';
import type { QualificationSession } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { Id, readFields, Text, TOKEN_CODES, WebUrl } from './fields';
import { answerOnce } from './idempotency';
import { PageFields, pageOf } from './pages';

const Status = z.enum(QUALIFICATION_STATUSES, `must be one of ${QUALIFICATION_STATUSES.join(', ')}`);
const Statuses = z
  .string()
  .transform((list) => list.split(',').map((status) => status.trim()))
  .pipe(z.array(Status));

const Filters = {
  ...PageFields,
  user_id: z.string().optional(),
  expires_at: z.iso.date('must be YYYY-MM-DD').optional(),
  search: z.string().optional(),
};
const Query = z.object({ ...Filters, status: Status.transform((status) => [status]).optional() });
const ListQuery = z.object({ ...Filters, status: Statuses.optional() });

const Change = z.looseObject({
  idempotency_key: Id,
  user_id: Text.nullish(),
  metadata: z.string('must be a JSON-encoded string').nullish(),
  success_url: WebUrl.nullish(),
  failure_url: WebUrl.nullish(),
});

/** Retrieve qualification session (section 8); 404 for an unknown id is ASSUMED. */
export function retrieveQualificationSession({ world, id }: ApiCall): ApiAnswer {
  const session = world.store.qualifications.get(id);
  return session === undefined ? unknownSession() : { status: 200, body: qualificationView(world, session) };
}

/** List qualification sessions (section 8), newest first (ASSUMED; documented is "sorted by created_at"). */
export function listQualificationSessions({ world, query }: ApiCall): ApiAnswer {
  const schema = world.switches.values.qualificationStatusList ? ListQuery : Query;
  const fields = readFields(Object.fromEntries(query), schema, [], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const { page: _, page_size: _size, ...filters } = fields.value;
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  const fits = (session: QualificationSession) => matches(session, filters);
  const { rows, pagination } = pageOf(world.store.qualifications, fields.value, isFiltered ? fits : null);
  return {
    status: 200,
    body: { qualification_sessions: rows.map((session) => qualificationView(world, session)), pagination },
  };
}

/**
 * Update qualification session (section 8): what is given changes, the status never does. A key belongs to one session; with
 * another body it is a `ValidationError`. `user_id` is set only while there is none, even to the same value (ASSUMED).
 */
export function updateQualificationSession(call: ApiCall): ApiAnswer {
  const fields = readFields(call.body, Change, ['idempotency_key'], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const update = () => change(call.world, call.id, fields.value);
  return answerOnce(call, 'updateQualificationSession', update, TOKEN_CODES.invalid);
}

function change(world: World, id: string, given: z.infer<typeof Change>): ApiAnswer {
  const session = world.store.qualifications.get(id);
  if (session === undefined) return unknownSession();
  if (given.user_id != null && session.user_id !== null) {
    return refuse(
      409,
      'user_id_already_set',
      'This qualification session has a user_id, which cannot be changed here.',
    );
  }
  world.store.qualifications.put({
    ...session,
    user_id: given.user_id ?? session.user_id,
    metadata: given.metadata ?? session.metadata,
    success_url: given.success_url ?? session.success_url,
    failure_url: given.failure_url ?? session.failure_url,
  });
  return { status: 200, body: { qualification_session_id: id, status: session.status } };
}

function matches(
  session: QualificationSession,
  query: Omit<z.infer<typeof Query>, 'page' | 'page_size' | 'status'> & { status?: QualificationStatus[] | undefined },
): boolean {
  const { user_id, status, expires_at, search } = query;
  const texts = [session.name, session.email, session.user_id, session.source];
  const wanted = search?.toLowerCase() ?? '';
  return (
    (user_id === undefined || session.user_id === user_id) &&
    (status === undefined || status.includes(session.status)) &&
    (expires_at === undefined || session.expires_at?.slice(0, 10) === expires_at) &&
    (wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted)))
  );
}

function unknownSession(): ApiAnswer {
  return refuse(404, 'NotFound', 'This qualification session does not exist.');
}
