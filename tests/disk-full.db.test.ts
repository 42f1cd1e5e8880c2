import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { webhookInbox } from '@/db/schema/messages';
import { tick } from '@/lib/jobs/tick';
import { answerDelivery } from '@/lib/receiver/answer-delivery';
import { SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld({ TRUEMED_SIGNING_SECRETS: 'sandbox-signing-secret' });
  await world.runtime.db.execute(sql`
    create function no_space() returns trigger language plpgsql
      as $$ begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`);
});
afterEach(() => freeTheDisk());
afterAll(() => world.close());

const { attemptsOf, invoicesOf, chargesOf } = recordsOf(() => world);

/** From now on PostgreSQL refuses at the commit whatever was written to a table, with the code of a full disk. */
const fillTheDisk = (table: 'webhook_inbox' | 'charge_attempts', when = sql``) =>
  world.runtime.db.execute(sql`
    create constraint trigger no_space after insert or update on ${sql.identifier(table)} deferrable initially deferred
      for each row ${when} execute function no_space()`);

async function freeTheDisk(): Promise<void> {
  for (const table of ['webhook_inbox', 'charge_attempts'])
    await world.runtime.db.execute(sql`drop trigger if exists no_space on ${sql.identifier(table)}`);
}

async function deliver(id: string): Promise<Response> {
  const body = JSON.stringify({ webhook_delivery_id: id, event_type: 'payment_session.updated', data: {} });
  const { now } = await world.system();
  const signature = signatureHeader(['sandbox-signing-secret'], Math.floor(now.getTime() / 1000), Buffer.from(body));
  const request = new Request('http://localhost/', {
    method: 'POST',
    body,
    headers: { [SIGNATURE_HEADER]: signature },
  });
  return answerDelivery(request, () => world.as({ kind: 'system', name: 'receiver' }), world.runtime.log);
}

it('answers 503 while the disk is full, and takes the delivery when it comes again', async () => {
  await fillTheDisk('webhook_inbox');
  const refused = await deliver('dlv_disk');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await world.runtime.db.select().from(webhookInbox)).toEqual([]);
  await freeTheDisk();
  expect((await deliver('dlv_disk')).status).toBe(204);
  expect((await world.runtime.db.select().from(webhookInbox)).map(({ deliveryKey }) => deliveryKey)).toEqual([
    'signed:dlv_disk',
  ]);
});

it('charges nobody whose charge cannot be written down, and plans it when there is room again', async () => {
  const maya = await world.aCharged();
  await fillTheDisk('charge_attempts');
  await tick(await world.system()).catch(() => {});
  expect(await chargesOf(maya)).toEqual([]);
  await freeTheDisk();
  // What could not be planned waits for an hour.
  await world.advance({ hours: 1 });
  await world.settle();
  expect([await chargesOf(maya), (await invoicesOf(maya)).map(({ status }) => status)]).toMatchObject([[{}], ['paid']]);
});

it('charges once when the outcome finds no room: the same request is sent again', async () => {
  await world.truemed.addDeliveryFault({ fault: 'drop', times: 50 });
  const maya = await world.aCharged();
  await fillTheDisk('charge_attempts', sql`when (new.status in ('accepted', 'captured'))`);
  await tick(await world.system()).catch(() => {});
  expect(await chargesOf(maya)).toHaveLength(1);
  expect(await attemptsOf(maya)).toMatchObject([{ status: 'sent' }]);
  await freeTheDisk();
  await world.runtime.db.execute(sql`update charge_attempts set lease_until = null, due_at = created_at`);
  await world.settle();
  expect(await chargesOf(maya)).toHaveLength(1);
  expect(await attemptsOf(maya)).toMatchObject([{ status: 'accepted', number: 1 }]);
});
