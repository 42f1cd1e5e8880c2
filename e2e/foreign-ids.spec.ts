import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { PROJECT_FOLDER } from '@/scripts/runtime';
import { beginToMove, beginToOrder, holdOtherItems, wantTwo } from './begun';
import type { People, Person } from './people';
import { expect, refuseItems, test } from './scenario';
import { type SiteMap, walkRooms } from './site-map';

const AN_ID = /[a-z]{3}_[0-9a-hjkmnp-tv-z]{22}/g;
const CANARY = 'Zerlina Quobbax';
/** A person may send sixty forms in a minute; before that somebody else goes on. */
const FORMS_PER_INTRUDER = 50;

/** Five customers, in whose rooms everything that a customer can have is found. */
async function theOwners(people: People, sql: postgres.Sql): Promise<Person[]> {
  const paid = await people.aCustomer({ paymentToken: true, dueInDays: 2, name: CANARY });
  const stuck = await people.aCustomer({ paymentToken: true, dueInDays: 2, name: CANARY });
  const early = await people.aCustomer({ paymentToken: true, dueInDays: 20, name: CANARY });
  const ordering = await people.aCustomer({ name: CANARY });
  const moving = await people.aCustomer({ name: CANARY });
  await people.truemed.setTokenHealth({ email: stuck.email, health: 'needs_card' });
  await holdOtherItems(people, sql, early);
  await refuseItems(people, paid);
  expect(await wantTwo(people, sql, paid)).toMatchObject({ ok: false });
  await people.truemed.advance({ days: 3 });
  await expect(async () => {
    expect(await people.chargesOf(paid)).toEqual([4830]);
    const states =
      await sql`select status from invoices where subscription_id = any(${[paid, stuck].map((one) => one.subscriptionId)})`;
    expect(states.map(({ status }) => status).sort()).toEqual(['open', 'paid']);
    expect(await sql`select 1 from recovery_cases where subscription_id = ${stuck.subscriptionId}`).toHaveLength(1);
  }).toPass({ timeout: 30_000 });
  return [paid, stuck, early, ordering, moving];
}

/** Every row that names one of these ids, by table. */
async function rowsOf(sql: postgres.Sql, ids: readonly string[]): Promise<Record<string, string[]>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('rate_limits', 'sessions')`;
  const rows: Record<string, string[]> = {};
  for (const { name } of tables) {
    const found = await sql<{ row: string }[]>`
      select t::text as row from ${sql(name)} t where t::text ~ ${ids.join('|')} order by 1`;
    rows[name] = found.map(({ row }) => row);
  }
  return rows;
}

test('whatever a customer can open or send, with somebody else’s ids it is not there and changes nothing', async ({
  context,
  people,
  stack,
}) => {
  test.setTimeout(240_000);
  const sql = postgres(stack.databaseUrl, { max: 1 });
  const owners = await theOwners(people, sql);
  const request = context.request;
  const maps = new Map<Person, SiteMap>();
  let checkoutId = '';
  for (const owner of owners) {
    await people.signIn(context, owner);
    if (owner === owners.at(-1)) await beginToMove(request, owner, stack.appUrl);
    if (owner === owners.at(-2)) checkoutId = await beginToOrder(request, (await people.aPlan()).id, stack.appUrl);
    const starts = owner === owners.at(-2) ? ['/account', `/account/checkout/${checkoutId}`] : ['/account'];
    maps.set(owner, await walkRooms(request, starts));
  }
  await stack.worker.kill('SIGTERM');
  const visited = [...maps.values()].flatMap(({ pages, files }) => [...pages, ...files]);
  const requestId = visited.join(' ').match(/prq_\w{22}/)?.[0] ?? '';
  const addresses = [
    ...new Set([
      ...visited,
      `/account/hsa-fsa/${requestId}/frame`,
      `/account/hsa-fsa/${requestId}/return?outcome=success`,
      `/api/provisioning/${requestId}`,
      `/account/checkout/${checkoutId}/return?outcome=success`,
      `/api/checkout/${checkoutId}`,
      `/account/subscriptions/${owners[0]?.subscriptionId}/subscribe-again`,
    ]),
  ].filter((address) => address.match(AN_ID));
  expect(routesNotIn(addresses), 'pages with an id that nobody has walked to').toEqual([]);

  const ids = [
    ...new Set([...maps.values()].flatMap(({ pages, forms }) => JSON.stringify([pages, forms]).match(AN_ID) ?? [])),
  ];
  const before = await rowsOf(sql, ids);
  let intruder = await people.aCustomer({ paymentToken: true });
  await people.signIn(context, intruder);

  for (const address of addresses) {
    const answer = await request.get(address, { maxRedirects: 0 });
    // What is only asked for in the query of a page of one's own may be left out of it.
    const isOwnPage = !new URL(address, 'http://here').pathname.match(AN_ID);
    expect(isOwnPage ? [200, 404] : [404], address).toContain(answer.status());
    expect(await answer.text()).not.toContain(CANARY);
  }
  let sent = 0;
  for (const [owner, { forms }] of maps) {
    for (const { page, fields } of forms.filter(({ fields }) => Object.values(fields).join(' ').match(AN_ID))) {
      for (const at of new Set([page, page.replaceAll(owner.subscriptionId, intruder.subscriptionId)])) {
        if (sent > 0 && sent % FORMS_PER_INTRUDER === 0) {
          intruder = await people.aCustomer({ paymentToken: true });
          await people.signIn(context, intruder);
        }
        sent += 1;
        const answer = await request.post(at, {
          multipart: fields,
          headers: { origin: stack.appUrl },
          maxRedirects: 0,
        });
        expect(answer.status(), `${at} ${JSON.stringify(fields)}`).toBeLessThan(500);
        expect(await answer.text()).not.toContain(CANARY);
      }
    }
  }
  expect(sent).toBeGreaterThan(40);
  expect((await request.get('/account', { maxRedirects: 0 })).status(), 'still signed in').toBe(200);
  expect(await rowsOf(sql, ids)).toEqual(before);

  // The forms are alive: sent by their owner, one of them does what it says.
  const [owner] = owners;
  const skip =
    owner && maps.get(owner)?.forms.find(({ page, fields }) => page.endsWith('/skip') && fields.subscriptionId);
  if (owner === undefined || skip === undefined) throw new Error('Nobody could skip an order.');
  await people.signIn(context, owner);
  await request.post(skip.page, { multipart: skip.fields, headers: { origin: stack.appUrl }, maxRedirects: 0 });
  expect(await rowsOf(sql, ids)).not.toEqual(before);
  stack.worker.start();
  await sql.end();
});

test('an address that never was one is not there, and says nothing else', async ({ context, people }) => {
  await people.signIn(context, await people.aCustomer());
  for (const id of [
    'sub_0000000000000000000000',
    'inv_1',
    '%00',
    '..%2f..%2fadmin',
    'sub_'.padEnd(3000, 'a'),
    "sub_'--",
    '💊',
  ]) {
    for (const room of ['subscriptions', 'orders', 'hsa-fsa']) {
      const answer = await context.request.get(`/account/${room}/${id}`, { maxRedirects: 0 });
      expect([400, 404], `/account/${room}/${id}`).toContain(answer.status());
    }
  }
});

/** The pages and routes of the customer's rooms that have an id and fit none of these addresses. */
function routesNotIn(addresses: readonly string[]): string[] {
  const paths = addresses.map((address) => new URL(address, 'http://here').pathname);
  return readdirSync(join(PROJECT_FOLDER, 'app/account'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
    .map((file) => `/account/${file.replace(/\/?(page\.tsx|route\.ts)$/, '')}`)
    .filter((route) => route.includes('['))
    .filter((route) => {
      const fits = new RegExp(`^${route.replaceAll(/\[\w+\]/g, '[^/]+')}$`);
      return !paths.some((path) => fits.test(path));
    });
}
