import { sql } from 'drizzle-orm';
import { webhookInbox } from '@/db/schema/messages';
import { provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { requireStaff, type StaffRole } from '@/lib/core/principal';

/** The frame of every staff page: who is signed in, the reader's time, and how much waits behind each entry. */
export interface StaffShellFacts {
  merchantName: string;
  person: { email: string; role: StaffRole };
  now: Date;
  /** The merchant's: staff read every time in it. */
  timeZone: string;
  open: OpenCounts;
}

/** What waits for staff, up to 999 of each. */
export interface OpenCounts {
  handOvers: number;
  webhooks: number;
  provisioning: number;
}

const MOST = 999;

/** Moved subscriptions whose former billing nobody has confirmed to be closed. */
export const TO_HAND_OVER = sql`${subscriptions.movedAt} is not null and ${subscriptions.handOverConfirmedAt} is null
  and ${subscriptions.status} <> 'canceled'`;
/** The first order of ours: the day on which a moved subscription is charged twice, while the former processor goes on. */
export const FIRST_OF_OURS = sql<LocalDate>`coalesce((select min(period_start)::text from invoices
  where invoices.subscription_id = ${subscriptions.id}), ${subscriptions.nextChargeOn}::text)`;
/** Requests that wait for a person: Truemed knows a token that we do not, or answered in a way that only people read. */
export const PROVISION_NEEDS_STAFF = sql`${provisionRequests.status} in ('already_provisioned', 'refused')`;
/** Deliveries that kept failing. */
export const KEPT_ASIDE = sql`${webhookInbox.status} = 'quarantined'`;

/** Reads the frame, in one query. Throws `not_found` for everybody who is not staff. */
export async function readStaffShell(ctx: Context): Promise<StaffShellFacts> {
  const frame = staffFrame(ctx);
  const [open] = await ctx.db.execute<OpenCounts & Record<string, unknown>>(sql`select
    (select count(*)::int from (select from ${subscriptions} where ${TO_HAND_OVER} limit ${MOST}) s) as "handOvers",
    (select count(*)::int from (select from ${webhookInbox} where ${KEPT_ASIDE} limit ${MOST}) w) as webhooks,
    (select count(*)::int from (select from ${provisionRequests} where ${PROVISION_NEEDS_STAFF} limit ${MOST}) p)
      as provisioning`);
  const { handOvers = 0, webhooks = 0, provisioning = 0 } = open ?? {};
  return { ...frame, open: { handOvers, webhooks, provisioning } };
}

/** The frame without its counts, for a page that has them already. Throws `not_found` for everybody who is not staff. */
export function staffFrame(ctx: Context): Omit<StaffShellFacts, 'open'> {
  const { email, role } = requireStaff(ctx.principal, 'read');
  const { name, timeZone } = ctx.env.merchant;
  return { merchantName: name, person: { email, role }, now: ctx.now, timeZone };
}
