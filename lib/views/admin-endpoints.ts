import { asc, eq, sql } from 'drizzle-orm';
import { eventDeliveries, eventEndpoints } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { staffMay } from '@/lib/core/principal';
import type { EndpointStatus } from '@/lib/core/shop-events';
import { readStaffShell, type StaffShellFacts } from './admin-shell';

/** An endpoint of the merchant's as staff see it; its secrets stay sealed. */
export interface StaffEndpoint {
  id: Id<'endpoint'>;
  url: string;
  status: EndpointStatus;
  disabledReason: string | null;
  disabledAt: Date | null;
  failingSince: Date | null;
  /** Until when the former secret signs as well; null: one secret signs. */
  formerSecretUntil: Date | null;
  createdAt: Date;
  /** Events on their way to it, up to 1,000. */
  waiting: number;
}

/** All endpoints, the oldest first: there are sixteen at most. */
export interface EndpointList {
  shell: StaffShellFacts;
  endpoints: StaffEndpoint[];
  mayManage: boolean;
}

/** One endpoint, and whether this person may change it. */
export interface EndpointPage {
  shell: StaffShellFacts;
  endpoint: StaffEndpoint;
  mayManage: boolean;
}

const WAITING_UP_TO = 1_000;

/** Reads all endpoints, in two queries made at once. Throws `not_found` for everybody who is not staff. */
export async function endpointList(ctx: Context): Promise<EndpointList> {
  const [shell, endpoints] = await Promise.all([readStaffShell(ctx), readEndpoints(ctx)]);
  return { shell, endpoints, mayManage: staffMay(ctx.principal, 'manage_events') };
}

/** Reads one endpoint, in two queries made at once. Throws `not_found` for an unknown id and for everybody who is not staff. */
export async function endpointPage(ctx: Context, input: { endpointId: Id<'endpoint'> }): Promise<EndpointPage> {
  const [shell, [endpoint]] = await Promise.all([readStaffShell(ctx), readEndpoints(ctx, input.endpointId)]);
  if (endpoint === undefined) throw notFound('This endpoint');
  return { shell, endpoint, mayManage: staffMay(ctx.principal, 'manage_events') };
}

async function readEndpoints(ctx: Context, id?: Id<'endpoint'>): Promise<StaffEndpoint[]> {
  const { previousSecretUntil } = eventEndpoints;
  return ctx.db
    .select({
      id: eventEndpoints.id,
      url: eventEndpoints.url,
      status: eventEndpoints.status,
      disabledReason: eventEndpoints.disabledReason,
      disabledAt: eventEndpoints.disabledAt,
      failingSince: eventEndpoints.failingSince,
      formerSecretUntil: sql`case when ${previousSecretUntil} > ${ctx.now.toISOString()}::timestamptz
        then ${previousSecretUntil} end`.mapWith(previousSecretUntil),
      createdAt: eventEndpoints.createdAt,
      waiting: sql<number>`(select count(*)::int from (select from ${eventDeliveries}
        where event_deliveries.endpoint_id = event_endpoints.id and event_deliveries.status = 'pending'
        limit ${WAITING_UP_TO}) waiting)`,
    })
    .from(eventEndpoints)
    .where(id === undefined ? undefined : eq(eventEndpoints.id, id))
    .orderBy(asc(eventEndpoints.createdAt), asc(eventEndpoints.id));
}
