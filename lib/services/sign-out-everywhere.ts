import { eq, inArray } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers, sessions, users, verificationTokens } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { requireCustomer } from '@/lib/core/principal';
import { audit } from './audit';

/** A customer ends every session of theirs, this one too, and every sign-in link that is not used yet. Returns how many there were. */
export async function signOutEverywhere(ctx: Context): Promise<{ ok: true; sessions: number }> {
  const { customerId } = requireCustomer(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const [customer] = await tx.select({ email: customers.email }).from(customers).where(eq(customers.id, customerId));
    if (customer === undefined) throw notFound('This account');
    const ended = await endSessionsOf(tx, customer.email);
    await audit(tx, ctx, {
      action: 'customer.signed_out_everywhere',
      subject: customerId,
      customerId,
      change: { sessions: ended },
    });
    return { ok: true, sessions: ended };
  });
}

/** Ends every session and every open sign-in link of an address. */
export async function endSessionsOf(tx: Queryable, email: string): Promise<number> {
  await tx.delete(verificationTokens).where(eq(verificationTokens.identifier, email));
  const ended = await tx
    .delete(sessions)
    .where(inArray(sessions.userId, tx.select({ id: users.id }).from(users).where(eq(users.email, email))))
    .returning({ userId: sessions.userId });
  return ended.length;
}
