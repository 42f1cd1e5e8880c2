import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoices } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { localDate } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { checkoutShop } from '@/tests/checkout-shop';
import { aWorld, type Subscriber, type TestWorld } from '@/tests/world';
import * as account from './account';
import * as addresses from './addresses';
import * as chargeNow from './charge-now';
import * as checkout from './checkout-page';
import * as claimPacks from './claim-pack';
import * as dataExport from './data-export';
import * as failureChoice from './failure-choice';
import * as history from './history';
import * as itemChange from './item-change';
import * as onceItems from './once-items';
import * as order from './order';
import * as paymentMethods from './payment-methods';
import * as provisioning from './provisioning';
import * as receipts from './receipt';
import * as schedulePreviews from './schedule-preview';
import * as settings from './settings';
import * as stopping from './stop-hsa-fsa';
import * as subscription from './subscription';

const { accountOverview } = account;
const { chargeNowPreview } = chargeNow;
const { claimReceipts, claimYear } = claimPacks;
const { historyPage } = history;
const { failureChoicePage } = failureChoice;
const { itemsPage, swapPage } = itemChange;
const { oncePage } = onceItems;
const { orderPage } = order;
const { paymentMethodsPage } = paymentMethods;
const { checkoutPage, checkoutPoll, subscribeAgain } = checkout;
const { truemedFrame, waitingPage, waitingPoll } = provisioning;
const { receiptPage } = receipts;
const { schedulePreview } = schedulePreviews;
const { deletionPreview, emailPage, settingsPage, zonePage } = settings;
const { stopPage } = stopping;
const { moveOffer, subscriptionPage } = subscription;

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

interface Ids {
  subscriptionId: Id<'subscription'>;
  requestId: Id<'provisionRequest'>;
  invoiceId: Id<'invoice'>;
  checkoutId: Id<'checkout'>;
}

/** Every view of a customer's, asked for one subscription or one request. */
const VIEWS: Record<string, (ctx: Context, ids: Ids) => Promise<unknown>> = {
  accountOverview,
  subscriptionPage,
  moveOffer,
  schedulePreview: (ctx, { subscriptionId }) =>
    schedulePreview(ctx, { subscriptionId, request: () => ({ kind: 'resume' }) }),
  swapPage: (ctx, { subscriptionId }) => swapPage(ctx, { subscriptionId, itemId: null, priceId: null }),
  itemsPage: (ctx, { subscriptionId }) => itemsPage(ctx, { subscriptionId, wanted: null }),
  oncePage: (ctx, { subscriptionId }) => oncePage(ctx, { subscriptionId, add: null, remove: null }),
  chargeNowPreview,
  failureChoicePage,
  paymentMethodsPage,
  stopPage,
  orderPage,
  receiptPage,
  historyPage: (ctx) => historyPage(ctx, {}),
  claimYear: (ctx) => claimYear(ctx, { from: null }),
  claimReceipts: (ctx) => claimReceipts(ctx, { from: localDate('2027-01-01') }),
  waitingPage,
  waitingPoll,
  checkoutPage,
  checkoutPoll,
  subscribeAgain,
  truemedFrame,
  addressPage: addresses.addressPage,
  settingsPage,
  deletionPreview,
  emailPage,
  dataExport: dataExport.dataExport,
  zonePage: (ctx) => zonePage(ctx, { wanted: 'Pacific/Honolulu' }),
};

/** Those that are given no id: they read what belongs to whoever asks. */
const OF_ONESELF = [
  'accountOverview',
  'paymentMethodsPage',
  'stopPage',
  'settingsPage',
  'zonePage',
  'historyPage',
  'claimYear',
  'claimReceipts',
  'deletionPreview',
  'emailPage',
  'dataExport',
];
/** Those that are asked for an order that is theirs. */
const OF_AN_ORDER = ['orderPage', 'receiptPage', 'historyPage', 'claimYear', 'claimReceipts'];

/** Those that are asked for a new order that is theirs. */
const OF_A_CHECKOUT = ['checkoutPage', 'checkoutPoll'];

/** A new order of somebody, open at Truemed. */
async function aCheckout(): Promise<{ checkoutId: Id<'checkout'>; redirectUrl: string; principal: Principal }> {
  const shop = checkoutShop(() => world);
  const buyer = shop.aNewcomer();
  const { checkoutId, redirectUrl } = await shop.order(buyer, await shop.aPlan());
  return { checkoutId, redirectUrl, principal: (await shop.asCustomer(buyer)).principal };
}

async function move(who: Subscriber, embedded = false) {
  const result = await moveToHsaFsa(await world.as(who.principal), { subscriptionId: who.subscriptionId, embedded });
  if (!result.ok || result.next !== 'truemed') throw new Error(`The move ended as ${JSON.stringify(result)}.`);
  return result;
}

/** An order of somebody who is charged by us. */
async function anOrder(): Promise<{ invoiceId: Id<'invoice'>; principal: Principal }> {
  const { subscriptionId, principal } = await world.aCharged({ paymentToken: `pt_canary_${newId('paymentToken')}` });
  await world.settle();
  const [invoice] = await world.runtime.db
    .select({ id: invoices.id })
    .from(invoices)
    .where(eq(invoices.subscriptionId, subscriptionId));
  if (invoice === undefined) throw new Error('No order was made.');
  return { invoiceId: invoice.id, principal };
}

describe('what a customer may read', () => {
  it('covers every view that there is', () => {
    const exported = Object.entries({
      ...account,
      ...chargeNow,
      ...failureChoice,
      ...checkout,
      ...order,
      ...receipts,
      ...claimPacks,
      ...history,
      ...itemChange,
      ...onceItems,
      ...paymentMethods,
      ...stopping,
      ...provisioning,
      ...schedulePreviews,
      ...settings,
      ...addresses,
      ...dataExport,
      ...subscription,
    })
      .filter(([, value]) => typeof value === 'function')
      .map(([name]) => name);
    expect(exported.sort()).toEqual(Object.keys(VIEWS).sort());
  });

  it.each(Object.keys(VIEWS))('%s refuses everybody who is not a customer', async (name) => {
    const maya = await world.aSubscriber();
    const { requestId } = await move(maya);
    const others: Principal[] = [
      world.aStaffMember(),
      { kind: 'system', name: 'worker' },
      { kind: 'system', name: 'mailed_link' },
    ];
    for (const principal of others) {
      const asked = VIEWS[name]?.(await world.as(principal), {
        ...maya,
        requestId,
        invoiceId: newId('invoice'),
        checkoutId: newId('checkout'),
      });
      await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it.each(Object.keys(VIEWS).filter((name) => !OF_ONESELF.includes(name)))(
    '%s does not know the ids of another customer, nor ids that nobody has',
    async (name) => {
      const [maya, priya] = [await world.aSubscriber(), await world.aSubscriber()];
      const foreign = {
        subscriptionId: maya.subscriptionId,
        requestId: (await move(maya, true)).requestId,
        invoiceId: (await anOrder()).invoiceId,
        checkoutId: (await aCheckout()).checkoutId,
      };
      const nobodys = {
        subscriptionId: newId('subscription'),
        requestId: newId('provisionRequest'),
        invoiceId: newId('invoice'),
        checkoutId: newId('checkout'),
      };
      for (const ids of [foreign, nobodys]) {
        const asked = VIEWS[name]?.(await world.as(priya.principal), ids);
        await expect(asked).rejects.toMatchObject({ code: 'not_found' });
      }
    },
  );

  it('never holds a token, a link of Truemed’s or a sealed value, except the page that is framed', async () => {
    const charged = await world.aSubscriber({ paymentToken: 'pt_canary_of_a_payer' });
    const moving = await world.aSubscriber();
    const asked = await move(moving, true);
    const [order, ordering] = [await anOrder(), await aCheckout()];
    for (const [name, view] of Object.entries(VIEWS)) {
      const { principal } = OF_AN_ORDER.includes(name) ? order : OF_A_CHECKOUT.includes(name) ? ordering : moving;
      const text = JSON.stringify(
        await view(await world.as(principal), { ...order, ...ordering, ...moving, ...asked }),
      );
      expect(text, name).not.toContain(new URL(ordering.redirectUrl).pathname);
      expect(text, name).not.toContain('pt_canary');
      expect(text, name).not.toContain('"type":"Buffer"');
      if (name !== 'truemedFrame') expect(text, name).not.toContain(new URL(asked.redirectUrl).pathname);
    }
    for (const view of [accountOverview, subscriptionPage, moveOffer]) {
      expect(JSON.stringify(await view(await world.as(charged.principal), charged))).not.toContain('pt_canary');
    }
  });
});
