import { and, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { checkouts } from '@/db/schema/checkouts';
import { paymentTokens, pendingItemChanges, provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { type LocalDate, localDateAt } from '@/lib/core/calendar';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { ABANDON_MS, type ProvisionPurpose, purposeOf, type WaitingState, waitingState } from '@/lib/core/provisioning';
import { type ReadinessInput, type ReadinessVerdict, readinessVerdict } from '@/lib/core/readiness';
import type { HeldCharge } from './account';
import { isHeld } from './charge-state';
import { paidDays, readCharges } from './customer-charges';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { type PaymentFacts, readinessInput, type SubscriptionFacts } from './subscription-facts';

/** What Truemed has been asked for and has not settled. */
export interface PendingRequest {
  requestId: Id<'provisionRequest'>;
  purpose: ProvisionPurpose;
  state: WaitingState;
  /** The order that it is about, by name; null where it is about the card or the survey. */
  name: string | null;
  createdAt: Date;
}

/** The one thing that a customer should do about paying now; null: nothing. */
export type PaymentNeed = 'card' | 'another_card' | 'survey' | 'connect' | null;

/** How a customer pays, what it pays for, and what is under way at Truemed. */
export interface PaymentMethodsPage {
  shell: ShellFacts;
  today: LocalDate;
  now: Date;
  timeZone: string;
  payment: PaymentFacts | null;
  /** When Truemed has been asked to delete the card that was connected last; null where it has not. */
  deletionAskedAt: Date | null;
  need: PaymentNeed;
  /** The soonest charge that the card pays, with the letter; null where it pays for none. */
  next: { subscription: SubscriptionFacts; readiness: ReadinessInput } | null;
  /** Orders that are held. */
  held: HeldCharge[];
  /** Subscriptions that the card pays for, and those that are still billed elsewhere. None that are canceled. */
  onCard: SubscriptionFacts[];
  elsewhere: SubscriptionFacts[];
  pending: PendingRequest[];
}

const CHARGES = 8;
const PENDING = 20;

/** Reads how a customer pays, in queries made at once. Throws `forbidden` for everybody who is not a customer. */
export async function paymentMethodsPage(ctx: Context): Promise<PaymentMethodsPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [{ shell, payment, subscriptions }, charges, pending, deletionAskedAt] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, limit: CHARGES }),
    readPending(ctx, customerId),
    readDeletion(ctx, customerId),
  ]);
  const goingOn = subscriptions.filter(({ status }) => status !== 'canceled');
  const onCard = goingOn.filter(({ billingMethod }) => billingMethod === 'hsa_fsa');
  const held = charges.filter((charge): charge is HeldCharge => isHeld(charge.state));
  const soonest = onCard.find(({ nextChargeOn }) => nextChargeOn !== null);
  const heldOn = held.find(({ subscriptionId }) => subscriptionId === soonest?.id)?.orderOn ?? null;
  const readiness =
    soonest === undefined || payment === null
      ? null
      : readinessInput(soonest, payment, { heldOn, past: paidDays(charges, soonest.id) });
  const timeZone = subscriptions[0]?.timeZone ?? ctx.env.merchant.timeZone;
  return {
    shell,
    today: localDateAt(ctx.now, timeZone),
    now: ctx.now,
    timeZone,
    payment,
    deletionAskedAt: payment === null ? deletionAskedAt : null,
    need: needOf(payment, held, onCard, readiness === null ? null : readinessVerdict({ ...readiness, held: false })),
    next: soonest === undefined || readiness === null ? null : { subscription: soonest, readiness },
    held,
    onCard,
    elsewhere: goingOn.filter(({ billingMethod }) => billingMethod === 'external'),
    pending: pending.map(({ name, ...request }) => ({
      requestId: request.id,
      purpose: purposeOf(request),
      state: waitingState(request, ctx.now),
      name: name ?? subscriptions.find(({ id }) => id === request.subscriptionId)?.name ?? null,
      createdAt: request.createdAt,
    })),
  };
}

// An order that waits says what it waits for; then what would stop the next charge.
function needOf(
  payment: PaymentFacts | null,
  held: readonly HeldCharge[],
  onCard: readonly SubscriptionFacts[],
  verdict: ReadinessVerdict | null,
): PaymentNeed {
  if (payment === null) return onCard.length > 0 ? 'connect' : null;
  if (held.some(({ state }) => state === 'card_spent')) return 'another_card';
  if (held.some(({ state }) => state === 'waits_for_survey')) return 'survey';
  if (held.some(({ state }) => state === 'waits_for_card')) return 'card';
  if (verdict === 'letter_ends_before_charge') return 'survey';
  return verdict === 'card_expires_before_charge' ? 'card' : null;
}

// The latest of each purpose and subscription that has not ended: a later one takes the place of those before it.
async function readPending(ctx: Context, customerId: Id<'customer'>) {
  const rows = await ctx.db
    .select({
      id: provisionRequests.id,
      kind: provisionRequests.kind,
      purpose: provisionRequests.purpose,
      subscriptionId: provisionRequests.subscriptionId,
      status: provisionRequests.status,
      createdAt: provisionRequests.createdAt,
      returnedAt: provisionRequests.returnedAt,
      declinedAt: provisionRequests.declinedAt,
      changeOf: pendingItemChanges.subscriptionId,
      changeStatus: pendingItemChanges.status,
      name: sql<string | null>`coalesce(${pendingItemChanges.onceItem}, ${pendingItemChanges.items} -> 0) ->> 'name'`,
    })
    .from(provisionRequests)
    .leftJoin(pendingItemChanges, eq(pendingItemChanges.requestId, provisionRequests.id))
    .leftJoin(checkouts, eq(checkouts.provisionRequestId, provisionRequests.id))
    .where(
      and(
        eq(provisionRequests.customerId, customerId),
        // An order of a new subscription has a page of its own, to which the overview leads.
        isNull(checkouts.id),
        gt(provisionRequests.createdAt, new Date(ctx.now.getTime() - ABANDON_MS)),
        inArray(provisionRequests.status, [
          'planned',
          'open',
          'waiting_verification',
          'already_provisioned',
          'refused',
          'connected',
        ]),
      ),
    )
    .orderBy(desc(provisionRequests.createdAt), desc(provisionRequests.id))
    .limit(PENDING);
  const seen = new Set<string>();
  return rows.filter((row) => {
    const about = `${purposeOf(row)} ${row.changeOf ?? row.subscriptionId ?? ''}`;
    const isLatest = !seen.has(about);
    seen.add(about);
    const isOver = row.status === 'connected' || row.status === 'refused' || row.changeStatus === 'replaced';
    return isLatest && !isOver;
  });
}

async function readDeletion(ctx: Context, customerId: Id<'customer'>): Promise<Date | null> {
  const [row] = await ctx.db
    .select({ at: paymentTokens.deletionAskedAt })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, customerId), sql`${paymentTokens.deletionAskedAt} is not null`))
    .orderBy(desc(paymentTokens.deletionAskedAt))
    .limit(1);
  return row?.at ?? null;
}
