import { and, asc, eq, gt } from 'drizzle-orm';
import { customers, emailChanges } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { isTimeZone, type LocalDate } from '@/lib/core/calendar';
import { customerMay } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import type { NotificationChoices } from '@/lib/core/notification-choices';
import type { PostalAddress } from '@/lib/core/postal-address';
import { requireCustomer } from '@/lib/core/principal';
import { inZone } from '@/lib/core/zone-change';
import { currentSwitches } from '@/lib/services/switches';
import { readCustomerFile, type ShellFacts } from './customer-file';
import type { SubscriptionFacts } from './subscription-facts';

/** What a customer has told us about themselves, and what they have chosen. */
export interface SettingsPage {
  shell: ShellFacts;
  name: string;
  email: string;
  /** The address that is to take its place once both have confirmed; null: none. */
  waitingEmail: string | null;
  state: string | null;
  address: PostalAddress | null;
  /** The merchant leaves it to customers. */
  mayChangeAddress: boolean;
  notifications: NotificationChoices;
  /** The zones of the subscriptions that have not ended; empty where there is none. */
  timeZones: string[];
}

/** Reads a customer's settings, in queries made at once. Throws `forbidden` for everybody who is not a customer. */
export async function settingsPage(ctx: Context): Promise<SettingsPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, customer, change, switches] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCustomer(ctx, customerId),
    readEmailChange(ctx, customerId),
    currentSwitches(ctx.db),
  ]);
  const { name, email, state, address, wantsReminders, upcomingNoticeDays } = customer;
  const running = file.subscriptions.filter(({ status }) => status !== 'canceled');
  return {
    shell: file.shell,
    name,
    email,
    waitingEmail: change?.newEmail ?? null,
    state,
    address,
    mayChangeAddress: customerMay(switches, 'address'),
    notifications: { wantsReminders, upcomingNoticeDays },
    timeZones: [...new Set(running.map(({ timeZone }) => timeZone))],
  };
}

async function readCustomer(ctx: Context, customerId: Id<'customer'>) {
  const { name, email, state, address, wantsReminders, upcomingNoticeDays } = customers;
  const [row] = await ctx.db
    .select({ name, email, state, address, wantsReminders, upcomingNoticeDays })
    .from(customers)
    .where(eq(customers.id, customerId));
  if (row === undefined) throw notFound('This account');
  return row;
}

/** What another time zone does to one subscription: the day stays, the hour is that of the zone. */
export interface ZoneEffect {
  id: Id<'subscription'>;
  name: string;
  timeZone: string;
  chargeOn: LocalDate | null;
  today: LocalDate;
  /** When it is charged now and after the change; null where we do not charge it. */
  before: Date | null;
  after: Date | null;
}

/** The time zone of a customer, and what a wanted one would change. */
export interface ZonePage {
  shell: ShellFacts;
  timeZones: string[];
  /** The zone that is asked about; null where none is, or none of this name exists. */
  wanted: string | null;
  effects: ZoneEffect[];
}

/**
 * Reads what another time zone would do, by the function that the verb changes with. Throws `forbidden` for everybody who is
 * not a customer.
 */
export async function zonePage(ctx: Context, input: { wanted: string | null }): Promise<ZonePage> {
  const { customerId } = requireCustomer(ctx.principal);
  const wanted = input.wanted !== null && isTimeZone(input.wanted) ? input.wanted : null;
  const [file, rows] = await Promise.all([
    readCustomerFile(ctx, customerId),
    ctx.db.select().from(subscriptions).where(eq(subscriptions.customerId, customerId)).orderBy(asc(subscriptions.id)),
  ]);
  const facts = new Map<string, SubscriptionFacts>(file.subscriptions.map((one) => [one.id, one]));
  const running = rows.filter(({ status }) => status !== 'canceled');
  return {
    shell: file.shell,
    timeZones: [...new Set(running.map(({ timeZone }) => timeZone))],
    wanted,
    effects: running.flatMap((row) => {
      const own = facts.get(row.id);
      const changed = wanted === null ? null : inZone(row, wanted, ctx.env.merchant.billingHour);
      if (own === undefined || changed === null) return [];
      const isCharged = own.nextChargeOn !== null && row.nextChargeAt !== null;
      return [
        {
          id: row.id,
          name: own.name,
          timeZone: row.timeZone,
          chargeOn: isCharged ? own.nextChargeOn : null,
          today: own.today,
          before: isCharged ? row.nextChargeAt : null,
          after: isCharged ? changed.nextChargeAt : null,
        },
      ];
    }),
  };
}

/** What the deletion of an account would do. */
export interface DeletionPreview {
  shell: ShellFacts;
  email: string;
  /** What is canceled; `isOurs`: we charge it, and not the former processor. */
  canceled: {
    id: Id<'subscription'>;
    name: string;
    totalCents: number;
    nextChargeOn: LocalDate | null;
    today: LocalDate;
    isOurs: boolean;
  }[];
  /** A card is connected, which Truemed may be asked to delete. */
  hasCard: boolean;
}

/** Reads what the deletion of an account would do. Throws `forbidden` for everybody who is not a customer. */
export async function deletionPreview(ctx: Context): Promise<DeletionPreview> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, { email }] = await Promise.all([readCustomerFile(ctx, customerId), readCustomer(ctx, customerId)]);
  return {
    shell: file.shell,
    email,
    canceled: file.subscriptions
      .filter(({ status }) => status !== 'canceled')
      .map(({ id, name, totalCents, nextChargeOn, today, billingMethod }) => ({
        id,
        name,
        totalCents,
        nextChargeOn,
        today,
        isOurs: billingMethod === 'hsa_fsa',
      })),
    hasCard: file.payment !== null,
  };
}

/** The e-mail of a customer, and the change that waits for its confirmations. */
export interface EmailPage {
  shell: ShellFacts;
  email: string;
  /** What is asked for, and until when its links work; null: nothing. Whether the address is anybody's is not said. */
  waiting: { newEmail: string; until: Date; timeZone: string; now: Date } | null;
}

/** Reads the e-mail of a customer and its change. Throws `forbidden` for everybody who is not a customer. */
export async function emailPage(ctx: Context): Promise<EmailPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, { email }, change] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCustomer(ctx, customerId),
    readEmailChange(ctx, customerId),
  ]);
  const timeZone = file.subscriptions[0]?.timeZone ?? ctx.env.merchant.timeZone;
  return {
    shell: file.shell,
    email,
    waiting:
      change === null || change.newEmail === null
        ? null
        : { newEmail: change.newEmail, until: change.until, timeZone, now: ctx.now },
  };
}

async function readEmailChange(ctx: Context, customerId: Id<'customer'>) {
  const [change] = await ctx.db
    .select({ newEmail: emailChanges.newEmail, until: emailChanges.expiresAt })
    .from(emailChanges)
    .where(
      and(
        eq(emailChanges.customerId, customerId),
        eq(emailChanges.status, 'open'),
        gt(emailChanges.expiresAt, ctx.now),
      ),
    );
  return change ?? null;
}
