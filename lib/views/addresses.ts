import { and, eq } from 'drizzle-orm';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { customerMay } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import type { PostalAddress } from '@/lib/core/postal-address';
import { requireCustomer } from '@/lib/core/principal';
import { currentSwitches } from '@/lib/services/switches';
import { readCustomerFile, type ShellFacts } from './customer-file';
import { ownSubscription } from './own-subscription';

/** Where a subscription is sent. */
export interface AddressPage {
  shell: ShellFacts;
  name: string;
  /** Of the account, and of this subscription alone where it has one. */
  ofAccount: PostalAddress | null;
  own: PostalAddress | null;
  /** The merchant leaves it to customers, and the subscription has not ended. */
  mayChange: boolean;
}

/**
 * Reads where a subscription is sent. Throws `not_found` for one that is not theirs, `forbidden` for everybody who is not a
 * customer.
 */
export async function addressPage(ctx: Context, input: { subscriptionId: Id<'subscription'> }): Promise<AddressPage> {
  const { customerId } = requireCustomer(ctx.principal);
  const [file, [row], switches] = await Promise.all([
    readCustomerFile(ctx, customerId),
    ctx.db
      .select({ ofAccount: customers.address, own: subscriptions.address })
      .from(subscriptions)
      .innerJoin(customers, eq(customers.id, subscriptions.customerId))
      .where(and(eq(subscriptions.id, input.subscriptionId), eq(subscriptions.customerId, customerId))),
    currentSwitches(ctx.db),
  ]);
  if (row === undefined) throw notFound('This subscription');
  const { name, status } = ownSubscription(file, input.subscriptionId);
  const mayChange = customerMay(switches, 'address') && status !== 'canceled';
  return { shell: file.shell, name, ...row, mayChange };
}
