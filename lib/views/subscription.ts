import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { NamedCard } from '@/lib/core/card-words';
import { customerMay } from '@/lib/core/customer-switches';
import { decideEarlyCharge } from '@/lib/core/early-charge';
import { notFound } from '@/lib/core/errors';
import type { FailureChoice } from '@/lib/core/failure-choice';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import type { ReadinessInput } from '@/lib/core/readiness';
import { type ChangeKind, offeredChanges } from '@/lib/core/requested-change';
import { skippedAhead } from '@/lib/core/schedule-change';
import { firstChargeAfterMove } from '@/lib/core/subscription';
import { readEarlyStanding } from '@/lib/services/early-standing';
import { currentSwitches } from '@/lib/services/switches';
import type { HeldCharge } from './account';
import { isHeld, isOpen } from './charge-state';
import { type ChargeFacts, paidDays, readCharges } from './customer-charges';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { mayAddOnce, mayChangeItems } from './next-order';
import { type EndedItems, type HeldItems, ownSubscription, readEndedItems, readHeldItems } from './own-subscription';
import { type PaymentFacts, readinessInput, type SubscriptionFacts } from './subscription-facts';

/** One subscription of one customer. */
export interface SubscriptionPage {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  payment: PaymentFacts | null;
  readiness: ReadinessInput;
  held: HeldCharge | null;
  /** An order of it may still be charged, however its schedule stands. */
  isOpen: boolean;
  /** What its customer may change of its schedule now. */
  offered: ChangeKind[];
  /** Whether its next order may be made before its day. */
  mayChargeNow: boolean;
  mayChangeItems: boolean;
  mayChangeAddress: boolean;
  maySwapItem: boolean;
  /** Something may be added to its next order only. */
  mayAddOnce: boolean;
  /** What becomes of an order that cannot be paid; null where we do not charge it. */
  failureChoice: FailureChoice | null;
  /** The orders that are skipped and have not fallen due yet. */
  skippedOn: LocalDate[];
  /** A change of items that waits for Truemed; null too where the subscription is canceled, for which nothing comes of it. */
  heldItems: HeldItems | null;
  /** New items that Truemed did not take, until their customer has read so. */
  endedItems: EndedItems | null;
  history: ChargeFacts[];
  /** `before` of the next page of the history; null on the last. */
  older: LocalDate | null;
}

const HISTORY = 12;

/**
 * Reads one subscription with a page of its orders and what may be changed of it, in queries made at once; `before` continues the history. Throws
 * `not_found` for one that is not theirs, `forbidden` for everybody who is not a customer.
 */
export async function subscriptionPage(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; before?: LocalDate | undefined },
): Promise<SubscriptionPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, charges, early, heldItems, endedItems, switches] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, ...input, limit: HISTORY + 1 }),
    readEarlyStanding(ctx.db, ctx, { customerId, subscriptionId: input.subscriptionId }),
    readHeldItems(ctx, input.subscriptionId),
    readEndedItems(ctx, input.subscriptionId),
    currentSwitches(ctx.db),
  ]);
  if (early === null) throw notFound('This subscription');
  const { standing, facts } = early;
  const skippedOn = skippedAhead(standing, ctx.now).map(({ start }) => start);
  const subscription = ownSubscription(file, input.subscriptionId);
  const held = charges.find((charge): charge is HeldCharge => isHeld(charge.state)) ?? null;
  const history = charges.slice(0, HISTORY).sort((a, b) => (a.orderOn < b.orderOn ? 1 : -1));
  return {
    shell: file.shell,
    subscription,
    payment: file.payment,
    readiness: readinessInput(subscription, file.payment, {
      heldOn: held?.orderOn ?? null,
      past: paidDays(charges, subscription.id),
      skipped: skippedOn,
    }),
    held,
    isOpen: charges.some(({ state }) => isOpen(state)),
    offered: offeredChanges(standing, { now: ctx.now, hasToken: file.payment !== null, switches }),
    mayChangeItems: mayChangeItems(subscription, file.payment !== null, switches),
    maySwapItem:
      file.payment !== null &&
      subscription.billingMethod === 'hsa_fsa' &&
      subscription.status !== 'canceled' &&
      customerMay(switches, 'swap_item'),
    mayAddOnce: mayAddOnce(subscription, file.payment !== null) && customerMay(switches, 'add_once'),
    mayChangeAddress: customerMay(switches, 'address') && subscription.status !== 'canceled',
    mayChargeNow: decideEarlyCharge(standing, facts, standing.nextChargeOn, ctx.now).ok,
    failureChoice:
      subscription.billingMethod === 'hsa_fsa' && subscription.status !== 'canceled' ? early.row.failureChoice : null,
    skippedOn,
    heldItems: subscription.status === 'canceled' ? null : heldItems,
    endedItems: heldItems === null && subscription.status !== 'canceled' ? endedItems : null,
    history,
    older: charges.length > HISTORY ? (history.at(-1)?.orderOn ?? null) : null,
  };
}

/** What a move to HSA/FSA would change, before it is asked for. */
export interface MoveOffer {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  /** Our first charge, and the last order that the former processor still bills; null where there is none. */
  effect: { firstChargeOn: LocalDate; lastExternalOn: LocalDate | null };
  /** That first charge is the earliest: it waits until staff have confirmed the hand-over. */
  awaitsHandOver: boolean;
  /** The card that is connected already and would pay; null where Truemed asks for one. */
  connectedCard: NamedCard | null;
  /** Whether it can be moved; else why not. `card_gone`: it has moved, and no card is connected any more. */
  standing: 'movable' | 'card_gone' | 'already_moved' | 'canceled';
}

/**
 * Reads what the page before a move says: which order is still billed elsewhere and from when on we charge. Throws
 * `not_found` for a subscription that is not theirs, `forbidden` for everybody who is not a customer.
 */
export async function moveOffer(ctx: Context, input: { subscriptionId: Id<'subscription'> }): Promise<MoveOffer> {
  const { customerId } = requireCustomer(ctx.principal);
  const file = await readCustomerFile(ctx, customerId);
  const subscription = ownSubscription(file, input.subscriptionId);
  const { schedule, nextPeriodOn, today } = subscription;
  return {
    shell: file.shell,
    subscription,
    effect: firstChargeAfterMove(schedule, nextPeriodOn, today, ctx.env.handoverDays),
    awaitsHandOver: ctx.env.handOver === 'confirmed',
    connectedCard: file.payment?.card ?? null,
    standing: moveStanding(subscription, file.payment),
  };
}

function moveStanding(
  { status, billingMethod }: SubscriptionFacts,
  payment: PaymentFacts | null,
): MoveOffer['standing'] {
  if (status === 'canceled') return 'canceled';
  if (billingMethod !== 'hsa_fsa') return 'movable';
  return payment === null ? 'card_gone' : 'already_moved';
}
