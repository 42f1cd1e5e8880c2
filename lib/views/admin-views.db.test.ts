import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { events } from '@/db/schema/events';
import { webhookInbox } from '@/db/schema/messages';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import { rotateEndpointSecret } from '@/lib/services/rotate-endpoint-secret';
import { aRole, aStaffShop, type StaffShop } from '@/tests/staff-shop';
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

let shop: StaffShop;
beforeAll(async () => {
  shop = await aStaffShop();
});
afterAll(() => shop.world.close());

/** Every view of the staff's. */
const VIEWS: Record<string, (ctx: Context) => Promise<unknown>> = {
  chargeList: (ctx) => charges.chargeList(ctx, {}),
  endpointList: (ctx) => endpoints.endpointList(ctx),
  endpointPage: (ctx) => endpoints.endpointPage(ctx, { endpointId: shop.endpointId }),
  eventList: (ctx) => shopEvents.eventList(ctx, {}),
  eventPage: async (ctx) => {
    const [row] = await shop.world.runtime.db.select({ id: events.id }).from(events).limit(1);
    return shopEvents.eventPage(ctx, { eventId: row?.id ?? newId('event') });
  },
  handOverList: (ctx) => handOvers.handOverList(ctx),
  readMachine: (ctx) => machine.readMachine(ctx),
  provisionList: (ctx) => provisioning.provisionList(ctx, {}),
  provisionPage: (ctx) => provisioning.provisionPage(ctx, { requestId: shop.requestId }),
  readStaffShell: (ctx) => shell.readStaffShell(ctx),
  staffFrame: async (ctx) => shell.staffFrame(ctx),
  staffSubscriptionPage: (ctx) => shop.pageOf(shop.renewed, ctx),
  readStaffSubscriptions: (ctx) => rows.readStaffSubscriptions(ctx, undefined, 1),
  subscriptionList: (ctx) => subscriptionPages.subscriptionList(ctx, {}),
  readTasks: (ctx) => tasks.readTasks(ctx),
  readTimeline: (ctx) => timeline.readTimeline(ctx, { subscriptionId: shop.renewed.subscriptionId }),
  todayPage: (ctx) => today.todayPage(ctx),
  webhookList: (ctx) => webhooks.webhookList(ctx, {}),
  webhookPage: async (ctx) => {
    const [row] = await shop.world.runtime.db.select({ id: webhookInbox.id }).from(webhookInbox).limit(1);
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
    for (const principal of [shop.renewed.principal, { kind: 'system', name: 'worker' } as const]) {
      const ctx = await shop.world.as(principal);
      await expect(VIEWS[name]?.(ctx)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it.each(Object.keys(VIEWS))('%s is read by every role, and shows no token, link or sealed byte', async (name) => {
    const shown = JSON.stringify(await VIEWS[name]?.(await shop.world.as(aRole('viewer'))));
    expect(shown).not.toMatch(/pt_|\/provision\/|\/repair\/|"data":\[/);
  });

  it('unknown ids are not found', async () => {
    const ctx = await shop.staff();
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
    const ctx = await shop.staff();
    const list = await shopEvents.eventList(ctx, {});
    expect(list).toMatchObject({ hasEndpoint: true, disabledEndpoints: 0 });
    expect(list.rows.map(({ type }) => type)).toContain('invoice.paid');
    expect((await shopEvents.eventList(ctx, { status: 'pending' })).rows).toHaveLength(list.rows.length);
    expect((await shopEvents.eventList(ctx, { status: 'delivered' })).rows).toEqual([]);
    const { endpoint } = await endpoints.endpointPage(ctx, { endpointId: shop.endpointId });
    expect(endpoint).toMatchObject({ status: 'enabled', waiting: list.rows.length, formerSecretUntil: null });
    expect(endpoint.failingSince).not.toBeNull();
    await rotateEndpointSecret(ctx, { endpointId: shop.endpointId });
    const rotated = await endpoints.endpointPage(ctx, { endpointId: shop.endpointId });
    expect(rotated.endpoint.formerSecretUntil).toEqual(new Date(ctx.now.getTime() + 24 * 60 * 60 * 1000));
  });
});
