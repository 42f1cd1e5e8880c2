import { inTransaction } from '@/db/client';
import { discounts } from '@/db/schema/catalog';
import type { Context } from '@/lib/context';
import type { DiscountTerms, DiscountTime } from '@/lib/core/discount';
import { type Id, newId } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { audit } from './audit';

/**
 * Staff make a discount that subscriptions can then be given: cents, or basis points of the goods (1 to 10,000), for one
 * order, for a number of orders, or for every order. Throws `forbidden` without the role, `RangeError` for other amounts.
 */
export async function createDiscount(
  ctx: Context,
  input: { name: string; terms: DiscountTerms; time: DiscountTime },
): Promise<Id<'discount'>> {
  requireStaff(ctx.principal, 'set_prices');
  const { name, terms, time } = input;
  const row = {
    id: newId('discount'),
    name,
    kind: terms.kind,
    amountCents: terms.kind === 'fixed' ? positive(terms.amountCents) : null,
    basisPoints: terms.kind === 'percent' ? positive(terms.basisPoints, 10_000) : null,
    duration: time.duration,
    periods: time.duration === 'periods' ? positive(time.periods) : null,
  };
  await inTransaction(ctx.db, async (tx) => {
    await tx.insert(discounts).values({ ...row, createdAt: ctx.now });
    const { id, ...change } = row;
    await audit(tx, ctx, { action: 'discount.created', subject: id, customerId: null, change });
  });
  return row.id;
}

function positive(value: number, most = 2_147_483_647): number {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new RangeError(`Not a whole number from 1 to ${most}: ${value}`);
  return value;
}
