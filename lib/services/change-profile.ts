import { and, eq, isNull } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { typedLine } from '@/lib/core/postal-address';
import { requireCustomer } from '@/lib/core/principal';
import { MAX_LENGTH } from '@/lib/core/subscriber-row';
import { US_STATES } from '@/lib/core/us-states';
import { audit } from './audit';

export type ChangeProfileResult = { ok: true } | { ok: false; reason: ProfileRefusal };
export type ProfileRefusal = 'name_missing' | 'name_too_long' | 'not_a_state';

/**
 * A customer says what they are called, and in which state they live: Truemed's `customer_state`, which fills in a question of
 * the survey (truemed-api.md section 3.1); empty where they would rather not say. The log keeps that it changed, not what.
 */
export async function changeProfile(
  ctx: Context,
  input: { name: string; state: string },
): Promise<ChangeProfileResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const name = typedLine(input.name);
  const state = input.state === '' ? null : input.state;
  if (name === '') return { ok: false, reason: 'name_missing' };
  if (name.length > MAX_LENGTH) return { ok: false, reason: 'name_too_long' };
  if (state !== null && !Object.hasOwn(US_STATES, state)) return { ok: false, reason: 'not_a_state' };
  return inTransaction(ctx.db, async (tx): Promise<ChangeProfileResult> => {
    const [before] = await tx
      .select()
      .from(customers)
      .where(and(eq(customers.id, customerId), isNull(customers.deletedAt)))
      .for('no key update');
    if (before === undefined) throw notFound('This account');
    const changed = [...(before.name === name ? [] : ['name']), ...(before.state === state ? [] : ['state'])];
    if (changed.length === 0) return { ok: true };
    await tx.update(customers).set({ name, state, updatedAt: ctx.now }).where(eq(customers.id, customerId));
    await audit(tx, ctx, { action: 'customer.profile_changed', subject: customerId, customerId, change: { changed } });
    return { ok: true };
  });
}
