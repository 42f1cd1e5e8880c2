import { OPERATIONS } from '../api/operations';
import { aCheckout, aProvision, requestPath, SESSION, sessionPath, TOKEN, TOKENS, tokenPath } from './bodies';
import { A_TEXT, A_UUID, AN_INSTANT, anywhere, type Check, facts, holds, inSandbox } from './check';
import { FACTS } from './facts';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const DOCUMENTED_IDS = new Set(FACTS.map(({ id }) => id));
const exampleOf = (path: string) => path.replace('{}', UNKNOWN_ID);

/** What every endpoint has in common: the key, the method, the body, and the errors that are listed for each of them. */
export const DOOR_CHECKS: readonly Check[] = [
  anywhere(
    'reads',
    'a missing or wrong key is refused',
    facts('everything', 'request', 'x-truemed-api-key'),
    async ({ api }) => {
      for (const key of [null, 'not-a-key']) {
        const { status } = await api.call('GET', TOKENS, { key });
        holds(status === 401 || status === 403, true, `the refusal of ${key} (${status})`);
      }
    },
  ),
  anywhere('reads', 'an unknown path is answered 404', facts('everything', 'error', 'NotFound'), async ({ api }) => {
    holds(await api.get('/api/v1/nothing_of_the_kind'), { status: 404 });
  }),
  anywhere(
    'reads',
    'a body that is not a JSON object is refused with the code for invalid values',
    facts('everything', 'rule', 'a body that is not a JSON object is refused'),
    async ({ api }) => {
      for (const body of ['{"total_amount":', '[]', '"text"']) {
        holds(await api.call('POST', SESSION, { body }), { status: 400, body: { error: A_TEXT, message: A_TEXT } });
      }
    },
  ),
  anywhere(
    'writes',
    'fields that are not known are ignored',
    facts('everything', 'rule', 'fields that are not known are ignored'),
    async ({ api, fresh }) => {
      holds(await api.post(TOKEN, aProvision(fresh(), { order_id: 'their own' })), { status: 200 });
    },
  ),
  anywhere(
    'reads',
    'the path of a provision token request is not read as a token',
    facts('everything', 'rule', 'a path with an id gives way to a literal one'),
    async ({ api }) => {
      holds(await api.get(requestPath(UNKNOWN_ID)), { status: 404 });
      holds(await api.call('DELETE', tokenPath('create')), { status: 405 });
    },
  ),
  anywhere(
    'writes',
    'ids are UUIDs and instants are ISO 8601 in UTC',
    facts('everything', 'rule', 'ids are UUIDs, instants are ISO 8601 in UTC'),
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      holds(body.id, A_UUID, 'the id');
      holds((await api.get(sessionPath(body.id))).body.created_at, AN_INSTANT, 'created_at');
    },
  ),
  ...OPERATIONS.map(({ name, path, method }) =>
    anywhere(
      'reads',
      `${name} has its method and no other`,
      facts(name, 'error', 'MethodNotAllowed'),
      async ({ api }) => {
        const wrong = await api.call(method === 'GET' ? 'DELETE' : 'PUT', exampleOf(path), { body: '{}' });
        holds(wrong, { status: 405, body: { error: 'MethodNotAllowed', message: A_TEXT } });
      },
    ),
  ),
  ...OPERATIONS.flatMap(({ name, path, method }) =>
    listedErrors(name).map(([fact, fault, status, error]) =>
      inSandbox(`${name} answers ${fact} when it is scripted`, facts(name, 'error', fact), async ({ api, control }) => {
        await control.addFault({ match: { operation: name }, fault });
        const answer = await api.call(method, exampleOf(path), method === 'POST' ? { body: '{}' } : {});
        holds(answer, { status, body: { error, message: A_TEXT } });
      }),
    ),
  ),
];

type Scripted = Parameters<Parameters<Check['runInSandbox']>[0]['control']['addFault']>[0]['fault'];

/** The errors without a body of their own that the pages list for every endpoint, and `ServerError` where it is a 400. */
function listedErrors(operation: string): [fact: string, fault: Scripted, status: number, error: string][] {
  const scripted = (status: number, error: string): [string, Scripted, number, string] => [
    String(status),
    { status, body: { error, message: `${error}, as it was scripted.` } },
    status,
    error,
  ];
  const all: [string, Scripted, number, string][] = [
    scripted(404, 'NotFound'),
    ['500', '500', 500, 'ServerError'],
    scripted(501, 'NotImplemented'),
    ['ServerError', 'ServerError', 400, 'ServerError'],
  ];
  return all.filter(([fact]) => DOCUMENTED_IDS.has(`${operation} error ${fact}`));
}
