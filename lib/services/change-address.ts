import { and, eq, isNull } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { customerMay, type SwitchedOff } from '@/lib/core/customer-switches';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { type AddressProblems, isSameAddress, type PostalAddress, readAddress } from '@/lib/core/postal-address';
import { requireCustomer } from '@/lib/core/principal';
import { audit } from './audit';
import { queueMail } from './queue-mail';
import { currentSwitches } from './switches';

export type ChangeAddressResult =
  | { ok: true }
  | { ok: false; reason: AddressRefusal }
  /** What is wrong with which field. */
  | { ok: false; reason: 'not_an_address'; problems: AddressProblems };
export type AddressRefusal = 'canceled' | SwitchedOff;

/**
 * A customer says where their orders are sent: all of them, or, with `subscriptionId`, one subscription that differs; there a
 * null address means that of the account again. It is for the merchant alone and never sent to Truemed, which asks for none
 * that we know the form of (truemed-api.md section 3.1). The log keeps that it changed, not what, and so does the mail that says so. Throws `not_found` for a
 * subscription that is not theirs.
 */
export async function changeAddress(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> | null; typed: Record<keyof PostalAddress, string> | null },
): Promise<ChangeAddressResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const { subscriptionId, typed } = input;
  const read = typed === null ? null : readAddress(typed);
  return inTransaction(ctx.db, async (tx): Promise<ChangeAddressResult> => {
    const [customer] = await tx
      .select({ name: customers.name, email: customers.email, address: customers.address })
      .from(customers)
      .where(and(eq(customers.id, customerId), isNull(customers.deletedAt)))
      .for('no key update');
    if (customer === undefined) throw notFound('This account');
    const own = and(eq(subscriptions.customerId, customerId), eq(subscriptions.id, subscriptionId ?? 'sub_'));
    const [subscription] = await tx
      .select({ status: subscriptions.status, address: subscriptions.address })
      .from(subscriptions)
      .where(own)
      .for('no key update');
    if (subscriptionId !== null && subscription === undefined) throw notFound('This subscription');
    if (!customerMay(await currentSwitches(tx), 'address')) return { ok: false, reason: 'switched_off' };
    if (subscription?.status === 'canceled') return { ok: false, reason: 'canceled' };
    if (read !== null && !read.ok) return { ok: false, reason: 'not_an_address', problems: read.problems };
    const address = read === null ? null : read.address;
    if (subscriptionId === null)
      await tx.update(customers).set({ address, updatedAt: ctx.now }).where(eq(customers.id, customerId));
    else await tx.update(subscriptions).set({ address, updatedAt: ctx.now }).where(own);
    await audit(tx, ctx, {
      action: subscriptionId === null ? 'customer.address_changed' : 'subscription.address_changed',
      subject: subscriptionId ?? customerId,
      customerId,
      change: { isOwn: address !== null },
    });
    const before = subscriptionId === null ? customer.address : (subscription?.address ?? null);
    if (!isSameAddress(before, address))
      await queueMail(tx, ctx, {
        template: 'address_changed',
        // Pressed again it is no change any more.
        dedupeKey: `address_changed:${newId('mail')}`,
        customerId,
        to: customer.email,
        facts: {
          name: customer.name,
          isOfOne: subscriptionId !== null,
          link: `${ctx.env.appUrl}/account/${subscriptionId === null ? 'settings' : `subscriptions/${subscriptionId}`}`,
        },
      });
    return { ok: true };
  });
}
