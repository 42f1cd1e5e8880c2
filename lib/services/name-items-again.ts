import { and, eq, gt, or } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { provisionRequests } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import { namesAll } from '@/lib/core/item-change';
import { namedLines, updateTokenBytes } from '@/lib/truemed/bodies';
import { linesOnToken } from './order-lines';
import type { ProvisionRow } from './provision-status';
import { provisionFrame, storeProvisionRequest } from './store-provision-request';

/**
 * Each request to Truemed names all that its token pays for, as the orders were when it was stored, and the one that was
 * completed last holds. So where a customer has several under way, or completes a page that was taken back or expired, Truemed
 * may have agreed last to one that lacks what the orders have by now. It is then told again: the items of all orders, as they
 * are, by an update that the tick sends before it charges. Where Truemed asks the customer about that, it waits on the payment
 * page like any survey. What names more than the orders have is left (see `addOnceItem`).
 */
export async function nameItemsAgain(tx: Queryable, ctx: Context, connected: ProvisionRow): Promise<void> {
  const { customerId, createdAt, redirectUrl } = connected;
  const isIt = eq(provisionRequests.id, connected.id);
  // One that had a page: those that were confirmed meanwhile, too. In which order they were completed nobody tells us.
  const isMeanwhile = and(
    eq(provisionRequests.customerId, customerId),
    eq(provisionRequests.status, 'connected'),
    gt(provisionRequests.connectedAt, createdAt),
  );
  const confirmed = await tx
    .select({ id: provisionRequests.id, body: provisionRequests.requestBody })
    .from(provisionRequests)
    .where(redirectUrl === null ? isIt : or(isIt, isMeanwhile));
  const lines = await linesOnToken(tx, customerId, null);
  const isNamed = confirmed.every(({ id, body }) =>
    namesAll(namedLines(ctx.vault.open(body, `provision_requests.request_body:${id}`)), lines),
  );
  if (isNamed) return;
  const id = newId('provisionRequest');
  await storeProvisionRequest(
    tx,
    ctx,
    {
      id,
      customerId,
      subscriptionId: null,
      kind: 'update',
      purpose: 'survey',
      embedded: false,
      body: updateTokenBytes(lines, false, provisionFrame(ctx, id), false),
    },
    connected.id,
  );
}
