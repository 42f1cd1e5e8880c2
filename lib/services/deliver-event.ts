import { and, eq, isNotNull, lt, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { type Claim, databaseNow } from '@/db/claims';
import { inTransaction, type Queryable } from '@/db/client';
import { eventDeliveries, eventEndpoints, events } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { type DeliveryOutcome, nextDeliveryTryAt, readAnswer } from '@/lib/core/shop-events';
import type { PostAnswer } from '@/lib/outgoing/post';
import {
  disableEndpointRow,
  type EndpointRow,
  endpointFails,
  endpointTakes,
  isLeftAlone,
  lockEndpoint,
} from './endpoint-health';

type DeliveryRow = typeof eventDeliveries.$inferSelect;

/** Longer than one POST may take. */
const POST_LEASE_SECONDS = 60;

/**
 * Sends one leased event to one endpoint, signed by the Standard Webhooks scheme: its id stays over all tries, the stamp and
 * the signatures are of this one. 2xx delivers it; else it is tried again for three days, and is `failed` then, unless the
 * endpoint took nothing at all meanwhile: that is disabled, and the event waits for it. What is about one subject waits for
 * what is earlier, and an endpoint that fails is left alone for a while. A worker that dies after the POST leaves the same
 * id to be sent again.
 */
export async function deliverEvent(ctx: Context, claim: Claim): Promise<void> {
  requireSystem(ctx.principal);
  const held = await holdDelivery(ctx, claim);
  if (held === null) return;
  const { delivery, endpoint, payload } = held;
  if (endpoint.status === 'disabled') return setAside(ctx, claim, endpoint.id);
  const wait = await reasonToWait(ctx, delivery, endpoint);
  if (wait !== null) return postpone(ctx.db, claim, wait.until);
  const answer = await ctx.outgoing.post(endpoint.url, headersOf(ctx, delivery.eventId, endpoint, payload), payload);
  const outcome = readAnswer(answer.kind === 'answered' ? answer.status : null);
  const wasFailing = endpoint.failingSince !== null;
  const isSettled = await inTransaction(ctx.db, (tx) => settle(tx, ctx, claim, delivery, answer, outcome, wasFailing));
  ctx.log.info({
    event: 'event.sent',
    eventId: delivery.eventId,
    endpointId: endpoint.id,
    outcome: isSettled ? outcome : 'fenced_off',
    ...(answer.kind === 'answered' ? { status: answer.status } : { reason: answer.reason }),
  });
}

const isStillOurs = (claim: Claim) =>
  and(
    eq(eventDeliveries.id, claim.id as Id<'delivery'>),
    eq(eventDeliveries.leaseEpoch, claim.epoch),
    eq(eventDeliveries.status, 'pending'),
    isNotNull(eventDeliveries.dueAt),
  );

// The lease begins anew with the call: deliveries of one batch wait for each other. Null where another worker has taken it over.
async function holdDelivery(
  ctx: Context,
  claim: Claim,
): Promise<{ delivery: DeliveryRow; endpoint: EndpointRow; payload: string } | null> {
  const [delivery] = await ctx.db
    .update(eventDeliveries)
    .set({ leaseUntil: sql`${databaseNow} + make_interval(secs => ${POST_LEASE_SECONDS})` })
    .where(isStillOurs(claim))
    .returning();
  if (delivery === undefined) return null;
  const [row] = await ctx.db
    .select({ endpoint: eventEndpoints, payload: events.payload })
    .from(eventEndpoints)
    .innerJoin(events, eq(events.id, delivery.eventId))
    .where(eq(eventEndpoints.id, delivery.endpointId));
  if (row === undefined) throw new Error(`Delivery ${delivery.id} stands alone.`);
  return { delivery, ...row };
}

/**
 * Until when a delivery to an enabled endpoint waits before it is sent at all; null: it goes out. It waits for an endpoint
 * that is left alone, and for what is earlier about the same subject, unless that is about to be given up: it was tried, and
 * the endpoint took other things since.
 */
async function reasonToWait(
  ctx: Context,
  delivery: DeliveryRow,
  endpoint: EndpointRow,
): Promise<{ until: Date | null } | null> {
  if (isLeftAlone(endpoint, ctx.now)) return { until: endpoint.heldUntil };
  const now = sql`${ctx.now.toISOString()}::timestamptz`;
  const { firstTriedAt, dueAt, leaseUntil } = eventDeliveries;
  const hasFailedWithEndpoint =
    endpoint.failingSince === null
      ? sql`false`
      : sql`${firstTriedAt} >= ${endpoint.failingSince.toISOString()}::timestamptz`;
  const [earlier] = await ctx.db
    .select({ dueAt })
    .from(eventDeliveries)
    .where(
      and(
        eq(eventDeliveries.endpointId, delivery.endpointId),
        eq(eventDeliveries.subject, delivery.subject),
        lt(eventDeliveries.position, delivery.position),
        eq(eventDeliveries.status, 'pending'),
        sql`(${firstTriedAt} is null or ${dueAt} <= ${now} or ${leaseUntil} > ${databaseNow} or ${hasFailedWithEndpoint})`,
      ),
    )
    .orderBy(eventDeliveries.position)
    .limit(1);
  if (earlier === undefined) return null;
  return { until: earlier.dueAt !== null && earlier.dueAt > ctx.now ? earlier.dueAt : ctx.now };
}

async function postpone(db: Queryable, claim: Claim, dueAt: Date | null): Promise<void> {
  await db.update(eventDeliveries).set({ dueAt, leaseUntil: null }).where(isStillOurs(claim));
}

// Until the endpoint is enabled. Under its lock: what is set aside while it is being enabled would wait for ever.
async function setAside(ctx: Context, claim: Claim, endpointId: Id<'endpoint'>): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    const [endpoint] = await tx
      .select({ status: eventEndpoints.status })
      .from(eventEndpoints)
      .where(eq(eventEndpoints.id, endpointId))
      .for('share');
    await postpone(tx, claim, endpoint?.status === 'disabled' ? null : ctx.now);
  });
}

function headersOf(ctx: Context, eventId: Id<'event'>, endpoint: EndpointRow, payload: string): Record<string, string> {
  const { id, secret, previousSecret, previousSecretUntil } = endpoint;
  const secrets = [ctx.vault.open(secret, `event_endpoints.secret:${id}`)];
  if (previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > ctx.now)
    secrets.push(ctx.vault.open(previousSecret, `event_endpoints.previous_secret:${id}`));
  const signatures = secrets.map((one) => new Webhook(one.toString()).sign(eventId, ctx.now, payload));
  return {
    'content-type': 'application/json',
    'user-agent': 'Perennial',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(ctx.now.getTime() / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}

async function settle(
  tx: Queryable,
  ctx: Context,
  claim: Claim,
  delivery: DeliveryRow,
  answer: PostAnswer,
  outcome: DeliveryOutcome,
  wasFailing: boolean,
): Promise<boolean> {
  // A healthy endpoint's row is not touched, so that deliveries to it do not wait for each other.
  const endpoint = wasFailing || outcome !== 'delivered' ? await lockEndpoint(tx, delivery.endpointId) : null;
  const tries = delivery.tries + 1;
  const firstTriedAt = delivery.firstTriedAt ?? ctx.now;
  // What failed with its endpoint is tried again with it, and is disabled with it.
  const held = outcome === 'endpoint_failing' ? (endpoint?.heldUntil ?? ctx.now) : null;
  const failingSince = endpoint?.failingSince ?? null;
  const isTheEndpoint = held !== null && failingSince !== null && firstTriedAt >= failingSince;
  const next =
    outcome === 'delivered'
      ? null
      : (nextDeliveryTryAt(delivery.id, firstTriedAt, ctx.now, tries) ?? (isTheEndpoint ? held : null));
  const settled = await tx
    .update(eventDeliveries)
    .set({
      status: outcome === 'delivered' ? 'delivered' : next === null ? 'failed' : 'pending',
      tries,
      dueAt: next === null ? null : (held ?? next),
      leaseUntil: null,
      firstTriedAt,
      lastTriedAt: ctx.now,
      lastStatus: answer.kind === 'answered' ? answer.status : null,
      lastAnswer: answer.kind === 'answered' ? answer.excerpt : answer.reason,
      deliveredAt: outcome === 'delivered' ? ctx.now : null,
    })
    .where(isStillOurs(claim))
    .returning({ id: eventDeliveries.id });
  if (settled.length === 0) return false;
  if (endpoint === null) return true;
  if (outcome === 'delivered') await endpointTakes(tx, ctx, endpoint);
  else if (outcome === 'endpoint_failing') await endpointFails(tx, ctx, endpoint);
  else if (outcome === 'gone')
    await disableEndpointRow(tx, ctx, endpoint.id, 'It answered 410: it asks not to be told again.');
  return true;
}
