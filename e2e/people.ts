import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BrowserContext } from '@playwright/test';
import { eq } from 'drizzle-orm';
import { customers, sessions, staff, users } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import { hashOfSession, newSessionToken, sessionCookie } from '@/lib/auth/session-cookie';
import { type Context, contextFor, openRuntime, type Runtime } from '@/lib/context';
import { addDays, localDateAt } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import { readEnv } from '@/lib/env';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { offerPlan } from '@/lib/services/offer-plan';
import { setPrice } from '@/lib/services/set-price';
import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import type { Stack } from './stack';

/** One customer of a scenario, with one subscription of $48.30 a month. */
export interface Person {
  email: string;
  customerId: Id<'customer'>;
  subscriptionId: Id<'subscription'>;
}

/** The people of a scenario: they come in through the import, as the shop's own do, and have a session without clicking. */
export interface People {
  truemed: SandboxControl;
  /** A customer whose subscription is billed elsewhere, or by us where a payment token is given. Due in `dueInDays`. */
  aCustomer(facts?: { paymentToken?: boolean; dueInDays?: number; name?: string }): Promise<Person>;
  /** A plan of a name of its own, $19.50 each and $5.95 shipping, every month or every two. */
  aPlan(facts?: { trialDays?: number }): Promise<{ id: string; name: string; priceId: Id<'price'> }>;
  /** What a customer's verbs are called with, to bring about what a scenario begins with. */
  as(person: Person): Promise<Context>;
  signIn(browser: BrowserContext, person: { email: string }): Promise<void>;
  signInAsStaff(browser: BrowserContext, role: 'owner' | 'viewer'): Promise<void>;
  /** The customer's captured charges in Truemed's own ledger. */
  chargesOf(person: { email: string }): Promise<number[]>;
  close(): Promise<void>;
}

/** Opens the people of one running Perennial. */
export function openPeople(stack: Stack): People {
  const runtime = openRuntime(readEnv({ ...stack.settings }), { poolSize: 2, logLevel: 'silent' });
  const truemed = createSandboxControl(stack.sandboxUrl);
  return {
    truemed,
    aCustomer: (facts = {}) => aCustomer(runtime, truemed, facts),
    aPlan: (facts = {}) => aPlan(runtime, facts),
    as: async ({ customerId }) => contextFor(runtime, { kind: 'customer', customerId }),
    signIn: (browser, { email }) => startSession(runtime, browser, email),
    signInAsStaff: async (browser, role) => {
      const email = `${role}-${randomUUID()}@alderhealth.example`;
      await runtime.db.insert(staff).values({ id: newId('staff'), email, role, createdAt: new Date() });
      await startSession(runtime, browser, email);
    },
    chargesOf: async ({ email }) => {
      const mine = new Set((await truemed.state(email)).sessions.map((session) => session.id));
      return (await truemed.ledger()).charges
        .filter((charge) => mine.has(charge.session_id))
        .map((charge) => charge.amount);
    },
    close: () => runtime.close(),
  };
}

async function aCustomer(
  runtime: Runtime,
  truemed: SandboxControl,
  facts: { paymentToken?: boolean; dueInDays?: number; name?: string },
): Promise<Person> {
  const ctx = await contextFor(runtime, { kind: 'system', name: 'import' });
  const key = randomUUID().slice(0, 8);
  const email = `maya-${key}@example.com`;
  const name = facts.name ?? 'Maya Okafor';
  const paymentToken = facts.paymentToken ? `pt_e2e_${key}` : '';
  if (paymentToken !== '') await truemed.seedToken({ email, name, payment_token: paymentToken });
  const dueOn = addDays(localDateAt(ctx.now, 'America/New_York'), facts.dueInDays ?? 12);
  const file = [
    'subscription_id,email,name,state,time_zone,sku,item_name,quantity,unit_price_cents,shipping_cents,tax_cents,discount_cents,interval_unit,interval_count,next_charge_on,billing,payment_token',
    `AH-${key},${email},${name},CA,America/New_York,DAILY,Daily Essentials,1,4900,500,330,900,month,1,${dueOn},${paymentToken === '' ? 'external' : 'hsa_fsa'},${paymentToken}`,
  ].join('\n');
  const outcome = await importSubscribers(ctx, {
    fileName: 'e2e.csv',
    bytes: Readable.from([Buffer.from(file)]),
    isDryRun: false,
  });
  if (outcome.kind !== 'imported' || outcome.created !== 1)
    throw new Error(`The import refused: ${JSON.stringify(outcome)}`);
  const [row] = await runtime.db
    .select({ id: subscriptions.id, customerId: customers.id })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.id, subscriptions.customerId))
    .where(eq(customers.email, email));
  if (row === undefined) throw new Error('The imported subscription is not there.');
  return { email, customerId: row.customerId, subscriptionId: row.id };
}

async function aPlan(
  runtime: Runtime,
  facts: { trialDays?: number },
): Promise<{ id: string; name: string; priceId: Id<'price'> }> {
  const ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
  const sku = `PLAN-${randomUUID().slice(0, 8)}`;
  const name = `Magnesium ${sku}`;
  const { planId, priceId } = await setPrice(ctx, { sku, name, unitPriceCents: 1950 });
  const intervals = [
    { unit: 'month', count: 1 },
    { unit: 'month', count: 2 },
  ] as const;
  const terms = { description: 'One bottle of 120 capsules.', trialDays: facts.trialDays ?? 0, shippingCents: 595 };
  await offerPlan(ctx, { sku, intervals, ...terms });
  return { id: planId, name, priceId };
}

async function startSession(runtime: Runtime, browser: BrowserContext, email: string): Promise<void> {
  const token = newSessionToken(new Date());
  const userId = newId('user');
  const [user] = await runtime.db
    .insert(users)
    .values({ id: userId, email, emailVerified: new Date() })
    .onConflictDoUpdate({ target: users.email, set: { email } })
    .returning({ id: users.id });
  await runtime.db.insert(sessions).values({
    sessionToken: hashOfSession(token),
    userId: user?.id ?? userId,
    expires: new Date(Date.now() + 24 * 60 * 60 * 1000),
  });
  await browser.addCookies([{ name: sessionCookie(runtime.env.appUrl).name, value: token, url: runtime.env.appUrl }]);
}
