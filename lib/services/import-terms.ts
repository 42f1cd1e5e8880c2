import type { Queryable } from '@/db/client';
import { subscriptionItems, type subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import type { FileSubscription } from '@/lib/core/subscriber-gather';
import { chargeInstant, type SubscriptionEvent } from '@/lib/core/subscription';

/** The run that writes. */
export interface ImportRun {
  id: Id<'importRun'>;
  /** The earliest end of a letter, for each token of the whole file. */
  letters: ReadonlyMap<string, LocalDate>;
}

/** A subscription of a file that is created or updated. `events` as in `ImportDecision`: a new one has none. */
export interface TakenSubscription {
  file: FileSubscription;
  hasNewPerson: boolean;
  events: readonly SubscriptionEvent[] | null;
}

/** The columns that an import fills, `status` aside: it is written once, and then changed by events only. */
export type TermsColumns = Pick<
  typeof subscriptions.$inferSelect,
  | 'billingMethod'
  | 'intervalUnit'
  | 'intervalCount'
  | 'anchorDate'
  | 'timeZone'
  | 'nextChargeOn'
  | 'nextChargeAt'
  | 'shippingCents'
  | 'taxCents'
  | 'discountCents'
>;

/** The terms of a file as columns. An `external` subscription is never due, and a canceled one neither. */
export function termsColumns({ env }: Pick<Context, 'env'>, { terms }: FileSubscription): TermsColumns {
  const timeZone = terms.timeZone ?? env.merchant.timeZone;
  const isCharged = terms.billingMethod === 'hsa_fsa' && terms.status !== 'canceled';
  return {
    billingMethod: terms.billingMethod,
    intervalUnit: terms.interval.unit,
    intervalCount: terms.interval.count,
    anchorDate: terms.anchorDate,
    timeZone,
    nextChargeOn: terms.nextChargeOn,
    nextChargeAt: isCharged ? chargeInstant(terms.nextChargeOn, timeZone, env.merchant.billingHour) : null,
    shippingCents: terms.shippingCents,
    taxCents: terms.taxCents,
    discountCents: terms.discountCents,
  };
}

// PostgreSQL takes 65,535 parameters in one statement.
const ROWS_PER_INSERT = 2_000;

/** Stores the items of subscriptions that have none, in the order of the file. */
export async function insertItems(
  tx: Queryable,
  owners: readonly { id: Id<'subscription'>; file: FileSubscription }[],
): Promise<void> {
  const rows = owners.flatMap(({ id, file }) =>
    file.items.map((item, position) => ({ id: newId('item'), subscriptionId: id, position, ...item })),
  );
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await tx.insert(subscriptionItems).values(rows.slice(start, start + ROWS_PER_INSERT));
  }
}
