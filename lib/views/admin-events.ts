import { and, desc, eq, sql } from 'drizzle-orm';
import { eventDeliveries, eventEndpoints, events } from '@/db/schema/events';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { type Id, isId } from '@/lib/core/id';
import { staffMay } from '@/lib/core/principal';
import type { DeliveryStatus, EndpointStatus, ShopEventType } from '@/lib/core/shop-events';
import { readStaffShell, type StaffShellFacts } from './admin-shell';
import { cutPage, formatCursor, PAGE_SIZE, parseCursor } from './page-cursor';

export type { DeliveryStatus };

/** One event on its way to one endpoint, as staff see it. */
export interface StaffDelivery {
  id: Id<'delivery'>;
  eventId: Id<'event'>;
  type: ShopEventType;
  endpointId: Id<'endpoint'>;
  url: string;
  endpointStatus: EndpointStatus;
  status: DeliveryStatus;
  tries: number;
  lastStatus: number | null;
  lastAnswer: string | null;
  lastTriedAt: Date | null;
  /** When it is tried again; null: not by itself. */
  dueAt: Date | null;
  createdAt: Date;
}

/** One page of the log of deliveries, the latest first. */
export interface EventList {
  shell: StaffShellFacts;
  rows: StaffDelivery[];
  next: string | null;
  /** Whether anybody is told at all. */
  hasEndpoint: boolean;
  disabledEndpoints: number;
}

/** One event: the bytes that go out, and what became of them. */
export interface EventPage {
  shell: StaffShellFacts;
  event: { id: Id<'event'>; type: ShopEventType; payload: string; createdAt: Date };
  /** The subscription that it is about; null where it is about a payment method. */
  subscriptionId: Id<'subscription'> | null;
  deliveries: StaffDelivery[];
  mayReplay: boolean;
}

const COLUMNS = {
  id: eventDeliveries.id,
  eventId: eventDeliveries.eventId,
  type: events.type,
  endpointId: eventDeliveries.endpointId,
  url: eventEndpoints.url,
  endpointStatus: eventEndpoints.status,
  status: eventDeliveries.status,
  tries: eventDeliveries.tries,
  lastStatus: eventDeliveries.lastStatus,
  lastAnswer: eventDeliveries.lastAnswer,
  lastTriedAt: eventDeliveries.lastTriedAt,
  dueAt: eventDeliveries.dueAt,
  createdAt: eventDeliveries.createdAt,
};

/** Reads a page of the log, in three queries made at once. Throws `not_found` for everybody who is not staff. */
export async function eventList(
  ctx: Context,
  input: { status?: DeliveryStatus | undefined; after?: string | undefined },
): Promise<EventList> {
  const cursor = parseCursor(input.after);
  const beyond =
    cursor === null
      ? undefined
      : sql`(${eventDeliveries.createdAt}, ${eventDeliveries.id}) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`;
  const [shell, endpoints, rows] = await Promise.all([
    readStaffShell(ctx),
    ctx.db.select({ status: eventEndpoints.status }).from(eventEndpoints),
    deliveriesOf(ctx)
      .where(and(input.status && eq(eventDeliveries.status, input.status), beyond))
      .orderBy(desc(eventDeliveries.createdAt), desc(eventDeliveries.id))
      .limit(PAGE_SIZE + 1),
  ]);
  return {
    shell,
    ...cutPage(rows, ({ createdAt, id }) => formatCursor({ at: createdAt, id })),
    hasEndpoint: endpoints.length > 0,
    disabledEndpoints: endpoints.filter(({ status }) => status === 'disabled').length,
  };
}

/** Reads one event, in three queries made at once. Throws `not_found` for an unknown id and for everybody who is not staff. */
export async function eventPage(ctx: Context, input: { eventId: Id<'event'> }): Promise<EventPage> {
  const [shell, [event], deliveries] = await Promise.all([
    readStaffShell(ctx),
    ctx.db.select().from(events).where(eq(events.id, input.eventId)),
    deliveriesOf(ctx).where(eq(eventDeliveries.eventId, input.eventId)).orderBy(eventEndpoints.createdAt),
  ]);
  if (event === undefined) throw notFound('This event');
  const { id, type, payload, createdAt, subject } = event;
  return {
    shell,
    event: { id, type, payload, createdAt },
    subscriptionId: isId('subscription', subject) ? subject : null,
    deliveries,
    mayReplay: staffMay(ctx.principal, 'manage_events'),
  };
}

function deliveriesOf(ctx: Context) {
  return ctx.db
    .select(COLUMNS)
    .from(eventDeliveries)
    .innerJoin(events, eq(events.id, eventDeliveries.eventId))
    .innerJoin(eventEndpoints, eq(eventEndpoints.id, eventDeliveries.endpointId))
    .$dynamic();
}
