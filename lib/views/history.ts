import { and, asc, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { invoices } from '@/db/schema/billing';
import { decisions } from '@/db/schema/decisions';
import { customers } from '@/db/schema/people';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { isLocalDate, type LocalDate, localDateAt } from '@/lib/core/calendar';
import { type DecisionToSay, decisionWords } from '@/lib/core/decision-words';
import { notFound } from '@/lib/core/errors';
import { type Id, isId } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { type ChargeFacts, readCharges } from './customer-charges';
import { merchantOf, type ShellFacts } from './customer-file';
import { type OrderEvents, readOrderEvents } from './order-events';
import { orderStory, type StoryEvent } from './order-story';
import { orderName, type ShownLine } from './subscription-facts';

/** An order that was made, with what happened to it. */
export interface OrderEntry {
  kind: 'order';
  charge: ChargeFacts;
  story: StoryEvent[];
  /** Why it was not charged, or not at once, from the decision on record; null where none says so. */
  why: string | null;
}

/** A day on which an order was due and none was made, and why. */
export interface NotChargedEntry {
  kind: 'not_charged';
  subscriptionId: Id<'subscription'>;
  name: string;
  orderOn: LocalDate;
  why: string;
}

export type HistoryEntry = (OrderEntry | NotChargedEntry) & { timeZone: string };

/** A page of all that a customer was charged and was not, over all subscriptions, the latest first. */
export interface HistoryPage {
  shell: ShellFacts;
  today: LocalDate;
  entries: HistoryEntry[];
  /** `after` of the next page; null on the last. */
  next: string | null;
}

const PAGE = 24;

/** Where something stands in the history: by its day, and on one day by its id. */
interface Place {
  orderOn: LocalDate;
  key: string;
}

/** Reads a page of a customer's history; `after` continues it. `forbidden` for everybody who is not a customer. */
export async function historyPage(ctx: Context, input: { after?: string | undefined }): Promise<HistoryPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const after = parsePlace(input.after);
  const [[customer], zones, charges, days] = await Promise.all([
    ctx.db.select({ name: customers.name }).from(customers).where(eq(customers.id, customerId)),
    readZones(ctx, customerId),
    readCharges(ctx, { customerId, after, limit: PAGE + 1 }),
    selectNotCharged(ctx, customerId, after),
  ]);
  if (customer === undefined) throw notFound('This account');
  const places = [
    ...charges.map((charge) => ({ orderOn: charge.orderOn, key: charge.invoiceId, charge })),
    ...days.map((day) => ({ orderOn: day.periodStart, key: day.subscriptionId, day })),
  ].sort(latestFirst);
  const shown = places.slice(0, PAGE);
  const orders = shown.flatMap((place) => ('charge' in place ? [place.charge] : []));
  const [events, reasons] = await Promise.all([
    readOrderEvents(
      ctx,
      orders.map(({ invoiceId }) => invoiceId),
    ),
    readReasons(ctx, orders),
  ]);
  const last = shown.at(-1);
  const { timeZone: merchantZone } = ctx.env.merchant;
  const today = localDateAt(ctx.now, zones.values().next().value ?? merchantZone);
  return {
    shell: { merchant: merchantOf(ctx), person: customer.name.split(/\s+/)[0] ?? customer.name },
    today,
    entries: shown.map((place): HistoryEntry => {
      if ('charge' in place) {
        const { charge } = place;
        const timeZone = zones.get(charge.subscriptionId) ?? merchantZone;
        return { ...toldOrder(charge, events, reasons, today), timeZone };
      }
      const { subscriptionId, lines, periodStart } = place.day;
      const told = { subscriptionId, name: orderName(lines ?? []), orderOn: periodStart };
      const timeZone = zones.get(subscriptionId) ?? merchantZone;
      return { kind: 'not_charged', ...told, why: decisionWords(place.day, today), timeZone };
    }),
    next: places.length > PAGE && last !== undefined ? `${last.orderOn}~${last.key}` : null,
  };
}

/** Reads `?after=` of an address; null where it is absent or not one of ours. */
function parsePlace(text: string | undefined): Place | null {
  const [orderOn = '', key = '', ...rest] = (text ?? '').split('~');
  if (rest.length > 0 || !isLocalDate(orderOn) || !(isId('invoice', key) || isId('subscription', key))) return null;
  return { orderOn, key };
}

function latestFirst(a: Place, b: Place): number {
  if (a.orderOn !== b.orderOn) return a.orderOn < b.orderOn ? 1 : -1;
  return a.key < b.key ? 1 : -1;
}

function toldOrder(charge: ChargeFacts, events: OrderEvents, reasons: Reasons, today: LocalDate): OrderEntry {
  const { invoiceId, subscriptionId, orderOn, totalCents, paidAt } = charge;
  const reason = reasons.get(`${subscriptionId} ${orderOn}`);
  const told = [events.attempts.get(invoiceId) ?? [], events.refunds.get(invoiceId) ?? []] as const;
  return {
    kind: 'order',
    charge,
    story: orderStory({ paidAt, totalCents }, ...told),
    why: reason === undefined ? null : decisionWords({ ...reason, isFree: totalCents === 0 }, today),
  };
}

async function readZones({ db }: Context, customerId: Id<'customer'>): Promise<Map<Id<'subscription'>, string>> {
  const rows = await db
    .select({ id: subscriptions.id, timeZone: subscriptions.timeZone })
    .from(subscriptions)
    .where(eq(subscriptions.customerId, customerId))
    .orderBy(desc(subscriptions.createdAt), desc(subscriptions.id));
  return new Map(rows.map(({ id, timeZone }) => [id, timeZone]));
}

const TOLD = { verdict: decisions.verdict, periodStart: decisions.periodStart, inputs: decisions.inputs };

/** The last decision on record not to charge a period, for each subscription and day. */
type Reasons = Map<string, DecisionToSay>;

async function readReasons({ db }: Context, orders: readonly ChargeFacts[]): Promise<Reasons> {
  if (orders.length === 0) return new Map();
  const rows = await db
    .select({ subscriptionId: decisions.subscriptionId, ...TOLD })
    .from(decisions)
    .where(
      and(
        inArray(decisions.subscriptionId, [...new Set(orders.map(({ subscriptionId }) => subscriptionId))]),
        inArray(decisions.periodStart, [...new Set(orders.map(({ orderOn }) => orderOn))]),
        ne(decisions.verdict, 'charge'),
      ),
    )
    .orderBy(asc(decisions.at));
  return new Map(rows.map((row) => [`${row.subscriptionId} ${row.periodStart}`, row]));
}

/** Days on which it was decided not to charge, and on which no order was made: one for each subscription and day. */
function selectNotCharged({ db }: Context, customerId: Id<'customer'>, after: Place | null) {
  const lines = db
    .select({
      list: sql<
        ShownLine[] | null
      >`jsonb_agg(jsonb_build_object('position', ${subscriptionItems.position}, 'name', ${subscriptionItems.name}, 'quantity',
        ${subscriptionItems.quantity}, 'unitPriceCents', ${subscriptionItems.unitPriceCents})
        order by ${subscriptionItems.position})`.as('list'),
    })
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, decisions.subscriptionId))
    .as('lines');
  return db
    .selectDistinctOn([decisions.periodStart, decisions.subscriptionId], {
      subscriptionId: decisions.subscriptionId,
      lines: lines.list,
      ...TOLD,
    })
    .from(decisions)
    .innerJoin(subscriptions, eq(subscriptions.id, decisions.subscriptionId))
    .leftJoin(
      invoices,
      and(eq(invoices.subscriptionId, decisions.subscriptionId), eq(invoices.periodStart, decisions.periodStart)),
    )
    .leftJoinLateral(lines, sql`true`)
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        ne(decisions.verdict, 'charge'),
        isNull(invoices.id),
        after === null
          ? undefined
          : sql`(${decisions.periodStart}, ${decisions.subscriptionId}) < (${after.orderOn}::date, ${after.key})`,
      ),
    )
    .orderBy(desc(decisions.periodStart), desc(decisions.subscriptionId), desc(decisions.at))
    .limit(PAGE + 1);
}
