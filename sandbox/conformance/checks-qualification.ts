import { envelopes, sendForm } from '../test-forms';
import { A_COUNT, A_TEXT, anywhere, type Check, type CheckWorld, facts, type Hands, holds, inSandbox } from './check';

const LIST = '/api/v1/qualification_sessions';
const UNKNOWN_ID = 'qs_00000000-0000-4000-8000-000000000000';
const sessionAt = (id: unknown, verb = '') => `/api/v1/qualification_session/${id}${verb}`;

/** Follows a merchant's link, as a customer does, and answers the id of the session that it starts. */
async function start({ url }: Hands, query: string): Promise<string> {
  const { headers } = await fetch(`${url}/qualify?${query}`, { redirect: 'manual' });
  return (headers.get('location') ?? '').replace('/qualify/', '');
}

async function takeSurvey({ url, control }: Hands, id: string, outcome: string): Promise<void> {
  await sendForm(`${url}/qualify/${id}`, {
    name: 'Ada Park',
    email: `${outcome}@example.com`,
    state: 'CA',
    outcome,
    action: 'continue',
  });
  await control.settle();
}

async function listed({ api }: CheckWorld, query: string): Promise<unknown> {
  const { body } = await api.get(`${LIST}?${query}`);
  const rows = Array.isArray(body.qualification_sessions) ? body.qualification_sessions : [];
  return rows.map((row) => row.qualification_session_id);
}

const told = (...names: string[]) => facts('qualification_session.updated', 'answer', ...names);
const retrieved = (...names: string[]) => facts('retrieveQualificationSession', 'answer', ...names);
const asked = (...names: string[]) => facts('listQualificationSessions', 'request', ...names);
const updated = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('updateQualificationSession', kind, ...names);
const FIELDS = ['qualification_session_id', 'status', 'email', 'expires_at', 'source', 'user_id'] as const;

const NEWER_FIELDS = [
  'charge_group_created_at',
  'created_at',
  'customer_status',
  'eligible_amount',
  'fee',
  'lmn_reviewed_at',
  'session_type',
  'skus_param',
  'stripe_invoice_id',
  'stripe_invoice_number',
  'stripe_invoice_paid_at',
  'user_business_id',
] as const;

/** Qualification sessions (sections 7.8 and 8). */
export const QUALIFICATION_CHECKS: readonly Check[] = [
  inSandbox(
    'a qualification session starts from a link with user_id and source, and its end is told once with all its fields',
    [
      ...retrieved(...FIELDS, ...NEWER_FIELDS),
      ...told(...FIELDS),
      ...facts('retrieveQualificationSession', 'request', 'qualification_session_id'),
      ...facts('retrieveQualificationSession', 'rule', 'it starts from a link with user_id and source'),
      ...facts('qualification_session.updated', 'rule', 'once for each session, on approved or rejected'),
    ],
    async (world) => {
      await world.control.moveClock({ mode: 'manual', to: '2030-01-31T12:00:00.000Z' });
      const id = await start(world, 'user_id=cus_1&source=newsletter');
      const pending = { qualification_session_id: id, status: 'pending', email: null, expires_at: null };
      holds(await world.api.get(sessionAt(id)), { status: 200, body: { ...pending, user_id: 'cus_1' } });
      await takeSurvey(world, id, 'qualifies');
      const approved = {
        qualification_session_id: id,
        status: 'approved',
        email: 'qualifies@example.com',
        expires_at: '2031-01-31T12:00:00.000Z',
        source: 'newsletter',
        user_id: 'cus_1',
      };
      const { status, body } = await world.api.get(sessionAt(id));
      holds({ status, body }, { status: 200, body: approved });
      holds(
        NEWER_FIELDS.filter((name) => !(name in body)),
        [],
        'the fields of the newer revision that are missing',
      );
      holds(envelopes(world.receiver), [{ event_type: 'qualification_session.updated', data: approved }]);
    },
  ),
  inSandbox(
    'a session under review is processing and not told of; one that is refused is rejected and has no letter',
    facts('retrieveQualificationSession', 'rule', 'pending, processing, approved and rejected'),
    async (world) => {
      const id = await start(world, 'source=newsletter');
      await takeSurvey(world, id, 'reviewed_later');
      holds((await world.api.get(sessionAt(id))).body.status, 'processing', 'the status');
      holds(envelopes(world.receiver), []);
      await world.control.reviewQualification({ qualification_session_id: id, outcome: 'reject' });
      await world.control.settle();
      holds(envelopes(world.receiver), [{ data: { status: 'rejected', expires_at: null, user_id: null } }]);
    },
  ),
  anywhere(
    'reads',
    'an unknown qualification session is answered 404',
    [...facts('retrieveQualificationSession', 'error', 'NotFound'), ...updated('error', 'NotFound')],
    async ({ api }) => {
      holds(await api.get(sessionAt(UNKNOWN_ID)), { status: 404 });
      holds(await api.post(sessionAt(UNKNOWN_ID, '/update'), { idempotency_key: 'k1' }), { status: 404 });
    },
  ),
  anywhere(
    'reads',
    'qualification sessions are listed with where the page stands',
    facts('listQualificationSessions', 'answer', 'qualification_sessions', 'pagination'),
    async ({ api }) => {
      const { status, body } = await api.get(`${LIST}?page_size=5`);
      holds(status, 200, 'the status');
      holds(Array.isArray(body.qualification_sessions), true, 'that qualification_sessions is a list');
      holds(body.pagination, { count: A_COUNT, current_page: 1, last_page: A_COUNT, page_size: 5 }, 'pagination');
    },
  ),
  anywhere(
    'reads',
    'a qualification list with a status or a date that is none is a ValidationError',
    facts('listQualificationSessions', 'error', 'ValidationError'),
    async ({ api }) => {
      const wrong = { status: 400, body: { error: 'ValidationError', message: A_TEXT } };
      for (const query of ['status=nothing', 'expires_at=tomorrow']) holds(await api.get(`${LIST}?${query}`), wrong);
    },
  ),
  inSandbox(
    'qualification sessions are found by page, user, status, date and text, 30 for a page',
    asked('page', 'page_size', 'user_id', 'status', 'expires_at', 'search'),
    async (world) => {
      await world.control.moveClock({ mode: 'manual', to: '2030-01-31T12:00:00.000Z' });
      const first = await start(world, 'user_id=cus_1');
      await takeSurvey(world, first, 'qualifies');
      const second = await start(world, 'user_id=cus_2&source=newsletter');
      holds((await world.api.get(LIST)).body.pagination, { count: 2, page_size: 30 }, 'pagination');
      holds(await listed(world, 'page=2&page_size=1'), [first], 'the second page');
      holds(await listed(world, 'user_id=cus_2'), [second], 'those of one user');
      holds(await listed(world, 'status=approved'), [first], 'those that are approved');
      holds(await listed(world, 'status=pending,approved'), [second, first], 'those of two statuses');
      holds(await listed(world, 'expires_at=2031-01-31'), [first], 'those whose letter ends that day');
      holds(await listed(world, 'search=QUALIFIES'), [first], 'those with that e-mail');
    },
  ),
  inSandbox(
    'an update sets user_id while there is none, metadata and addresses, and answers the status',
    [
      ...updated(
        'request',
        'qualification_session_id',
        'idempotency_key',
        'user_id',
        'metadata',
        'success_url',
        'failure_url',
      ),
      ...updated('answer', 'qualification_session_id', 'status'),
      ...updated('error', 'user_id_already_set'),
    ],
    async (world) => {
      const id = await start(world, 'source=newsletter');
      const change = {
        user_id: 'cus_1',
        metadata: '{"order":7}',
        success_url: 'https://shop.example/done',
        failure_url: 'https://shop.example/stopped',
      };
      const answer = await world.api.post(sessionAt(id, '/update'), { idempotency_key: 'k1', ...change });
      holds(answer, { status: 200, body: { qualification_session_id: id, status: 'pending' } });
      holds((await world.control.table('qualifications')).rows, [change], 'the session');
      const again = await world.api.post(sessionAt(id, '/update'), { idempotency_key: 'k2', user_id: 'cus_2' });
      holds(again, { status: 409, body: { error: 'user_id_already_set', message: A_TEXT } });
    },
  ),
  inSandbox(
    'a key of an update gets its first answer again, and a ValidationError with another body',
    [...updated('rule', 'the same key gives the first answer'), ...updated('error', 'ValidationError')],
    async (world) => {
      const id = await start(world, 'source=newsletter');
      const update = (body: object) => world.api.post(sessionAt(id, '/update'), { idempotency_key: 'k1', ...body });
      holds(await update({ user_id: 'cus_1' }), { status: 200, body: { status: 'pending' } });
      await takeSurvey(world, id, 'qualifies');
      holds(await update({ user_id: 'cus_1' }), { status: 200, body: { status: 'pending' } });
      holds(await update({ user_id: 'cus_2' }), { status: 400, body: { error: 'ValidationError', message: A_TEXT } });
    },
  ),
];
