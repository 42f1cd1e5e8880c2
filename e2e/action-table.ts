import type { Page } from '@playwright/test';
import type postgres from 'postgres';
import type { Context } from '@/lib/context';
import { addDays, localDate } from '@/lib/core/calendar';
import type { Id } from '@/lib/core/id';
import { addOnceItem } from '@/lib/services/add-once-item';
import { askEmailChange } from '@/lib/services/ask-email-change';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeItems } from '@/lib/services/change-items';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import type { People, Person } from './people';
import { fillAddress } from './scenario';

/** What the address of an action is made of. */
export interface ActionPlace {
  /** The address of the subscription's own page. */
  home: string;
  itemId: Id<'item'>;
  onceItemId: string;
  /** A price that is offered and that the subscription has nothing of. */
  priceId: Id<'price'>;
  /** The plan of that price. */
  planId: string;
  /** The days of the next three orders. */
  next: readonly string[];
}

/** An action of a customer's, as its page offers it. */
export interface CustomerAction {
  name: string;
  /** The customer has no card with us yet. */
  isBilledElsewhere?: true;
  /** What must be so before it can be done. */
  begin?: (
    ctx: Context,
    who: Person,
    place: Pick<ActionPlace, 'priceId' | 'next' | 'itemId'>,
    people: People,
  ) => Promise<unknown>;
  /** The page with the effect on it. */
  at: (place: ActionPlace) => string;
  /** What is filled in there; nothing where the address says it all. */
  fill?: (page: Page, who: Person) => Promise<void>;
  deed: RegExp;
  /** Where it leads. */
  leadsTo: RegExp;
  /** The first of the promised days is today's, and so none of the next. */
  isToday?: true;
  /** What a page says that was opened before: why not; null where the same may be said again. */
  refusal: RegExp | null;
}

const CHANGED = /[?&]changed=/;
const TO_TRUEMED = /^Continue to Truemed$/;
const AT_TRUEMED = /\/(provision|repair)\//;
const CHECKOUT_AT_TRUEMED = /\/checkout\/(?!.*plan=)/;
const SAVED = /\/account\/settings\?saved=1/;

const cancel =
  (when: 'period_end' | 'now') =>
  (ctx: Context, { subscriptionId }: Person) =>
    cancelSubscription(ctx, { subscriptionId, when });

/** Every action that a customer confirms on a page of a subscription or of the settings. */
export const ACTIONS: readonly CustomerAction[] = [
  {
    name: 'skip',
    at: ({ home }) => `${home}/skip`,
    deed: /^Skip \d/,
    leadsTo: CHANGED,
    refusal: /has changed since you opened this page/,
  },
  {
    name: 'take the skip back',
    begin: (ctx, { subscriptionId }, { next }) =>
      skipPeriod(ctx, { subscriptionId, nextChargeOn: localDate(next[0] ?? '') }),
    at: ({ home }) => `${home}/take-skip-back`,
    deed: /^Take the skip back$/,
    leadsTo: CHANGED,
    refusal: /has changed since you opened this page/,
  },
  {
    name: 'move the date',
    at: ({ home, next }) => `${home}/move?to=${addDays(localDate(next[0] ?? ''), 3)}&scope=all_orders`,
    deed: /^Move to/,
    leadsTo: CHANGED,
    refusal: /has changed since you opened this page/,
  },
  {
    name: 'change how often',
    at: ({ home }) => `${home}/how-often?every=2-month`,
    deed: /^Change to every 2 months/,
    leadsTo: CHANGED,
    refusal: /It renews this often already/,
  },
  {
    name: 'pause',
    at: ({ home }) => `${home}/pause?until=`,
    deed: /^Pause$/,
    leadsTo: CHANGED,
    refusal: /is paused already/,
  },
  {
    name: 'resume',
    begin: (ctx, { subscriptionId }) => pauseSubscription(ctx, { subscriptionId, until: null }),
    at: ({ home }) => `${home}/resume`,
    deed: /^Resume$/,
    leadsTo: CHANGED,
    refusal: /is not paused/,
  },
  {
    name: 'cancel',
    at: ({ home }) => `${home}/cancel?reason=away`,
    deed: /^Cancel it$/,
    leadsTo: CHANGED,
    refusal: /is about to end|is canceled already/,
  },
  {
    name: 'keep after all',
    begin: cancel('period_end'),
    at: ({ home }) => `${home}/keep`,
    deed: /^Keep it$/,
    leadsTo: CHANGED,
    refusal: /is not about to end/,
  },
  {
    name: 'start again',
    begin: cancel('now'),
    at: ({ home }) => `${home}/start-again`,
    deed: /^Start again$/,
    leadsTo: CHANGED,
    refusal: /is not canceled/,
  },
  {
    name: 'order now',
    at: ({ home }) => `${home}/charge-now`,
    deed: /^Pay \$48\.30 now$/,
    leadsTo: /\/account\/orders\//,
    isToday: true,
    refusal: /This order has been made already/,
  },
  {
    name: 'change how many',
    at: ({ home, itemId }) => `${home}/items?${itemId}=2`,
    deed: /^Change to \$/,
    leadsTo: CHANGED,
    // The items have new ids by then.
    refusal: /has changed since you opened this page/,
  },
  {
    name: 'swap an item',
    at: ({ home, itemId, priceId }) => `${home}/swap?out=${itemId}&in=${priceId}`,
    deed: /^Change to \$/,
    leadsTo: CHANGED,
    refusal: null,
  },
  {
    name: 'add to one order',
    at: ({ home, priceId }) => `${home}/one-time?item=${priceId}&quantity=2`,
    deed: /^Add for \$39\.00$/,
    leadsTo: CHANGED,
    refusal: /is in your next order already/,
  },
  {
    name: 'take out what was added to one order',
    begin: (ctx, { subscriptionId }, { priceId }) =>
      addOnceItem(ctx, { subscriptionId, priceId, quantity: 2, embedded: false }),
    at: ({ home, onceItemId }) => `${home}/one-time?remove=${onceItemId}`,
    deed: /^Take it out$/,
    leadsTo: CHANGED,
    refusal: null,
  },
  {
    name: 'take a change of items back',
    begin: async (ctx, { email, subscriptionId }, { itemId }, { truemed }) => {
      await truemed.setTokenHealth({ email, health: 'needs_survey' });
      return changeItems(ctx, { subscriptionId, items: [{ itemId, quantity: 2 }], embedded: false });
    },
    at: ({ home }) => `${home}/take-change-back`,
    deed: /^Take it back$/,
    leadsTo: CHANGED,
    refusal: /This change does not wait any more/,
  },
  {
    name: 'send it somewhere else',
    at: ({ home }) => `${home}/address`,
    fill: (page) => fillAddress(page, 'OR'),
    deed: /^Send it here$/,
    leadsTo: CHANGED,
    refusal: null,
  },
  {
    name: 'choose what a failed payment does',
    at: ({ home }) => `${home}/if-payment-fails`,
    fill: (page) => page.getByRole('radio', { name: /^Leave it out/ }).check(),
    deed: /^Keep this choice$/,
    leadsTo: /kept=1/,
    refusal: null,
  },
  {
    name: 'move to HSA/FSA',
    isBilledElsewhere: true,
    at: ({ home }) => `${home}/hsa-fsa`,
    deed: TO_TRUEMED,
    leadsTo: AT_TRUEMED,
    refusal: null,
  },
  {
    name: 'store a card',
    isBilledElsewhere: true,
    at: () => '/account/payment-methods/store',
    deed: TO_TRUEMED,
    leadsTo: AT_TRUEMED,
    refusal: null,
  },
  {
    name: 'update the card',
    at: () => '/account/payment-methods/card',
    deed: TO_TRUEMED,
    leadsTo: AT_TRUEMED,
    refusal: null,
  },
  {
    name: 'stop using HSA/FSA',
    at: ({ home }) => `/account/payment-methods/stop?${home.split('/').at(-1)}=cancel&card=keep`,
    deed: /^Stop using HSA\/FSA$/,
    leadsTo: /\/account\/payment-methods\?stopped=1/,
    refusal: /Your subscriptions have changed since you opened this page/,
  },
  {
    name: 'order a plan',
    isBilledElsewhere: true,
    at: ({ planId }) => `/checkout?plan=${planId}&quantity=1&every=1-month`,
    fill: async (page) => {
      await fillAddress(page, 'CA');
      await page.getByRole('checkbox').check();
    },
    deed: TO_TRUEMED,
    leadsTo: CHECKOUT_AT_TRUEMED,
    refusal: null,
  },
  {
    name: 'change the name',
    at: () => '/account/settings/name',
    fill: (page) => page.getByLabel('Name').fill('Maya Adeyemi'),
    deed: /^Save$/,
    leadsTo: SAVED,
    refusal: null,
  },
  {
    name: 'choose what is written',
    at: () => '/account/settings/mail',
    fill: (page) => page.getByRole('radio', { name: /^Only write at first/ }).check(),
    deed: /^Save$/,
    leadsTo: SAVED,
    refusal: null,
  },
  {
    name: 'ask for another e-mail',
    at: () => '/account/settings/email',
    fill: (page, { email }) => page.getByLabel('New e-mail address').fill(`other-${email}`),
    deed: /^Ask both addresses$/,
    leadsTo: /\/account\/settings\/email\?asked=1/,
    refusal: null,
  },
  {
    name: 'take a change of e-mail back',
    begin: (ctx, { email }) => askEmailChange(ctx, { newEmail: `new-${email}` }),
    at: () => '/account/settings/email/withdraw',
    deed: /^Keep my address$/,
    leadsTo: /\/account\/settings\?saved=email_kept/,
    refusal: /No change is waiting any more/,
  },
  {
    name: 'delete the account',
    at: () => '/account/settings/delete',
    fill: (page, { email }) => page.getByLabel('Your e-mail address, to be sure').fill(email),
    deed: /^Delete my account$/,
    leadsTo: /\/account-deleted$/,
    refusal: /You are signed out\. Sign in again/,
  },
];

/**
 * What an action may change of a customer, and what Truemed has been asked for them, without what is different for each
 * customer: the same deed leaves the same.
 */
export async function standingOf(
  sql: postgres.Sql,
  { truemed }: People,
  { customerId, subscriptionId, email }: Person,
): Promise<unknown> {
  const [row] = await sql<{ standing: unknown }[]>`
    select jsonb_build_object(
      'customer', (select jsonb_build_array(name, state, address, wants_reminders, upcoming_notice_days)
        from customers where id = ${customerId}),
      'subscription', (select jsonb_build_array(status, anchor_date, interval_unit, interval_count, next_charge_on,
          pause_until, cancel_on, failure_choice, address)
        from subscriptions where id = ${subscriptionId}),
      'items', (select jsonb_agg(jsonb_build_array(sku, quantity, unit_price_cents) order by position)
        from subscription_items where subscription_id = ${subscriptionId}),
      'once', (select jsonb_agg(jsonb_build_array(sku, quantity, status) order by id)
        from once_items where subscription_id = ${subscriptionId}),
      'orders', (select jsonb_agg(jsonb_build_array(period_start, period_end, status = 'skipped', total_cents)
          order by period_start)
        from invoices where subscription_id = ${subscriptionId}),
      'held', (select jsonb_agg(status order by status) from pending_item_changes where customer_id = ${customerId}),
      'checkouts', (select jsonb_agg(jsonb_build_array(status, path, quantity, total_cents, address)) from checkouts
        where customer_id = ${customerId}),
      'asked', (select jsonb_agg(purpose order by purpose) from provision_requests
        where customer_id = ${customerId} and status in ('planned', 'open')),
      'attempts', (select count(*) from charge_attempts where subscription_id = ${subscriptionId}),
      'confirmed', (select count(*) from outbox where customer_id = ${customerId} and template = 'change_confirmed'),
      'tokens', (select jsonb_agg(status) from payment_tokens where customer_id = ${customerId}),
      'emailChanges', (select count(*) from email_changes where customer_id = ${customerId} and status = 'open')
    ) as standing`;
  const { requests, sessions } = await truemed.state(email);
  return { here: row?.standing, atTruemed: { requests: requests.length, sessions: sessions.length } };
}
