import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import type { ProvisionRow } from './provision-status';
import { sendProvisionRequest } from './send-provision-request';

/** Where the customer goes next: to Truemed, or to the waiting page, which says what happened. */
export type Led =
  | { ok: true; next: 'truemed'; requestId: Id<'provisionRequest'>; redirectUrl: string }
  | { ok: true; next: 'waiting'; requestId: Id<'provisionRequest'> };

/** A provision request that a verb has stored, or one that is open already and is used again. */
export interface RequestToLead {
  request: ProvisionRow;
  isNew: boolean;
}

/** Sends a stored request to Truemed, outside of every transaction, and says where its customer goes next. */
export async function leadToTruemed(ctx: Context, planned: RequestToLead): Promise<Led> {
  return (await sendAndLead(ctx, planned)).led;
}

/** As `leadToTruemed`, with the request as it stands afterwards; null where another process has taken over. */
export async function sendAndLead(
  ctx: Context,
  { request, isNew }: RequestToLead,
): Promise<{ led: Led; row: ProvisionRow | null }> {
  const row = isNew ? await sendProvisionRequest(ctx, { id: request.id, epoch: request.leaseEpoch }) : request;
  const requestId = request.id;
  if (row?.status !== 'open' || row.redirectUrl === null) return { led: { ok: true, next: 'waiting', requestId }, row };
  const redirectUrl = ctx.vault.open(row.redirectUrl, `provision_requests.redirect_url:${row.id}`).toString();
  return { led: { ok: true, next: 'truemed', requestId, redirectUrl }, row };
}
