import type { Context } from '@/lib/context';
import { ownDeeds } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { type OfferedPlan, readOfferedPlans } from '@/lib/services/offered-plan';
import { currentSwitches } from '@/lib/services/switches';

/** What can be subscribed to, by name. For everybody: nothing of any customer's is in it. */
export function offeredPlans({ db }: Pick<Context, 'db'>): Promise<OfferedPlan[]> {
  return readOfferedPlans(db, 'all');
}

/** What customers may do of an order to come by themselves, in words, for somebody who has yet to order. */
export async function promisedDeeds({ db }: Pick<Context, 'db'>): Promise<string> {
  return ownDeeds(await currentSwitches(db));
}

/** One plan that is offered; null for any other id. */
export async function offeredPlan(
  { db }: Pick<Context, 'db'>,
  input: { planId: Id<'plan'> },
): Promise<OfferedPlan | null> {
  const [plan] = await readOfferedPlans(db, input);
  return plan ?? null;
}
