import { sql } from 'drizzle-orm';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { decisions } from '@/db/schema/decisions';
import { outbox } from '@/db/schema/messages';
import { auditLog } from '@/db/schema/operations';
import { staff } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';

/** Something that happened: an entry of the audit log, a mail, or the decision not to charge. */
export interface TimelineEntry {
  id: string;
  at: Date;
  /** An action of the audit log such as `subscription.moved`, or `mail.sent`, `mail.queued`, `mail.failed`, `mail.canceled`, or `renewal.held`. */
  action: string;
  /** The row that changed. */
  subject: string;
  actor: { kind: 'staff'; name: string } | { kind: 'customer' } | { kind: 'system' };
  cause: string | null;
  /** Old and new values, or the template of a mail: never a token, a link, or anything about health. */
  change: Record<string, unknown>;
}

/** One page of a subscription's history, the latest first, and `before` of the older one; null where that is all. */
export interface TimelinePage {
  entries: TimelineEntry[];
  older: string | null;
}

interface Row extends Record<string, unknown> {
  id: string;
  at: string;
  position: string;
  action: string;
  subject: string;
  actor: string;
  staff_email: string | null;
  cause: string | null;
  change: Record<string, unknown>;
}

const PAGE = 30;
/** A mail has no place in the log; at its instant it stands after what caused it. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/**
 * Reads what happened to a subscription, its orders, charges, moves its customer's token and account, with the mails about them, in
 * one query. Throws `not_found` for everybody who is not staff.
 */
export async function readTimeline(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; before?: string | undefined },
): Promise<TimelinePage> {
  requireStaff(ctx.principal, 'read');
  const place = parsePlace(input.before);
  const earlier =
    place === null
      ? sql``
      : sql`where (events.at, events.position) < (${place.at.toISOString()}::timestamptz, ${place.position}::bigint)`;
  const rows = await ctx.db.execute<Row>(sql`
    with about as (${aboutSubscription(input.subscriptionId)}), events as (
      select log.id, log.at, log.position, log.action, log.subject, log.actor, log.cause, log.change
      from ${auditLog} log join about on about.id = log.subject
      union all
      select mail.id, coalesce(mail.sent_at, mail.created_at), ${AFTER_ALL}::bigint, 'mail.' || mail.status, mail.id,
        'system:mail', null, jsonb_build_object('template', mail.template)
      from ${outbox} mail join about on about.id = split_part(mail.dedupe_key, ':', 2)
      where mail.customer_id = (select customer_id from subscriptions where id = ${input.subscriptionId})
      union all
      select decision.id, decision.at, ${AFTER_ALL}::bigint, 'renewal.held', decision.id, 'system:worker',
        decision.invoice_id, jsonb_build_object('verdict', decision.verdict, 'periodStart', decision.period_start,
          'cancelOn', decision.inputs -> 'cancelOn')
      from ${decisions} decision
      where decision.subscription_id = ${input.subscriptionId} and decision.verdict <> 'charge'
    )
    select events.id, events.at::text, events.position::text, events.action, events.subject, events.actor, events.cause,
      events.change, ${staff.email} as staff_email
    from events left join ${staff} on 'staff:' || ${staff.id} = events.actor
    ${earlier} order by events.at desc, events.position desc limit ${PAGE + 1}`);
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  return {
    entries: page.map(readEntry),
    older: rows.length > PAGE && last !== undefined ? `${Date.parse(last.at)}~${last.position}` : null,
  };
}

function aboutSubscription(id: Id<'subscription'>) {
  const customer = sql`customer_id = (select customer_id from subscriptions where id = ${id})`;
  return sql`
    select ${id}::text as id
    union all select id from ${invoices} where subscription_id = ${id}
    union all select id from ${chargeAttempts} where subscription_id = ${id}
    union all select id from ${refunds} where invoice_id in (select id from ${invoices} where subscription_id = ${id})
    union all select id from ${recoveryCases} where ${customer} and subscription_id = ${id}
    union all select id from ${provisionRequests} where ${customer} and subscription_id = ${id}
    union all select id from ${paymentTokens} where ${customer}
    union all select customer_id from subscriptions where id = ${id}`;
}

function readEntry(row: Row): TimelineEntry {
  const { id, at, action, subject, cause, change } = row;
  return { id, at: new Date(at), action, subject, actor: readActor(row), cause, change };
}

function readActor({ actor, staff_email }: Row): TimelineEntry['actor'] {
  if (actor.startsWith('staff:')) return { kind: 'staff', name: staff_email ?? actor };
  return { kind: actor.startsWith('customer:') ? 'customer' : 'system' };
}

function parsePlace(text: string | undefined): { at: Date; position: string } | null {
  const [, ms, position] = /^(\d{1,14})~(\d{1,16})$/.exec(text ?? '') ?? [];
  return ms === undefined || position === undefined ? null : { at: new Date(Number(ms)), position };
}
