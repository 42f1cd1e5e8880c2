import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { addDays, type IntervalUnit, type LocalDate, localDate, localDateAt } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import { chargeInstant } from '@/lib/core/subscription';
import { seedToken } from '@/sandbox/control/actions';
import type { World } from '@/sandbox/world';
import type { Chance } from './chance';
import type { Story } from './story';

/** A subscriber of a simulated shop, as the simulator remembers them: the product is never asked for this. */
export interface Person {
  customerId: Id<'customer'>;
  email: string;
  /** The token with which they were imported; null for one who may still move. */
  paymentToken: string | null;
  subscriptions: Ordered[];
  /** Whether they deleted their account. */
  isGone: boolean;
}

/** A subscription at its beginning. */
export interface Ordered {
  id: Id<'subscription'>;
  externalId: string;
  unit: IntervalUnit;
  count: number;
  anchor: LocalDate;
  /** The first day of the period that begins first in the run: a date of the anchor's, which may be months before it. */
  firstOn: LocalDate;
  timeZone: string;
  isOurs: boolean;
  /** Whether its dates were ever changed by hand: then the simulator's calendar does not know them any more. */
  isMoved: boolean;
}

const ZONES = ['America/New_York', 'America/New_York', 'America/Los_Angeles', 'America/Anchorage', 'UTC'] as const;

/** Makes the people of a story, most of them on HSA/FSA, with dates that are hard where calendars are. */
export async function populate(ctx: Context, world: World, chance: Chance, story: Story): Promise<Person[]> {
  const people: Person[] = [];
  const wanted = story.subscriptions;
  const days = Array.from({ length: 3 }, () => chance.between(0, 9));
  for (let made = 0; made < wanted; ) {
    const count = Math.min(wanted - made, chance.hits(0.25) ? 2 : 1);
    const person = aPerson(ctx, chance, story, days, people.length, count);
    people.push(person);
    made += person.subscriptions.length;
  }
  for (const { email, paymentToken } of people) {
    if (paymentToken !== null) seedToken(world, { email, name: 'Maya Okafor', payment_token: paymentToken });
  }
  await store(ctx, people, chance);
  return people;
}

function aPerson(
  ctx: Context,
  chance: Chance,
  story: Story,
  days: readonly number[],
  number: number,
  count: number,
): Person {
  // Where people move there are some who may.
  const mayMove = story.themes.has('moves') && (number === 1 || number === 2);
  const hasToken = number === 0 || (!mayMove && chance.hits(0.8));
  const paymentToken = hasToken ? `pt_${newId('paymentToken')}` : null;
  const subscribed = Array.from({ length: count }, (_, index): Ordered => {
    const [unit, every] = anInterval(chance, story);
    const firstOn = aFirstDay(ctx.now, chance, unit, story, days);
    return {
      id: newId('subscription'),
      externalId: `S-${number}-${index}`,
      unit,
      count: every,
      anchor: unit === 'month' && every === 1 ? anAnchor(firstOn, chance) : firstOn,
      firstOn,
      timeZone: chance.pick(ZONES),
      isOurs: paymentToken !== null && (index === 0 || chance.hits(0.7)),
      isMoved: false,
    };
  });
  return {
    customerId: newId('customer'),
    email: `person-${number}@example.com`,
    paymentToken,
    subscriptions: subscribed,
    isGone: false,
  };
}

function anInterval(chance: Chance, { themes }: Story): [IntervalUnit, number] {
  const isCalendar = themes.has('calendar');
  switch (chance.weighed({ month: isCalendar ? 90 : 30, months: isCalendar ? 3 : 1, weeks: 39, days: 30 })) {
    case 'month':
      return ['month', 1];
    case 'months':
      return ['month', 2];
    case 'weeks':
      return ['week', chance.between(1, 3)];
    case 'days':
      return ['day', chance.pick([4, 5, 7, 10, 20])];
  }
}

// Most begin within days, several on the same one. Where months are long and short it is often the last day of one.
function aFirstDay(
  now: Date,
  chance: Chance,
  unit: IntervalUnit,
  { themes }: Story,
  days: readonly number[],
): LocalDate {
  const tomorrow = addDays(localDateAt(now, 'UTC'), 1);
  if (unit === 'month' && (themes.has('calendar') || chance.hits(0.3))) {
    for (let ahead = 0; ahead < 31; ahead += 1) {
      const day = addDays(tomorrow, ahead);
      if (Number(addDays(day, 1).slice(8)) === 1) return day;
    }
  }
  return addDays(tomorrow, chance.hits(0.85) ? chance.pick(days) : chance.between(0, 25));
}

// A period that begins on the last day of a short month may come from an anchor on the 29th to the 31st of a month before it.
function anAnchor(firstOn: LocalDate, chance: Chance): LocalDate {
  const isLast = Number(addDays(firstOn, 1).slice(8)) === 1;
  if (!isLast || chance.hits(0.2)) return firstOn;
  const day = Math.max(Number(firstOn.slice(8)), chance.between(29, 31));
  const before = addDays(localDate(`${firstOn.slice(0, 7)}-01`), -1);
  const ofBefore = Math.min(day, Number(before.slice(8)));
  return inMonthsOf(before, ofBefore, 1) === firstOn ? localDate(`${before.slice(0, 7)}-${ofBefore}`) : firstOn;
}

function inMonthsOf(month: LocalDate, day: number, months: number): string {
  return inMonths(Number(month.slice(0, 4)), Number(month.slice(5, 7)), day, months);
}

async function store(ctx: Context, people: readonly Person[], chance: Chance): Promise<void> {
  const { db, now, vault, env } = ctx;
  const stamps = { createdAt: now, updatedAt: now };
  await db
    .insert(customers)
    .values(people.map(({ customerId: id, email }) => ({ id, email, name: 'Maya Okafor', state: 'CA', ...stamps })));
  const all = people.flatMap((person) => person.subscriptions.map((ordered) => ({ person, ordered })));
  await db.insert(subscriptions).values(
    all.map(({ person, ordered }) => ({
      id: ordered.id,
      externalId: ordered.externalId,
      customerId: person.customerId,
      status: ordered.isOurs && chance.hits(0.1) ? ('trialing' as const) : ('active' as const),
      billingMethod: ordered.isOurs ? ('hsa_fsa' as const) : ('external' as const),
      intervalUnit: ordered.unit,
      intervalCount: ordered.count,
      anchorDate: ordered.anchor,
      timeZone: ordered.timeZone,
      nextChargeOn: ordered.firstOn,
      nextChargeAt: ordered.isOurs ? chargeInstant(ordered.firstOn, ordered.timeZone, env.merchant.billingHour) : null,
      shippingCents: 500,
      taxCents: 330,
      discountCents: chance.pick([0, 900]),
      ...stamps,
    })),
  );
  await db.insert(subscriptionItems).values(
    all.map(({ ordered }) => ({
      id: newId('item'),
      subscriptionId: ordered.id,
      position: 0,
      sku: 'DAILY',
      name: 'Daily Essentials',
      quantity: chance.between(1, 3),
      unitPriceCents: chance.between(1_500, 9_900),
    })),
  );
  const held = people.flatMap(({ customerId, paymentToken }) => {
    if (paymentToken === null) return [];
    const id = newId('paymentToken');
    const token = vault.seal(paymentToken, `payment_tokens.token:${id}`);
    const facts = { id, customerId, token, tokenLookup: vault.lookup(paymentToken), createdAt: now };
    return [{ ...facts, status: 'live' as const, source: 'import' as const }];
  });
  if (held.length > 0) await db.insert(paymentTokens).values(held);
}

/**
 * The starts of the periods of a subscription whose dates nobody moved, by a calendar of the simulator's own: years, months
 * and days as plain numbers, none of the product's code.
 */
export function expectedStarts(ordered: Ordered, until: string): Set<string> {
  const starts = new Set<string>();
  const [year = 0, month = 0, day = 0] = ordered.anchor.split('-').map(Number);
  for (let n = 0; n < 400; n += 1) {
    const start = ordered.unit === 'month' ? inMonths(year, month, day, n * ordered.count) : inDays(ordered, n);
    if (start > until) return starts;
    starts.add(start);
  }
  return starts;
}

function inMonths(year: number, month: number, day: number, months: number): string {
  const index = year * 12 + (month - 1) + months;
  const [y, m] = [Math.floor(index / 12), (index % 12) + 1];
  const isLeap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const last = Math.min(day, lengths[m - 1] ?? 31);
  return `${y}-${String(m).padStart(2, '0')}-${String(last).padStart(2, '0')}`;
}

function inDays({ anchor, unit, count }: Ordered, n: number): string {
  const days = n * count * (unit === 'week' ? 7 : 1);
  return localDate(new Date(Date.parse(`${anchor}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10));
}
