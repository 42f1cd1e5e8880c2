import { and, asc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { outbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { addDays, type LocalDate, localDateAt } from '@/lib/core/calendar';
import { chargeDay } from '@/lib/core/charge-spacing';
import { customerMay } from '@/lib/core/customer-switches';
import { draftInvoice } from '@/lib/core/draft-invoice';
import type { Id } from '@/lib/core/id';
import { isUpcomingNoticeDue, NOTICE_DAYS, noticeStep, UPCOMING_DAYS } from '@/lib/core/notices';
import { LONGEST_NOTICE_LEAD, noticeLeadOf } from '@/lib/core/notification-choices';
import { namedCard } from '@/lib/core/payment-card';
import { orderFactsOf } from './order-lines';
import { queueMail } from './queue-mail';
import type { SweepPiece, SweepRow } from './sweep';
import { currentSwitches } from './switches';

const BATCH = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Where the sweep stands: in which of its three parts, and behind which row. */
const Place = z.object({
  part: z.enum(['upcoming', 'letters', 'cards']),
  after: z.object({ on: z.string(), id: z.string() }).nullable(),
});
type Place = z.infer<typeof Place>;

const NEXT_PART = { upcoming: 'letters', letters: 'cards', cards: null } as const;

/**
 * Writes the notices of a night, a batch with each call: charges as many days ahead as their customer wants, letters and cards that end in 30, 14 and 3
 * days (product.md section 5.4). Each is written once, by its key: a batch that is done again writes nothing twice.
 */
export async function sendNotices(ctx: Context, row: SweepRow): Promise<SweepPiece> {
  const place: Place = row.cursor === null ? { part: 'upcoming', after: null } : Place.parse(JSON.parse(row.cursor));
  const last =
    place.part === 'upcoming'
      ? await noticeCharges(ctx, place, row.startedAt ?? ctx.now)
      : await noticeExpiries(ctx, place, place.part);
  const part = last === null ? NEXT_PART[place.part] : place.part;
  if (part === null) return 'done';
  return { cursor: JSON.stringify({ part, after: last } satisfies Place), waitMs: 0 };
}

type After = NonNullable<Place['after']>;

async function noticeCharges(ctx: Context, { after }: Place, startedAt: Date): Promise<After | null> {
  const until = new Date(ctx.now.getTime() + (LONGEST_NOTICE_LEAD + 2) * DAY_MS);
  const rows = await ctx.db
    .select({
      subscription: subscriptions,
      customer: customers,
      dueAt: sql<string>`${subscriptions.nextChargeAt}::text`,
    })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.id, subscriptions.customerId))
    .where(
      and(
        IS_CHARGED,
        // What came in meanwhile is for the night that comes.
        lt(subscriptions.createdAt, startedAt),
        sql`${subscriptions.nextChargeAt} > ${ctx.now.toISOString()}::timestamptz`,
        sql`${subscriptions.nextChargeAt} < ${until.toISOString()}::timestamptz`,
        after === null
          ? undefined
          : sql`(${subscriptions.nextChargeAt}, ${subscriptions.id}) > (${after.on}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(asc(subscriptions.nextChargeAt), asc(subscriptions.id))
    .limit(BATCH);
  const switches = await currentSwitches(ctx.db);
  const may = (['skip', 'move'] as const).filter((action) => customerMay(switches, action));
  for (const { subscription, customer } of rows) {
    const today = localDateAt(ctx.now, subscription.timeZone);
    const movedOn = subscription.movedAt === null ? null : localDateAt(subscription.movedAt, subscription.timeZone);
    const { intervalUnit: unit, intervalCount: count } = subscription;
    // The end of a trial is always told of: the law asks for it.
    const isTrial = subscription.status === 'trialing';
    const lead = isTrial ? UPCOMING_DAYS : noticeLeadOf(customer.upcomingNoticeDays, { unit, count });
    const chargeOn = chargeDay(subscription);
    if (!isUpcomingNoticeDue({ ...subscription, nextChargeOn: chargeOn, isTrial }, movedOn, today, lead)) continue;
    // Without a token, or of nothing, there is no charge to announce.
    const token = await tokenOf(ctx, customer.id);
    const { totalCents } = draftInvoice(await orderFactsOf(ctx.db, subscription));
    if (token === undefined || totalCents === 0) continue;
    await queueMail(ctx.db, ctx, {
      template: 'upcoming_charge',
      dedupeKey: noticeKey(subscription.id, subscription.nextChargeOn),
      customerId: customer.id,
      to: customer.email,
      quietZone: subscription.timeZone,
      facts: {
        name: customer.name,
        amountCents: totalCents,
        chargeOn,
        isTrial,
        endsBefore: endsBefore(token, chargeOn),
        may,
        card: namedCard(token.cards),
        link: pageOf(ctx, subscription.id),
      },
    });
  }
  const last = rows.at(-1);
  return last === undefined ? null : { on: last.dueAt, id: last.subscription.id };
}

/** Takes back the announcement of a charge that does not come on its day any more, where it has not gone out. Should it come after all, it is announced anew. */
export async function withdrawNotice(
  tx: Queryable,
  { id, nextChargeOn }: Pick<typeof subscriptions.$inferSelect, 'id' | 'nextChargeOn'>,
): Promise<void> {
  await tx
    .update(outbox)
    .set({
      status: 'canceled',
      dueAt: null,
      leaseUntil: null,
      dedupeKey: sql`${outbox.dedupeKey} || ':' || ${outbox.id}`,
    })
    .where(and(eq(outbox.dedupeKey, noticeKey(id, nextChargeOn)), eq(outbox.status, 'queued')));
}

/**
 * Whether what a mail announces is over by the time at which it is to go out, since it waits for the morning: the subscription
 * was paused, canceled or has another day, the card is gone, or card or letter end on another day. Of other mail false.
 */
export async function isNoticeOver(
  db: Queryable,
  { template, dedupeKey }: Pick<typeof outbox.$inferSelect, 'template' | 'dedupeKey'>,
): Promise<boolean> {
  const [, id = '', on = ''] = dedupeKey.split(':');
  const isOfCustomer = sql`${paymentTokens.status} = 'live' and ${paymentTokens.customerId} = ${subscriptions.customerId}`;
  const said: Partial<Record<string, SQL>> = {
    upcoming_charge: sql`${subscriptions.id} = ${id} and ${subscriptions.nextChargeOn} = ${on}::date`,
    letter_expires_soon: sql`${paymentTokens.id} = ${id} and ${paymentTokens.letterExpiresOn} = ${on}::date`,
    card_expires_soon: sql`${paymentTokens.id} = ${id} and ${paymentTokens.cardExpiresOn} = ${on}::date`,
  };
  const isSo = said[template];
  if (isSo === undefined) return false;
  const [so] = await db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .innerJoin(paymentTokens, isOfCustomer)
    .where(and(IS_CHARGED, isSo))
    .limit(1);
  return so === undefined;
}

const noticeKey = (id: Id<'subscription'>, on: LocalDate) => `upcoming_charge:${id}:${on}`;

async function noticeExpiries(ctx: Context, { after }: Place, part: 'letters' | 'cards'): Promise<After | null> {
  const today = localDateAt(ctx.now, ctx.env.merchant.timeZone);
  const endsOn = part === 'letters' ? paymentTokens.letterExpiresOn : paymentTokens.cardExpiresOn;
  const rows = await ctx.db
    .select({ token: paymentTokens, customer: customers, endsOn: sql<LocalDate>`${endsOn}::text` })
    .from(paymentTokens)
    .innerJoin(customers, eq(customers.id, paymentTokens.customerId))
    .where(
      and(
        eq(paymentTokens.status, 'live'),
        sql`${endsOn} between ${today}::date and ${addDays(today, NOTICE_DAYS[0])}::date`,
        after === null ? undefined : sql`(${endsOn}, ${paymentTokens.id}) > (${after.on}::date, ${after.id})`,
      ),
    )
    .orderBy(asc(endsOn), asc(paymentTokens.id))
    .limit(BATCH);
  const charged = await nextCharges(
    ctx,
    rows.map(({ customer }) => customer.id),
  );
  for (const { token, customer, endsOn: day } of rows) {
    const next = charged.get(customer.id);
    if (next === undefined) continue;
    const nextChargeOn = chargeDay(next);
    const step = noticeStep(day, nextChargeOn, today);
    if (step === null) continue;
    const common = { customerId: customer.id, to: customer.email, quietZone: next.timeZone };
    const repair = `${ctx.env.appUrl}/account/payment-methods/${part === 'letters' ? 'letter' : 'card'}`;
    const facts = { name: customer.name, nextChargeOn, link: repair };
    if (part === 'letters')
      await queueMail(ctx.db, ctx, {
        ...common,
        template: 'letter_expires_soon',
        dedupeKey: `letter_expires_soon:${token.id}:${day}:${step}`,
        facts: { ...facts, letterExpiresOn: day },
      });
    else
      await queueMail(ctx.db, ctx, {
        ...common,
        template: 'card_expires_soon',
        dedupeKey: `card_expires_soon:${token.id}:${day}:${step}`,
        facts: { ...facts, expires: day.slice(0, 7), card: namedCard(token.cards) },
      });
  }
  const last = rows.at(-1);
  return last === undefined ? null : { on: last.endsOn, id: last.token.id };
}

/** What we charge by itself: one that waits in recovery has mail of its own. */
const IS_CHARGED: SQL = sql`${subscriptions.billingMethod} = 'hsa_fsa' and ${subscriptions.status} in ('active', 'trialing')
  and ${subscriptions.cancelOn} is null and ${subscriptions.nextChargeAt} is not null`;

type Charged = Pick<typeof subscriptions.$inferSelect, 'customerId' | 'nextChargeOn' | 'nextChargeAt' | 'timeZone'>;

/** The subscription of each customer that is charged first. */
async function nextCharges(ctx: Context, customerIds: Id<'customer'>[]): Promise<ReadonlyMap<Id<'customer'>, Charged>> {
  if (customerIds.length === 0) return new Map();
  const { id, customerId, nextChargeOn, nextChargeAt, timeZone } = subscriptions;
  const rows = await ctx.db
    .selectDistinctOn([customerId], { customerId, nextChargeOn, nextChargeAt, timeZone })
    .from(subscriptions)
    .where(and(inArray(customerId, customerIds), IS_CHARGED))
    .orderBy(customerId, nextChargeAt, id);
  return new Map(rows.map((row) => [row.customerId, row]));
}

async function tokenOf(ctx: Context, customerId: Id<'customer'>) {
  const { cards, letterExpiresOn, cardExpiresOn } = paymentTokens;
  const [token] = await ctx.db
    .select({ cards, letterExpiresOn, cardExpiresOn })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), eq(paymentTokens.status, 'live')));
  return token;
}

// As the readiness line has it: a charge on the last day is covered.
function endsBefore(
  { letterExpiresOn, cardExpiresOn }: Pick<typeof paymentTokens.$inferSelect, 'letterExpiresOn' | 'cardExpiresOn'>,
  chargeOn: LocalDate,
): 'letter' | 'card' | null {
  if (letterExpiresOn !== null && letterExpiresOn < chargeOn) return 'letter';
  return cardExpiresOn !== null && cardExpiresOn < chargeOn ? 'card' : null;
}

const pageOf = (ctx: Context, id: Id<'subscription'>) => `${ctx.env.appUrl}/account/subscriptions/${id}`;
