import { eq } from 'drizzle-orm';
import { subscriptions as subscriptionRows } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import type { CustomerSwitches } from '@/lib/core/customer-switches';
import { everyOrder } from '@/lib/core/draft-invoice';
import { requireCustomer } from '@/lib/core/principal';
import type { ReadinessInput } from '@/lib/core/readiness';
import { type ChangeKind, offeredChanges } from '@/lib/core/requested-change';
import { standingOf } from '@/lib/services/change-schedule';
import { currentSwitches } from '@/lib/services/switches';
import { type HeldState, isHeld } from './charge-state';
import { type ChargeFacts, paidDays, readCharges } from './customer-charges';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { type OpenCheckout, readOpenCheckouts } from './open-checkouts';
import { type PaymentFacts, readinessInput, type SubscriptionFacts } from './subscription-facts';

/** An order that is held until somebody acts. */
export type HeldCharge = ChargeFacts & { state: HeldState };

/** What the first screenful says: the most pressing thing, then the next charge. */
export type AccountAnswer =
  | { kind: 'action_needed'; charge: HeldCharge; subscription: SubscriptionFacts; readiness: ReadinessInput }
  | NextCharge
  | { kind: 'billed_elsewhere'; subscription: SubscriptionFacts; readiness: ReadinessInput }
  | Inactive;

/**
 * Nothing is charged: everything is paused, ends or is canceled. The subscription is the one that is likeliest to be wanted
 * again, with what its customer may change of it now; null where there is none yet.
 */
interface Inactive {
  kind: 'inactive';
  subscription: SubscriptionFacts | null;
  offered: ChangeKind[];
}

/** The next charge of ours, with what its customer may change of its schedule now. */
interface NextCharge {
  kind: 'next_charge';
  subscription: SubscriptionFacts;
  readiness: ReadinessInput;
  offered: ChangeKind[];
}

/** The overview of one customer. */
export interface AccountOverview {
  shell: ShellFacts;
  today: LocalDate;
  answer: AccountAnswer;
  payment: (PaymentFacts & { paysFor: number }) | null;
  /** Subscriptions that the answer does not speak of and that we do not charge: billed elsewhere, paused, canceled. */
  others: SubscriptionFacts[];
  /** Further held orders; the answer has the first. */
  alsoHeld: HeldCharge[];
  comingUp: ComingUp[];
  /** New subscriptions that were ordered and have not begun. */
  ordered: OpenCheckout[];
  recent: ChargeFacts[];
}

/** One charge of ours to come. */
export interface ComingUp {
  subscriptionId: SubscriptionFacts['id'];
  date: LocalDate;
  name: string;
  schedule: SubscriptionFacts['schedule'];
  pieces: number;
  totalCents: number;
}

const RECENT = 8;
const COMING_UP = 3;

/**
 * Reads a customer's overview, in queries made at once, and then what may be changed of the subscription that it speaks of.
 * Throws `forbidden` for everybody who is not a customer.
 */
export async function accountOverview(ctx: Context): Promise<AccountOverview> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, charges, ordered, switches] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, limit: RECENT }),
    readOpenCheckouts(ctx, customerId),
    currentSwitches(ctx.db),
  ]);
  const { shell, payment, subscriptions } = file;
  const held = charges.filter((charge): charge is HeldCharge => isHeld(charge.state));
  const chosen = chooseAnswer(subscriptions, held, charges, payment);
  const answer: AccountAnswer =
    chosen.kind === 'next_charge' || chosen.kind === 'inactive'
      ? { ...chosen, offered: await readOffered(ctx, chosen.subscription, payment !== null, switches) }
      : chosen;
  const spokenOf = answer.subscription?.id;
  const ours = subscriptions.filter(isCharged);
  return {
    shell,
    today: localDateAt(ctx.now, subscriptions[0]?.timeZone ?? ctx.env.merchant.timeZone),
    answer,
    payment: payment === null ? null : { ...payment, paysFor: ours.length },
    others: subscriptions.filter((one) => one.id !== spokenOf && !isCharged(one)),
    alsoHeld: answer.kind === 'action_needed' ? held.filter((charge) => charge !== answer.charge) : [],
    comingUp: comingUp(ours.filter((one) => !held.some(({ subscriptionId }) => subscriptionId === one.id))),
    ordered,
    recent: [...charges].sort((a, b) => (a.orderOn < b.orderOn ? 1 : -1)),
  };
}

function chooseAnswer(
  subscriptions: readonly SubscriptionFacts[],
  held: readonly HeldCharge[],
  charges: readonly ChargeFacts[],
  payment: PaymentFacts | null,
): Exclude<AccountAnswer, NextCharge | Inactive> | Omit<NextCharge, 'offered'> | Omit<Inactive, 'offered'> {
  const draw = (one: SubscriptionFacts, heldOn: LocalDate | null) =>
    readinessInput(one, payment, { heldOn, past: paidDays(charges, one.id) });
  for (const charge of held) {
    const subscription = subscriptions.find(({ id }) => id === charge.subscriptionId);
    if (subscription !== undefined)
      return { kind: 'action_needed', charge, subscription, readiness: draw(subscription, charge.orderOn) };
  }
  const next = subscriptions.find(isCharged);
  if (next !== undefined) return { kind: 'next_charge', subscription: next, readiness: draw(next, null) };
  const external = subscriptions.find((one) => one.nextChargeOn !== null);
  if (external !== undefined)
    return { kind: 'billed_elsewhere', subscription: external, readiness: draw(external, null) };
  return { kind: 'inactive', subscription: likeliest(subscriptions) };
}

// What rests comes back sooner than what is over; among those, the one that was charged last.
function likeliest(subscriptions: readonly SubscriptionFacts[]): SubscriptionFacts | null {
  const rank = ({ status, billingMethod }: SubscriptionFacts) =>
    (status === 'paused' ? 0 : status === 'canceled' ? 2 : 1) + (billingMethod === 'hsa_fsa' ? 0 : 3);
  const [first] = [...subscriptions].sort(
    (a, b) => rank(a) - rank(b) || (a.nextPeriodOn < b.nextPeriodOn ? 1 : a.nextPeriodOn > b.nextPeriodOn ? -1 : 0),
  );
  return first ?? null;
}

async function readOffered(
  ctx: Context,
  subscription: Pick<SubscriptionFacts, 'id'> | null,
  hasToken: boolean,
  switches: CustomerSwitches,
): Promise<ChangeKind[]> {
  if (subscription === null) return [];
  const [row] = await ctx.db.select().from(subscriptionRows).where(eq(subscriptionRows.id, subscription.id));
  if (row === undefined) return [];
  return offeredChanges(await standingOf(ctx.db, ctx, row), { now: ctx.now, hasToken, switches });
}

function isCharged(subscription: SubscriptionFacts): boolean {
  return subscription.billingMethod === 'hsa_fsa' && subscription.nextChargeOn !== null;
}

// Each subscription's next charge, and later ones while there is room.
function comingUp(ours: readonly SubscriptionFacts[]): ComingUp[] {
  const all = ours.flatMap(({ id, name, schedule, lines, upcoming, upcomingTotals, totalCents: next }) => {
    const piecesOf = (some: typeof lines) => some.reduce((sum, { quantity }) => sum + quantity, 0);
    return upcoming.slice(0, COMING_UP).map((date, index) => {
      const totalCents = upcomingTotals[index] ?? next;
      const pieces = piecesOf(index === 0 ? lines : everyOrder(lines));
      return { index, subscriptionId: id, date, name, schedule, pieces, totalCents };
    });
  });
  const byDay = (a: ComingUp, b: ComingUp) => (a.date < b.date ? -1 : 1);
  const next = all.filter(({ index }) => index === 0);
  const later = all.filter(({ index }) => index > 0).sort(byDay);
  return [...next, ...later.slice(0, Math.max(0, COMING_UP - next.length))]
    .map(({ index, ...charge }) => charge)
    .sort(byDay);
}
