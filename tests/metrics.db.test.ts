import { afterAll, beforeAll, expect, it } from 'vitest';
import { GET } from '@/app/api/metrics/route';
import type { Runtime } from '@/lib/context';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
/** Where the web process keeps its runtime. */
const web = globalThis as typeof globalThis & { perennialRuntime?: Runtime };

beforeAll(async () => {
  world = await aWorld({ METRICS_TOKEN: 'a token of the metrics' });
  web.perennialRuntime = world.runtime;
});
afterAll(async () => {
  delete web.perennialRuntime;
  await world.close();
});

const asked = (headers: Record<string, string>) => GET(new Request('http://localhost:3000/api/metrics', { headers }));

it('Prometheus reads how the engine stands with its token, and is kept out without', async () => {
  const answer = await asked({ authorization: 'Bearer a token of the metrics' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
  expect(await answer.text()).toContain('perennial_due{queue="renewals"} 0\n');
  const refused = await asked({ authorization: 'Bearer another' });
  expect([refused.status, await refused.text()]).toEqual([401, '']);
  expect((await asked({})).status).toBe(401);
});

it('there is no such page where no token is set', async () => {
  const { env, ...others } = world.runtime;
  web.perennialRuntime = { ...others, env: { ...env, metricsToken: null } };
  expect((await asked({ authorization: 'Bearer null' })).status).toBe(404);
});
