import { and, eq, gt, isNull } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { recoveryCases } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { createTokenBytes, updateTokenBytes } from '@/lib/truemed/bodies';
import { audit } from './audit';
import { linesOnToken } from './order-lines';
import { sendProvisionRequest } from './send-provision-request';
import { provisionFrame, storeProvisionRequest } from './store-provision-request';

/** How long a repair link of Truemed's is trusted (ASSUMED: its lifetime is not documented, truemed-api.md section 15 number 9). */
const LINK_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** A link that Truemed did not give is asked for again after this long. */
const ASK_AGAIN_AFTER_MS = 60 * 1000;

/** Where a mailed link leads: to Truemed, or to what we can say instead. */
export type RepairLink =
  | { kind: 'truemed'; redirectUrl: string }
  | { kind: 'closed'; subscriptionId: Id<'subscription'> }
  | { kind: 'no_link'; subscriptionId: Id<'subscription'> }
  | { kind: 'unknown' };

/**
 * Resolves `/go/{id}`. Whoever has the mailed link may follow it, signed in or not, as often as they like until the case
 * closes; a link of Truemed's that is old or was refused is replaced through update payment token, and where the token is
 * gone, through create payment token.
 */
export async function followRepairLink(ctx: Context, input: { caseId: Id<'recoveryCase'> }): Promise<RepairLink> {
  requireSystem(ctx.principal);
  const [row] = await ctx.db.select().from(recoveryCases).where(eq(recoveryCases.id, input.caseId));
  if (row === undefined) return { kind: 'unknown' };
  if (row.status !== 'open') return { kind: 'closed', subscriptionId: row.subscriptionId };
  const isFresh =
    row.redirectIssuedAt !== null && ctx.now.getTime() - row.redirectIssuedAt.getTime() < LINK_LIFETIME_MS;
  if (row.redirectUrl !== null && isFresh) {
    return {
      kind: 'truemed',
      redirectUrl: ctx.vault.open(row.redirectUrl, `recovery_cases.redirect_url:${row.id}`).toString(),
    };
  }
  return replaceLink(ctx, row);
}

async function replaceLink(ctx: Context, row: typeof recoveryCases.$inferSelect): Promise<RepairLink> {
  const planned = await inTransaction(ctx.db, (tx) => planLink(tx, ctx, row));
  const none = { kind: 'no_link', subscriptionId: row.subscriptionId } as const;
  if (planned === null) return none;
  const request = await sendProvisionRequest(ctx, { id: planned.id, epoch: planned.leaseEpoch });
  if (request?.status !== 'open' || request.redirectUrl === null) return none;
  const redirectUrl = ctx.vault.open(request.redirectUrl, `provision_requests.redirect_url:${request.id}`).toString();
  await ctx.db
    .update(recoveryCases)
    .set({
      redirectUrl: ctx.vault.seal(redirectUrl, `recovery_cases.redirect_url:${row.id}`),
      redirectIssuedAt: ctx.now,
    })
    .where(and(eq(recoveryCases.id, row.id), eq(recoveryCases.status, 'open')));
  return { kind: 'truemed', redirectUrl };
}

async function planLink(
  tx: Queryable,
  ctx: Context,
  row: typeof recoveryCases.$inferSelect,
): Promise<typeof provisionRequests.$inferSelect | null> {
  const [token] = await tx
    .select({ id: paymentTokens.id })
    .from(paymentTokens)
    .where(and(eq(paymentTokens.customerId, row.customerId), eq(paymentTokens.status, 'live')));
  const [customer] = await tx.select().from(customers).where(eq(customers.id, row.customerId)).for('no key update');
  if (customer === undefined || (await askedJustNow(tx, ctx, row.customerId))) return null;
  const id = newId('provisionRequest');
  const frame = provisionFrame(ctx, id);
  const lines = await linesOnToken(tx, row.customerId, null);
  const body =
    token === undefined
      ? createTokenBytes(customer, lines, frame, false)
      : updateTokenBytes(lines, row.reason !== 'take_health_survey', frame, false);
  await audit(tx, ctx, {
    action: 'recovery_case.link_replaced',
    subject: row.id,
    customerId: row.customerId,
    cause: id,
    change: {},
  });
  return storeProvisionRequest(tx, ctx, {
    id,
    customerId: row.customerId,
    subscriptionId: null,
    kind: token === undefined ? 'create' : 'update',
    purpose: token === undefined ? 'reconnect' : row.reason === 'take_health_survey' ? 'survey' : 'card',
    embedded: false,
    body,
  });
}

// While Truemed gives no link, opening the mail over and over must not ask it each time.
async function askedJustNow(tx: Queryable, ctx: Context, customerId: Id<'customer'>): Promise<boolean> {
  const recent = await tx
    .select({ id: provisionRequests.id })
    .from(provisionRequests)
    .where(
      and(
        eq(provisionRequests.customerId, customerId),
        isNull(provisionRequests.subscriptionId),
        gt(provisionRequests.createdAt, new Date(ctx.now.getTime() - ASK_AGAIN_AFTER_MS)),
      ),
    )
    .limit(1);
  return recent.length > 0;
}
