import { and, eq, ne } from 'drizzle-orm';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { customerMay } from '@/lib/core/customer-switches';
import { requireCustomer } from '@/lib/core/principal';
import { type StopChoice, stopChoicesOf } from '@/lib/core/stop-hsa-fsa';
import { standingOf } from '@/lib/services/change-schedule';
import { currentSwitches } from '@/lib/services/switches';
import { isHeld } from './charge-state';
import { readCharges } from './customer-charges';
import { readCustomerFile, type ShellFacts } from './customer-file';
import type { PaymentFacts, SubscriptionFacts } from './subscription-facts';

/** A subscription on the card, and what may become of it. */
export interface StopRow {
  subscription: SubscriptionFacts;
  choices: StopChoice[];
  /** An order that is on hold, and would be given up; null where none is. */
  heldCents: number | null;
}

/** What stopping HSA/FSA would do, before it is done. */
export interface StopPage {
  shell: ShellFacts;
  payment: PaymentFacts | null;
  rows: StopRow[];
}

const CHARGES = 8;

/** Reads what a customer pays with HSA/FSA and what may become of each. Throws `forbidden` for everybody who is not a customer. */
export async function stopPage(ctx: Context): Promise<StopPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, charges, rows, switches] = await Promise.all([
    readCustomerFile(ctx, customerId),
    readCharges(ctx, { customerId, limit: CHARGES }),
    ctx.db
      .select()
      .from(subscriptions)
      .where(
        and(
          eq(subscriptions.customerId, customerId),
          eq(subscriptions.billingMethod, 'hsa_fsa'),
          ne(subscriptions.status, 'canceled'),
        ),
      )
      .orderBy(subscriptions.id),
    currentSwitches(ctx.db),
  ]);
  const at = { now: ctx.now, mayPause: customerMay(switches, 'pause') };
  const standings = await Promise.all(rows.map((row) => standingOf(ctx.db, ctx, row)));
  return {
    shell: file.shell,
    payment: file.payment,
    rows: rows.flatMap((row, index): StopRow[] => {
      const [subscription, standing] = [file.subscriptions.find(({ id }) => id === row.id), standings[index]];
      if (subscription === undefined || standing === undefined) return [];
      const held = charges.find((charge) => charge.subscriptionId === row.id && isHeld(charge.state));
      return [{ subscription, choices: stopChoicesOf(standing, at), heldCents: held?.totalCents ?? null }];
    }),
  };
}
