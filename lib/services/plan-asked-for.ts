import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/context';
import type { RenewalPlan } from '@/lib/core/renewal';
import { type AskedBy, decideRenewal } from '@/lib/core/renewal-decision';
import { decideRenewals, recordDecisions } from './decide-renewals';
import type { PlannedAttempt } from './plan-attempt';
import { planInvoice, type SubscriptionRow } from './plan-invoice';
import { withdrawNotice } from './send-notices';

/**
 * Plans an order that somebody asked for, stores why it is charged and who asked, and takes back what would announce it. The caller holds the lock of the
 * subscription and has decided that it may be. Returns the attempt to send, null where there is none.
 */
export async function planAskedFor(
  tx: Queryable,
  ctx: Context,
  subscription: SubscriptionRow,
  plan: RenewalPlan,
  askedBy: AskedBy,
): Promise<PlannedAttempt | null> {
  const known = await decideRenewals(tx, ctx, [subscription]);
  const attempt = await planInvoice(tx, ctx, subscription, plan, askedBy);
  await withdrawNotice(tx, subscription);
  const decided = known.map((one) => {
    const facts = { ...one.facts, askedBy };
    return { ...one, facts, verdict: decideRenewal(facts) };
  });
  await recordDecisions(tx, ctx, decided);
  return attempt;
}
