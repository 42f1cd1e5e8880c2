import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import { aDatabase } from '@/db/testing';
import { type Context, contextFor, openRuntime, type Runtime } from '@/lib/context';
import { localDate } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { chargeInstant } from '@/lib/core/subscription';
import { readEnv } from '@/lib/env';
import { type TickCounts, tick } from '@/lib/jobs/tick';
import { receiveWebhook } from '@/lib/services/receive-webhook';
import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import { startSandbox } from '@/sandbox/server';

/** A subscriber of the shop in a test. */
export interface Subscriber {
  customerId: Id<'customer'>;
  subscriptionId: Id<'subscription'>;
  email: string;
  principal: Principal;
}

/** What a test says of a subscriber; the rest is a monthly $48.30 order billed elsewhere. */
export interface SubscriberFacts {
  email?: string;
  nextChargeOn?: string;
  anchorDate?: string;
  timeZone?: string;
  unit?: 'day' | 'week' | 'month' | 'year';
  /** A payment token makes the subscription `hsa_fsa`, and Truemed knows the token. */
  paymentToken?: string;
  /** Another subscription of a customer who is there already. */
  customerId?: Id<'customer'>;
}

/** A whole deployment in one process: real PostgreSQL, the sandbox over HTTP with its clock and mailbox, our receiver. */
export interface TestWorld {
  truemed: SandboxControl;
  runtime: Runtime;
  /** The statuses that our receiver answered, in order. */
  received: number[];
  as(principal: Principal): Promise<Context>;
  system(): Promise<Context>;
  /** Lets Truemed finish what it has under way, then ticks until nothing is due; returns the first tick's counts. */
  settle(): Promise<TickCounts>;
  advance(step: { days?: number; hours?: number; minutes?: number; seconds?: number }): Promise<void>;
  aSubscriber(facts?: SubscriberFacts): Promise<Subscriber>;
  /** One on an HSA/FSA card, whose charge of today is due. */
  aCharged(facts?: SubscriberFacts): Promise<Subscriber>;
  aStaffMember(): Principal;
  close(): Promise<void>;
}

/** The day on which every test world begins, at 09:00 in New York. */
export const FIRST_DAY = '2027-01-12';

/** Starts a world. `settings` are variables of contract.md. */
export async function aWorld(settings: Record<string, string> = {}): Promise<TestWorld> {
  const database = await aDatabase();
  const receiver = createServer();
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const receiverUrl = `http://127.0.0.1:${portOf(receiver)}/api/webhooks/truemed`;
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, data: 'memory', webhookUrls: [receiverUrl] });
  const truemed = createSandboxControl(sandbox.url);
  await truemed.reset();
  await truemed.moveClock({ mode: 'manual', to: `${FIRST_DAY}T14:00:00.000Z` });
  await truemed.setSwitches({ captureDelayMs: 0 });
  const runtime = openRuntime(
    readEnv({
      DATABASE_URL: database.url,
      APP_ENV: 'test',
      APP_URL: 'http://localhost:3000',
      AUTH_SECRET: 'a secret of the tests that is long enough',
      VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      TRUEMED_API_URL: sandbox.url,
      TRUEMED_API_KEY: 'sandbox-key',
      TRUEMED_MAX_RPS: '1000',
      SMTP_URL: `smtp://localhost:${sandbox.smtpPort}`,
      CLOCK_URL: `${sandbox.url}/__sandbox/clock`,
      ...settings,
    }),
    { poolSize: 8, logLevel: 'silent' },
  );
  const received: number[] = [];
  receive(receiver, runtime, received);
  const as = (principal: Principal) => contextFor(runtime, principal);
  const world: TestWorld = {
    truemed,
    runtime,
    received,
    as,
    system: () => as({ kind: 'system', name: 'worker' }),
    settle: () => settle(world),
    advance: async (step) => {
      await truemed.advance(step);
    },
    aSubscriber: (facts = {}) => aSubscriber(world, facts),
    aCharged: (facts = {}) =>
      aSubscriber(world, { nextChargeOn: FIRST_DAY, paymentToken: `pt_${newId('paymentToken')}`, ...facts }),
    aStaffMember: () => ({ kind: 'staff', staffId: newId('staff'), role: 'owner', email: 'owner@alderhealth.example' }),
    close: async () => {
      await sandbox.close();
      receiver.closeAllConnections();
      receiver.close();
      await runtime.close();
      await database.drop();
    },
  };
  return world;
}

async function settle(world: TestWorld): Promise<TickCounts> {
  await world.truemed.settle();
  const first = await tick(await world.system());
  for (let rounds = 0; rounds < 20; rounds += 1) {
    await world.truemed.settle();
    const counts = await tick(await world.system());
    if (Object.values(counts).every((count) => count === 0)) return first;
  }
  throw new Error('The world does not come to rest.');
}

function receive(server: Server, runtime: Runtime, received: number[]): void {
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const ctx = await contextFor(runtime, { kind: 'system', name: 'receiver' });
    const receipt = await receiveWebhook(ctx, { headers, body: Buffer.concat(chunks) });
    const status = receipt.kind === 'unauthorized' ? 401 : receipt.kind === 'not_an_envelope' ? 400 : 204;
    received.push(status);
    response.writeHead(status).end();
  });
}

async function aSubscriber(world: TestWorld, facts: SubscriberFacts): Promise<Subscriber> {
  const { now, db, vault, env } = await world.system();
  const customerId = facts.customerId ?? newId('customer');
  const subscriptionId = newId('subscription');
  const email = facts.email ?? `${customerId}@example.com`;
  if (facts.customerId === undefined) {
    await db
      .insert(customers)
      .values({ id: customerId, email, name: 'Maya Okafor', state: 'CA', createdAt: now, updatedAt: now });
  }
  const nextChargeOn = localDate(facts.nextChargeOn ?? '2027-02-03');
  const timeZone = facts.timeZone ?? 'America/New_York';
  await db.insert(subscriptions).values({
    id: subscriptionId,
    externalId: subscriptionId,
    customerId,
    status: 'active',
    billingMethod: facts.paymentToken === undefined ? 'external' : 'hsa_fsa',
    intervalUnit: facts.unit ?? 'month',
    intervalCount: 1,
    anchorDate: localDate(facts.anchorDate ?? nextChargeOn),
    timeZone,
    nextChargeOn,
    nextChargeAt:
      facts.paymentToken === undefined ? null : chargeInstant(nextChargeOn, timeZone, env.merchant.billingHour),
    shippingCents: 500,
    taxCents: 330,
    discountCents: 900,
    createdAt: now,
    updatedAt: now,
  });
  await db.insert(subscriptionItems).values({
    id: newId('item'),
    subscriptionId,
    position: 0,
    sku: 'DAILY',
    name: 'Daily Essentials',
    quantity: 1,
    unitPriceCents: 4900,
  });
  if (facts.paymentToken !== undefined) {
    const id = newId('paymentToken');
    await world.truemed.seedToken({ email, name: 'Maya Okafor', payment_token: facts.paymentToken });
    await db.insert(paymentTokens).values({
      id,
      customerId,
      status: 'live',
      source: 'import',
      token: vault.seal(facts.paymentToken, `payment_tokens.token:${id}`),
      tokenLookup: vault.lookup(facts.paymentToken),
      createdAt: now,
    });
  }
  return { customerId, subscriptionId, email, principal: { kind: 'customer', customerId } };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
