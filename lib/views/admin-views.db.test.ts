import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chargeAttempts } from '@/db/schema/billing';
import { events } from '@/db/schema/events';
import { outbox, webhookInbox } from '@/db/schema/messages';
import { workers } from '@/db/schema/operations';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { addEndpoint } from '@/lib/services/add-endpoint';
import { chargeNow } from '@/lib/services/charge-now';
import { confirmHandOver } from '@/lib/services/confirm-hand-over';
import { linkKnownToken } from '@/lib/services/link-known-token';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { rotateEndpointSecret } from '@/lib/services/rotate-endpoint-secret';
import { atTruemed } from '@/tests/at-truemed';
import { aWorld, type Subscriber, type TestWorld } from '@/tests/world';
import * as charges from './admin-charges';
import * as endpoints from './admin-endpoints';
import * as shopEvents from './admin-events';
import * as handOvers from './admin-hand-overs';
import * as machine from './admin-machine';
import * as provisioning from './admin-provisioning';
import * as shell from './admin-shell';
import * as subscription from './admin-subscription';
import * as rows from './admin-subscription-rows';
import * as subscriptionPages from './admin-subscriptions';
import * as tasks from './admin-tasks';
import * as timeline from './admin-timeline';
import * as today from './admin-today';
import * as webhooks from './admin-webhooks';

let world: TestWorld;
let renewed: Subscriber;
let held: Subscriber;
let moved: Subscriber;
let requestId: Id<'provisionRequest'>;
let endpointId: Id<'endpoint'>;

beforeAll(async () => {
  world = await aWorld();
  const endpoint = await addEndpoint(await staff(), { url: 'http://127.0.0.1:9/closed' });
  if (endpoint.ok) endpointId = endpoint.endpointId;
  renewed = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_canary_renewed' });
  held = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_canary_held' });
  await world.truemed.setTokenHealth({ payment_token: 'pt_canary_held', health: 'needs_survey' });
  moved = await world.aSubscriber({ nextChargeOn: '2027-02-03' });
  requestId = await move(moved);
  await world.settle();
});
afterAll(() => world.close());

async function move(who: Subscriber): Promise<Id<'provisionRequest'>> {
  const ctx = await world.as(who.principal);
  const result = await moveToHsaFsa(ctx, { subscriptionId: who.subscriptionId, embedded: false });
  if (!result.ok) throw new Error(result.reason);
  if (result.next === 'truemed') await atTruemed(result.redirectUrl).completes();
  return result.requestId;
}

const staff = () => world.as(world.aStaffMember());
const aRole = (role: Extract<Principal, { kind: 'staff' }>['role']): Principal => ({
  kind: 'staff',
  staffId: newId('staff'),
  role,
  email: `${role}@alderhealth.example`,
});
const pageOf = async (who: Subscriber, ctx?: Context) =>
  subscription.staffSubscriptionPage(ctx ?? (await staff()), { subscriptionId: who.subscriptionId });
const taskOf = async (kind: tasks.TaskKind) =>
  (await tasks.readTasks(await staff())).find((task) => task.kind === kind);

/** Every view of the staff's. */
const VIEWS: Record<string, (ctx: Context) => Promise<unknown>> = {
  chargeList: (ctx) => charges.chargeList(ctx, {}),
  endpointList: (ctx) => endpoints.endpointList(ctx),
  endpointPage: (ctx) => endpoints.endpointPage(ctx, { endpointId }),
  eventList: (ctx) => shopEvents.eventList(ctx, {}),
  eventPage: async (ctx) => {
    const [row] = await world.runtime.db.select({ id: events.id }).from(events).limit(1);
    return shopEvents.eventPage(ctx, { eventId: row?.id ?? newId('event') });
  },
  handOverList: (ctx) => handOvers.handOverList(ctx),
  readMachine: (ctx) => machine.readMachine(ctx),
  provisionList: (ctx) => provisioning.provisionList(ctx, {}),
  provisionPage: (ctx) => provisioning.provisionPage(ctx, { requestId }),
  readStaffShell: (ctx) => shell.readStaffShell(ctx),
  staffFrame: async (ctx) => shell.staffFrame(ctx),
  staffSubscriptionPage: (ctx) => pageOf(renewed, ctx),
  readStaffSubscriptions: (ctx) => rows.readStaffSubscriptions(ctx, undefined, 1),
  subscriptionList: (ctx) => subscriptionPages.subscriptionList(ctx, {}),
  readTasks: (ctx) => tasks.readTasks(ctx),
  readTimeline: (ctx) => timeline.readTimeline(ctx, { subscriptionId: renewed.subscriptionId }),
  todayPage: (ctx) => today.todayPage(ctx),
  webhookList: (ctx) => webhooks.webhookList(ctx, {}),
  webhookPage: async (ctx) => {
    const [row] = await world.runtime.db.select({ id: webhookInbox.id }).from(webhookInbox).limit(1);
    return webhooks.webhookPage(ctx, { webhookId: row?.id ?? newId('webhook') });
  },
};
const MODULES = [
  charges,
  endpoints,
  shopEvents,
  handOvers,
  machine,
  provisioning,
  shell,
  subscription,
  rows,
  subscriptionPages,
  tasks,
  timeline,
  today,
  webhooks,
];

describe('what staff may read', () => {
  it('covers every view that there is', () => {
    const exported = MODULES.flatMap((module) => Object.entries(module))
      .filter(([, value]) => typeof value === 'function')
      .map(([name]) => name);
    expect(exported.sort()).toEqual(Object.keys(VIEWS).sort());
  });

  it.each(Object.keys(VIEWS))('%s is not there for anybody else', async (name) => {
    for (const principal of [renewed.principal, { kind: 'system', name: 'worker' } as const]) {
      const ctx = await world.as(principal);
      await expect(VIEWS[name]?.(ctx)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it.each(Object.keys(VIEWS))('%s is read by every role, and shows no token, link or sealed byte', async (name) => {
    const shown = JSON.stringify(await VIEWS[name]?.(await world.as(aRole('viewer'))));
    expect(shown).not.toMatch(/pt_|\/provision\/|\/repair\/|"data":\[/);
  });

  it('unknown ids are not found', async () => {
    const ctx = await staff();
    const none = { code: 'not_found' };
    const subscriptionId = newId('subscription');
    await expect(subscription.staffSubscriptionPage(ctx, { subscriptionId })).rejects.toMatchObject(none);
    await expect(shopEvents.eventPage(ctx, { eventId: newId('event') })).rejects.toMatchObject(none);
    await expect(endpoints.endpointPage(ctx, { endpointId: newId('endpoint') })).rejects.toMatchObject(none);
    await expect(webhooks.webhookPage(ctx, { webhookId: newId('webhook') })).rejects.toMatchObject(none);
    await expect(provisioning.provisionPage(ctx, { requestId: newId('provisionRequest') })).rejects.toMatchObject(none);
  });
});

describe('what the merchant is told', () => {
  it('is a log by status, and an endpoint that does not answer shows what waits for it', async () => {
    const ctx = await staff();
    const list = await shopEvents.eventList(ctx, {});
    expect(list).toMatchObject({ hasEndpoint: true, disabledEndpoints: 0 });
    expect(list.rows.map(({ type }) => type)).toContain('invoice.paid');
    expect((await shopEvents.eventList(ctx, { status: 'pending' })).rows).toHaveLength(list.rows.length);
    expect((await shopEvents.eventList(ctx, { status: 'delivered' })).rows).toEqual([]);
    const { endpoint } = await endpoints.endpointPage(ctx, { endpointId });
    expect(endpoint).toMatchObject({ status: 'enabled', waiting: list.rows.length, formerSecretUntil: null });
    expect(endpoint.failingSince).not.toBeNull();
    await rotateEndpointSecret(ctx, { endpointId });
    const rotated = await endpoints.endpointPage(ctx, { endpointId });
    expect(rotated.endpoint.formerSecretUntil).toEqual(new Date(ctx.now.getTime() + 24 * 60 * 60 * 1000));
  });
});

describe('what needs a person', () => {
  it('is nothing but what the tables say', async () => {
    expect((await tasks.readTasks(await staff())).map((task) => [task.kind, task.count])).toEqual([['hand_overs', 1]]);
  });

  it('a moved subscription is to be handed over, with the day on which it would be charged twice', async () => {
    expect(await taskOf('hand_overs')).toMatchObject({
      count: 1,
      first: { subscriptionId: moved.subscriptionId, name: 'Maya Okafor', on: '2027-02-03' },
    });
    const list = await handOvers.handOverList(await staff());
    expect(list.rows.map((row) => row.id)).toEqual([moved.subscriptionId]);
  });

  it('a charge whose outcome is unknown is a task once nothing asks about it any more', async () => {
    const set = (change: Partial<typeof chargeAttempts.$inferInsert>) =>
      world.runtime.db.update(chargeAttempts).set(change).where(eq(chargeAttempts.subscriptionId, held.subscriptionId));
    const { now } = await staff();
    await set({ status: 'unknown', dueAt: now, errorCode: 'timeout' });
    expect(await taskOf('outcome_unknown')).toBeUndefined();
    expect((await machine.readMachine(await staff())).unanswered).toBe(1);
    await set({ dueAt: null });
    expect(await taskOf('outcome_unknown')).toMatchObject({
      count: 1,
      first: { subscriptionId: held.subscriptionId, amountCents: 4830, on: '2027-01-12', words: 'timeout', tries: 1 },
    });
    await set({ status: 'accepted', acceptedAt: new Date(now.getTime() - 6 * 86_400_000), errorCode: null });
    expect(await taskOf('session_unclear')).toMatchObject({ count: 1 });
    await set({ dueAt: now });
    expect(await taskOf('accepted_too_long')).toMatchObject({ count: 1 });
    await set({ status: 'action_required', dueAt: null, acceptedAt: null });
    expect((await tasks.readTasks(await staff())).map((task) => task.kind)).toEqual(['hand_overs']);
  });

  it('a delivery that is kept aside, and a mail that cannot be sent, are tasks and counts', async () => {
    await world.runtime.db.update(webhookInbox).set({ status: 'quarantined', lastError: 'No request of ours.' });
    await world.runtime.db.update(outbox).set({ status: 'failed' }).where(eq(outbox.customerId, held.customerId));
    const page = await today.todayPage(await staff());
    const kinds = page.tasks.map((task) => task.kind);
    expect(kinds).toEqual(['hand_overs', 'webhooks_kept_aside', 'mails_failed']);
    expect(page.shell.open).toMatchObject({ handOvers: 1, webhooks: page.machine.webhooks.keptAside, provisioning: 0 });
    expect(await shell.readStaffShell(await staff())).toMatchObject({ open: page.shell.open });
    await world.runtime.db.update(webhookInbox).set({ status: 'processed', lastError: null });
    await world.runtime.db.update(outbox).set({ status: 'sent' }).where(eq(outbox.customerId, held.customerId));
  });

  it('a worker that has not ticked for five minutes is said to be silent', async () => {
    const at = (seconds: number) => sql`clock_timestamp() - make_interval(secs => ${seconds})`;
    await world.runtime.db.insert(workers).values({ id: 'one', startedAt: at(400), lastTickAt: at(301) });
    expect((await machine.readMachine(await staff())).workers).toMatchObject({ running: 0, isSilent: true });
    await world.runtime.db.update(workers).set({ lastTickAt: at(1) });
    expect((await machine.readMachine(await staff())).workers).toMatchObject({ running: 1, isSilent: false });
  });

  it('work that has been due for more than a quarter of an hour is said to be late, and since when', async () => {
    const { now } = await staff();
    const dueFor = async (minutes: number | null) => {
      const dueAt = minutes === null ? null : new Date(now.getTime() - minutes * 60_000);
      await world.runtime.db.update(outbox).set({ dueAt }).where(eq(outbox.customerId, held.customerId));
      return (await machine.readMachine(await staff())).lateSince;
    };
    expect(await dueFor(14)).toBeNull();
    expect(await dueFor(16)).toEqual(new Date(now.getTime() - 16 * 60_000));
    expect(await dueFor(null)).toBeNull();
  });

  it('today’s renewals are told apart by what has become of them', async () => {
    const { renewals } = await today.todayPage(await staff());
    expect(renewals).toEqual({
      collected: { count: 1, cents: 4830 },
      waiting: { count: 0, cents: 0 },
      onHold: { count: 1, cents: 4830 },
      toCome: { count: 0, cents: 0 },
    });
  });
});

describe('one subscription', () => {
  it('offers exactly the charge that the verb makes', async () => {
    const offer = (await pageOf(renewed)).charge;
    expect(offer).toMatchObject({
      kind: 'offered',
      amountCents: 4830,
      orderOn: '2027-02-12',
      following: { on: '2027-03-12', amountCents: 4830 },
    });
    expect((await pageOf(held)).charge).toMatchObject({ orderOn: '2027-01-12', following: { on: '2027-02-12' } });
    expect((await pageOf(renewed, await world.as(aRole('viewer')))).charge).toEqual({ kind: 'hidden' });
  });

  it.each([
    ['is billed elsewhere', {}, {}],
    ['is paused', { paymentToken: 'pt_paused' }, { status: 'paused' }],
    ['has no token', { paymentToken: 'pt_gone' }, { tokenGone: true }],
    ['waits for its hand-over', { paymentToken: 'pt_waits' }, { nextChargeAt: null }],
  ] as const)('that %s is refused by the page as by the verb', async (_name, facts, change) => {
    const who = await world.aSubscriber({ nextChargeOn: '2027-02-20', ...facts });
    const mine = eq(subscriptions.id, who.subscriptionId);
    if ('status' in change) await world.runtime.db.update(subscriptions).set({ status: change.status }).where(mine);
    if ('nextChargeAt' in change) await world.runtime.db.update(subscriptions).set({ nextChargeAt: null }).where(mine);
    if ('tokenGone' in change)
      await world.runtime.db.execute(
        sql`update payment_tokens set status = 'revoked' where customer_id = ${who.customerId}`,
      );
    const page = await pageOf(who);
    const answer = await chargeNow(await staff(), {
      subscriptionId: who.subscriptionId,
      periodStart: page.subscription.nextPeriodOn,
    });
    if (answer.ok) throw new Error('The verb charged.');
    expect(page.charge).toEqual({ kind: 'not_offered', reason: answer.reason });
  });

  it('tells what happened, the latest first, with the mails, page after page', async () => {
    const all = (await pageOf(moved)).timeline;
    expect(all.older).toBeNull();
    expect(all.entries[0]).toMatchObject({ change: { template: 'moved_to_hsa_fsa' }, actor: { kind: 'system' } });
    const actions = all.entries.map((entry) => entry.action);
    expect(actions).toContain('subscription.moved');
    expect(actions.at(-1)).toBe('provision_request.planned');
    expect(
      all.entries.every((entry, index) => index === 0 || entry.at <= (all.entries[index - 1]?.at ?? entry.at)),
    ).toBe(true);
  });

  it('goes on where the page before ended, and names the staff who acted', async () => {
    const who = await world.aSubscriber({ nextChargeOn: '2027-02-25', paymentToken: 'pt_long_story' });
    const owner = aRole('owner');
    for (let index = 0; index < 70; index += 1) {
      await world.runtime.db.execute(sql`insert into audit_log (id, at, actor, action, subject, change)
        values (${newId('audit')}, '2027-01-01', ${`staff:${owner.kind === 'staff' ? owner.staffId : ''}`}, 'subscription.updated',
        ${who.subscriptionId}, '{}')`);
    }
    const ctx = await staff();
    const ids: string[] = [];
    let before: string | undefined;
    do {
      const page = await timeline.readTimeline(ctx, { subscriptionId: who.subscriptionId, before });
      ids.push(...page.entries.map((entry) => entry.id));
      before = page.older ?? undefined;
    } while (before !== undefined);
    expect([ids.length, new Set(ids).size]).toEqual([70, 70]);
  });

  it('keeps the day on which it is charged twice, also when staff charge it before that day', async () => {
    const offer = (await pageOf(moved)).charge;
    if (offer.kind !== 'offered') throw new Error('No charge is offered.');
    await chargeNow(await staff(), { subscriptionId: moved.subscriptionId, periodStart: offer.orderOn });
    expect((await pageOf(moved)).subscription).toMatchObject({
      nextPeriodOn: '2027-03-03',
      firstOfOursOn: '2027-02-03',
    });
    expect(await taskOf('hand_overs')).toMatchObject({ first: { on: '2027-02-03' } });
  });

  it('leaves the list to hand over when that is confirmed', async () => {
    expect((await pageOf(moved)).handOver).toEqual({ chargesWait: false, mayConfirm: true });
    await confirmHandOver(await staff(), { subscriptionId: moved.subscriptionId });
    expect((await pageOf(moved)).handOver).toBeNull();
    expect((await handOvers.handOverList(await staff())).rows).toEqual([]);
  });
});

describe('lists', () => {
  it('of subscriptions show each once, our soonest charge first, over all their pages', async () => {
    for (let index = 0; index < 60; index += 1) {
      const paymentToken = index % 2 === 0 ? `pt_list_${index}` : undefined;
      const nextChargeOn = `2027-03-${String((index % 20) + 1).padStart(2, '0')}`;
      await world.aSubscriber({ nextChargeOn, ...(paymentToken ? { paymentToken } : {}) });
    }
    const ctx = await staff();
    const seen: rows.StaffSubscription[] = [];
    let after: string | undefined;
    do {
      const page = await subscriptionPages.subscriptionList(ctx, { after });
      seen.push(...page.rows);
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen.length).toBeGreaterThan(60);
    expect(new Set(seen.map((row) => row.id)).size).toBe(seen.length);
    const order = seen.map((row) => row.nextChargeAt?.getTime() ?? Number.POSITIVE_INFINITY);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('of subscriptions are narrowed by part of a name or e-mail, by an id, and take a percent sign as it is', async () => {
    const ctx = await staff();
    const found = async (text: string) =>
      (await subscriptionPages.subscriptionList(ctx, { text })).rows.map((row) => row.id);
    expect(await found(held.email.toUpperCase().slice(0, 20))).toEqual([held.subscriptionId]);
    expect(await found(held.subscriptionId)).toEqual([held.subscriptionId]);
    expect((await found('OKAF')).length).toBeGreaterThan(1);
    expect(await found('%')).toEqual([]);
    const external = (await subscriptionPages.subscriptionList(ctx, { billing: 'external' })).rows;
    expect(external.every((row) => row.billingMethod === 'external')).toBe(true);
  });

  it('take an address that somebody made up for the first page', async () => {
    const ctx = await staff();
    for (const after of ['x', '1~2~3~4', "1~2027-01-01~sub_'; drop", '~~', '99999999999999999~2027-01-01~sub_1']) {
      expect((await subscriptionPages.subscriptionList(ctx, { after })).rows.length).toBe(50);
      expect((await charges.chargeList(ctx, { after })).rows.length).toBeGreaterThan(0);
    }
  });

  it('of charges are narrowed to what became of them', async () => {
    const ctx = await staff();
    const captured = await charges.chargeList(ctx, { filter: 'captured' });
    expect(captured.rows.every((row) => row.status === 'captured')).toBe(true);
    expect(captured.rows.map((row) => row.subscriptionId)).toContain(renewed.subscriptionId);
    const needed = await charges.chargeList(ctx, { filter: 'action_required' });
    expect(needed.rows.map((row) => row.subscriptionId)).toEqual([held.subscriptionId]);
  });
});

describe('a token that Truemed has and we do not know', () => {
  it('is shown masked, named by its keyed hash, and linked by that', async () => {
    const who = await world.aSubscriber();
    await world.truemed.seedToken({ email: who.email, name: 'Maya Okafor', payment_token: 'pt_canary_known' });
    const id = await move(who);
    expect(await taskOf('token_known_to_truemed')).toMatchObject({ count: 1, first: { id } });
    const page = await provisioning.provisionPage(await staff(), { requestId: id });
    if (page.known === null || page.known === 'no_answer') throw new Error('Truemed listed nothing.');
    expect(JSON.stringify(page)).not.toContain('pt_canary');
    expect(page.known).toMatchObject([{ email: who.email, belongsTo: 'nobody', cards: [{ isHsaFsa: true }] }]);
    const tokenLookup = page.known[0]?.lookup ?? '';
    expect(await linkKnownToken(await staff(), { requestId: id, email: who.email, tokenLookup })).toEqual({ ok: true });
    const after = await provisioning.provisionPage(await staff(), { requestId: id });
    expect(after).toMatchObject({ known: null, request: { state: 'Connected' } });
  });

  it('is not even listed for those who may not link it, and a provider that is out is said to be', async () => {
    const who = await world.aSubscriber();
    await world.truemed.seedToken({ email: who.email, name: 'Maya Okafor', payment_token: 'pt_canary_unlinked' });
    const id = await move(who);
    const asViewer = await provisioning.provisionPage(await world.as(aRole('viewer')), { requestId: id });
    expect(asViewer.known).toBeNull();
    await world.truemed.addFault({ match: { operation: 'listPaymentTokens' }, times: 1, fault: '500' });
    expect((await provisioning.provisionPage(await staff(), { requestId: id })).known).toBe('no_answer');
  });
});
