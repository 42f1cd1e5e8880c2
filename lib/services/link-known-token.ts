import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { AppError, notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { callTruemed } from './call-truemed';
import { finishMove } from './finish-move';
import { linkToken } from './link-token';

export type LinkResult =
  | { ok: true }
  | { ok: false; reason: 'not_waiting' | 'no_such_token' | 'token_of_another_customer' };

/**
 * Staff link a token that Truemed has for a customer and that we do not know, chosen from list payment tokens. `tokenLookup`
 * is the keyed hash that the list showed: the token itself never leaves the server. Audited; never by e-mail alone, a person
 * has compared. Throws `forbidden` without the role, `not_found` for an unknown request, `provider_unavailable`.
 */
export async function linkKnownToken(
  ctx: Context,
  input: { requestId: Id<'provisionRequest'>; email: string; tokenLookup: string },
): Promise<LinkResult> {
  requireStaff(ctx.principal, 'link_token');
  const [request] = await ctx.db.select().from(provisionRequests).where(eq(provisionRequests.id, input.requestId));
  if (request === undefined) throw notFound('This request');
  if (request.status !== 'already_provisioned' && request.status !== 'waiting_verification')
    return { ok: false, reason: 'not_waiting' };
  const listed = await callTruemed(ctx, (truemed) => truemed.listPaymentTokens(input.email));
  if (listed.kind !== 'found')
    throw new AppError('provider_unavailable', 'Truemed did not list its tokens. Try again.', { retryable: true });
  const details = listed.value.find(({ paymentToken }) => ctx.vault.lookup(paymentToken) === input.tokenLookup);
  if (details === undefined) return { ok: false, reason: 'no_such_token' };
  try {
    return await inTransaction(ctx.db, async (tx): Promise<LinkResult> => {
      const linked = await linkToken(tx, ctx, request.customerId, details, 'staff', request.id);
      if (linked === 'deleted') return { ok: false, reason: 'no_such_token' };
      await finishMove(tx, ctx, request, null, 'linked by staff');
      return { ok: true };
    });
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict')
      return { ok: false, reason: 'token_of_another_customer' };
    throw error;
  }
}
