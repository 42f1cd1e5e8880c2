import { and, type SQL, sql } from 'drizzle-orm';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { checkouts } from '@/db/schema/checkouts';
import { eventDeliveries, eventEndpoints } from '@/db/schema/events';
import { outbox, webhookInbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import { subscriptions } from '@/db/schema/subscriptions';
import { WAITS_FOR_RETURN } from '@/db/waiting-returns';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { ACCEPTED_ALARM_MS, UNKNOWN_REASONS } from '@/lib/core/charge';
import { requireStaff } from '@/lib/core/principal';
import { FIRST_OF_OURS, KEPT_ASIDE, PROVISION_NEEDS_STAFF, TO_HAND_OVER } from './admin-shell';

/** What may need a person, the most urgent first. Each is read from the state of the tables, so it goes when its cause goes. */
export const TASK_KINDS = [
  'captured_twice',
  'ordered_twice',
  'checkout_unsettled',
  'refund_unsettled',
  'outcome_unknown',
  'session_unclear',
  'accepted_too_long',
  'our_error',
  'unknown_action',
  'token_gone',
  'card_spent',
  'session_pending',
  'recovery_stalled',
  'token_deleted',
  'hand_overs',
  'token_known_to_truemed',
  'move_refused',
  'endpoint_disabled',
  'webhooks_kept_aside',
  'mails_failed',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** How many of a kind there are, and the one that is looked at first. */
export interface StaffTask {
  kind: TaskKind;
  count: number;
  first: {
    id: string;
    subscriptionId: string | null;
    name: string | null;
    amountCents: number | null;
    /** When it began. */
    at: Date | null;
    /** The calendar day that it is about. */
    on: LocalDate | null;
    /** An error code, an event type, a template. */
    words: string | null;
    note: string | null;
    tries: number | null;
  };
}

/** What has settled itself is shown for so long. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

interface Row extends Record<string, unknown> {
  kind: TaskKind;
  count: number;
  id: string;
  subscription_id: string | null;
  name: string | null;
  amount_cents: number | null;
  at: string | null;
  on_day: LocalDate | null;
  words: string | null;
  note: string | null;
  tries: number | null;
}

/** Reads all that needs a person, in one query. Throws `not_found` for everybody who is not staff. */
export async function readTasks(ctx: Context): Promise<StaffTask[]> {
  requireStaff(ctx.principal, 'read');
  const longAgo = sql`${new Date(ctx.now.getTime() - ACCEPTED_ALARM_MS).toISOString()}::timestamptz`;
  const aWeekAgo = sql`${new Date(ctx.now.getTime() - WEEK_MS).toISOString()}::timestamptz`;
  const attempt = chargeAttempts;
  // Truemed said something that decides nothing; what only could not be read is not marked so.
  const isUnclear = sql`coalesce(${attempt.errorCode} not in ${[...UNKNOWN_REASONS]}, ${attempt.dueAt} is null)`;
  const branches = [
    ofCharges(
      'captured_twice',
      sql`${attempt.duplicateOf} is not null and (${attempt.closedAt} > ${aWeekAgo} or not exists (select from ${refunds}
        where ${refunds.attemptId} = ${attempt.id} and (${refunds.status} = 'succeeded' or ${refunds.settledElsewhereAt} is not null)))`,
      sql`${attempt.closedAt}`,
    ),
    ofCheckouts('ordered_twice', sql`${checkouts.status} = 'duplicate' and ${checkouts.completedAt} > ${aWeekAgo}`),
    ofCheckouts(
      'checkout_unsettled',
      sql`(${checkouts.status} = 'refused' and ${checkouts.createdAt} > ${aWeekAgo})
        or (${checkouts.status} = 'processing' and ${checkouts.createdAt} <= ${longAgo})`,
    ),
    ofRefunds(aWeekAgo),
    ofCharges('outcome_unknown', sql`${attempt.status} = 'unknown' and ${isUnclear}`, sql`${attempt.sentAt}`),
    ofCharges('session_unclear', sql`${attempt.status} = 'accepted' and ${isUnclear}`, sql`${attempt.acceptedAt}`),
    ofCharges(
      'accepted_too_long',
      sql`${attempt.status} = 'accepted' and not (${isUnclear}) and ${attempt.acceptedAt} <= ${longAgo}`,
      sql`${attempt.acceptedAt}`,
    ),
    ofCases('our_error'),
    ofCases('unknown_action'),
    ofCases('token_gone'),
    ofCases('card_spent', sql`${recoveryCases.cardSpentAt} is not null`),
    ofCases('session_pending', sql`${recoveryCases.retryAt} is null and ${recoveryCases.cardSpentAt} is null`),
    ofCases('recovery_stalled', sql`${recoveryCases.staffAskedAt} is not null`),
    ofDeletedTokens(),
    ofHandOvers(),
    ofRequests('token_known_to_truemed', 'already_provisioned'),
    ofRequests('move_refused', 'refused'),
    ofEndpoints(),
    ofWebhooks(),
    ofMails(),
  ];
  const rows = await ctx.db.execute<Row>(
    sql.join(
      branches.map((branch) => sql`(${branch})`),
      sql` union all `,
    ),
  );
  return rows
    .map(({ kind, count, id, subscription_id, name, amount_cents, at, on_day, words, note, tries }) => ({
      kind,
      count,
      first: {
        id,
        subscriptionId: subscription_id,
        name,
        amountCents: amount_cents,
        at: at === null ? null : new Date(at),
        on: on_day,
        words,
        note,
        tries,
      },
    }))
    .sort((a, b) => TASK_KINDS.indexOf(a.kind) - TASK_KINDS.indexOf(b.kind));
}

/** The columns of one branch, in the order that all share. What is not given is null. */
function columns(
  kind: TaskKind,
  id: SQL,
  given: Partial<Record<'subscriptionId' | 'name' | 'amount' | 'at' | 'on' | 'words' | 'note' | 'tries', SQL>>,
): SQL {
  const { subscriptionId, name, amount, at, on, words, note, tries } = given;
  const none = sql`null`;
  return sql`${kind}::text as kind, (count(*) over ())::int as count, ${id} as id,
    ${subscriptionId ?? none}::text as subscription_id, ${name ?? none}::text as name,
    ${amount ?? none}::int as amount_cents, ${at ?? none}::timestamptz::text as at, ${on ?? none}::date::text as on_day,
    ${words ?? none}::text as words, ${note ?? none}::text as note, ${tries ?? none}::int as tries`;
}

function ofCharges(kind: TaskKind, condition: SQL, since: SQL): SQL {
  const { id, subscriptionId, amountCents, errorCode, tries } = chargeAttempts;
  const what = columns(kind, sql`${id}`, {
    subscriptionId: sql`${subscriptionId}`,
    name: sql`${customers.name}`,
    amount: sql`${amountCents}`,
    at: since,
    on: sql`${invoices.periodStart}`,
    words: sql`${errorCode}`,
    tries: sql`${tries}`,
  });
  return sql`select ${what} from ${chargeAttempts} join ${invoices} on ${invoices.id} = ${chargeAttempts.invoiceId}
    join ${customers} on ${customers.id} = ${invoices.customerId} where ${condition} order by ${since} limit 1`;
}

function ofCases(
  kind: 'our_error' | 'unknown_action' | 'token_gone' | 'card_spent' | 'session_pending' | 'recovery_stalled',
  condition: SQL = sql`true`,
): SQL {
  const isOfReason =
    kind === 'recovery_stalled' || kind === 'card_spent' ? sql`true` : sql`${recoveryCases.reason} = ${kind}`;
  const { id, subscriptionId, openedAt, attemptId } = recoveryCases;
  const what = columns(kind, sql`${id}`, {
    subscriptionId: sql`${subscriptionId}`,
    name: sql`${customers.name}`,
    amount: sql`${invoices.totalCents}`,
    at: sql`${openedAt}`,
    on: sql`${invoices.periodStart}`,
    words: sql`${chargeAttempts.errorCode}`,
  });
  return sql`select ${what} from ${recoveryCases} join ${invoices} on ${invoices.id} = ${recoveryCases.invoiceId}
    join ${customers} on ${customers.id} = ${recoveryCases.customerId}
    left join ${chargeAttempts} on ${chargeAttempts.id} = ${attemptId}
    where ${recoveryCases.status} = 'open' and ${isOfReason} and ${condition} order by ${openedAt} limit 1`;
}

function ofCheckouts(kind: 'ordered_twice' | 'checkout_unsettled', condition: SQL): SQL {
  const { id, subscriptionId, totalCents, createdAt, errorCode, status, paymentSessionId } = checkouts;
  const what = columns(kind, sql`${id}`, {
    subscriptionId: sql`${subscriptionId}`,
    name: sql`${customers.name}`,
    amount: sql`${totalCents}`,
    at: sql`${createdAt}`,
    words: sql`coalesce(${errorCode}, ${status})`,
    note: sql`${paymentSessionId}`,
  });
  return sql`select ${what} from ${checkouts} join ${customers} on ${customers.id} = ${checkouts.customerId}
    where ${condition} order by ${createdAt} limit 1`;
}

// A refund that nobody sends again, one of a payment that staff have to return, and one of staff's that Truemed refused of late.
function ofRefunds(aWeekAgo: SQL): SQL {
  const { id, amountCents, createdAt, errorCode, tries, status, dueAt, closedAt } = refunds;
  const what = columns('refund_unsettled', sql`${id}`, {
    subscriptionId: sql`${invoices.subscriptionId}`,
    name: sql`${customers.name}`,
    amount: sql`${amountCents}`,
    at: sql`${createdAt}`,
    on: sql`${invoices.periodStart}`,
    words: sql`${errorCode}`,
    tries: sql`${tries}`,
  });
  return sql`select ${what} from ${refunds} join ${invoices} on ${invoices.id} = ${refunds.invoiceId}
    join ${customers} on ${customers.id} = ${refunds.customerId}
    where ${status} in ('unknown', 'failed') and ((${status} = 'unknown' and ${dueAt} is null)
      or ${WAITS_FOR_RETURN} or (${status} = 'failed' and ${closedAt} > ${aWeekAgo}
        and not exists (select from ${refunds} first where first.attempt_id = ${refunds.attemptId} and first.is_automatic))) order by ${createdAt} limit 1`;
}

// Past due with no order open: its token was deleted between two orders, and nothing is planned until a card is connected.
function ofDeletedTokens(): SQL {
  const { id, customerId, updatedAt, nextChargeOn } = subscriptions;
  const what = columns('token_deleted', sql`${id}`, {
    subscriptionId: sql`${id}`,
    name: sql`${customers.name}`,
    at: sql`${updatedAt}`,
    on: sql`${nextChargeOn}`,
  });
  return sql`select ${what} from ${subscriptions} join ${customers} on ${customers.id} = ${customerId}
    where ${subscriptions.status} = 'past_due' and ${subscriptions.billingMethod} = 'hsa_fsa'
      and not exists (select from ${paymentTokens}
        where ${paymentTokens.customerId} = ${customerId} and ${paymentTokens.status} = 'live')
      and not exists (select from ${invoices}
        where ${invoices.subscriptionId} = ${id} and ${invoices.status} = 'open') order by ${updatedAt} limit 1`;
}

function ofHandOvers(): SQL {
  const what = columns('hand_overs', sql`${subscriptions.id}`, {
    subscriptionId: sql`${subscriptions.id}`,
    name: sql`${customers.name}`,
    at: sql`${subscriptions.movedAt}`,
    on: FIRST_OF_OURS,
  });
  return sql`select ${what} from ${subscriptions} join ${customers} on ${customers.id} = ${subscriptions.customerId}
    where ${TO_HAND_OVER} order by ${FIRST_OF_OURS} limit 1`;
}

function ofRequests(kind: TaskKind, status: 'already_provisioned' | 'refused'): SQL {
  const { id, subscriptionId, createdAt, errorCode } = provisionRequests;
  const what = columns(kind, sql`${id}`, {
    subscriptionId: sql`${subscriptionId}`,
    name: sql`${customers.name}`,
    at: sql`${createdAt}`,
    words: sql`${errorCode}`,
  });
  return sql`select ${what} from ${provisionRequests}
    join ${customers} on ${customers.id} = ${provisionRequests.customerId}
    where ${and(PROVISION_NEEDS_STAFF, sql`${provisionRequests.status} = ${status}`)} order by ${createdAt} limit 1`;
}

function ofEndpoints(): SQL {
  const { id, url, disabledAt, disabledReason } = eventEndpoints;
  const what = columns('endpoint_disabled', sql`${id}`, {
    at: sql`${disabledAt}`,
    words: sql`${url}`,
    note: sql`${disabledReason}`,
    tries: sql`(select count(*)::int from (select from ${eventDeliveries}
      where ${eventDeliveries.endpointId} = ${id} and ${eventDeliveries.status} = 'pending' limit 999) waiting)`,
  });
  return sql`select ${what} from ${eventEndpoints} where ${eventEndpoints.status} = 'disabled'
    order by ${disabledAt} limit 1`;
}

function ofWebhooks(): SQL {
  const { id, receivedAt, eventType, lastError, tries } = webhookInbox;
  const what = columns('webhooks_kept_aside', sql`${id}`, {
    at: sql`${receivedAt}`,
    words: sql`${eventType}`,
    note: sql`${lastError}`,
    tries: sql`${tries}`,
  });
  return sql`select ${what} from ${webhookInbox} where ${KEPT_ASIDE} order by ${receivedAt} limit 1`;
}

function ofMails(): SQL {
  const { id, createdAt, template, tries } = outbox;
  const what = columns('mails_failed', sql`${id}`, {
    name: sql`${customers.name}`,
    at: sql`${createdAt}`,
    words: sql`${template}`,
    tries: sql`${tries}`,
  });
  return sql`select ${what} from ${outbox} join ${customers} on ${customers.id} = ${outbox.customerId}
    where ${outbox.status} = 'failed' order by ${createdAt} limit 1`;
}
