import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { DEFAULT_POLICY } from '@/lib/core/recovery-policy';
import { ATTEMPT_EDGES_SQL, INVOICE_EDGES_SQL, REFUND_EDGES_SQL, SUBSCRIPTION_EDGES_SQL } from './status-edges';

/** One promise of reliability.md section 2 that our own tables can show broken. The query returns what breaks it. */
export interface Invariant {
  number: number;
  title: string;
  violations: string;
}

/** The statuses in which a charge may have been made without our knowing. */
const OUTCOME_UNKNOWN = `('planned', 'sent', 'unknown')`;
/** Why a charge may be tried again after Truemed asked for something. */
const AFTER_A_422 = `('token_updated', 'customer', 'staff')`;

/** A figure of the policy under which the case of `later`, an attempt, was opened; the default one's where it had none. */
const policyOfLater = (name: string, otherwise: number) => `coalesce((
      select max((recovery_policies.policy ->> '${name}')::numeric) from recovery_cases
      join recovery_policies on recovery_policies.version = recovery_cases.policy_version
      where recovery_cases.invoice_id = later.invoice_id), ${otherwise})`;

/** Every invariant that a query can show, by the number that it has there. */
export const INVARIANTS: readonly Invariant[] = [
  {
    number: 1,
    title: 'No invoice is captured twice',
    violations: `select invoice_id from charge_attempts where status = 'captured' group by invoice_id having count(*) > 1`,
  },
  {
    number: 2,
    title: 'A paid invoice of more than nothing has one captured charge of its amount, and the other way round',
    violations: `
      select coalesce(invoices.id, charge_attempts.invoice_id) from invoices
      full join (select * from charge_attempts where status = 'captured' and duplicate_of is null) charge_attempts
        on charge_attempts.invoice_id = invoices.id
      where (coalesce(invoices.status, '') = 'paid' and coalesce(invoices.total_cents, 1) > 0) <> (charge_attempts.id is not null)
        or charge_attempts.amount_cents <> invoices.total_cents or charge_attempts.currency <> invoices.currency`,
  },
  {
    number: 3,
    title: 'One invoice for each period',
    violations: `select subscription_id from invoices group by subscription_id, period_start having count(*) > 1`,
  },
  {
    number: 4,
    title: 'At most one open attempt for each invoice',
    violations: `
      select invoice_id from charge_attempts where status in ('planned', 'sent', 'unknown', 'accepted')
      group by invoice_id having count(*) > 1`,
  },
  {
    number: 5,
    title: 'One body for each idempotency key',
    violations: `
      select idempotency_key from (
        select idempotency_key, request_sha256 from charge_attempts
        union all select idempotency_key, request_sha256 from provision_requests
        union all select idempotency_key, request_sha256 from refunds
        union all select id, request_sha256 from checkouts where request_sha256 is not null
      ) sent group by idempotency_key having count(distinct request_sha256) > 1`,
  },
  {
    number: 7,
    title: 'No new key while the outcome of the last is unknown',
    violations: `
      select later.id from charge_attempts later
      join charge_attempts earlier on earlier.invoice_id = later.invoice_id and earlier.number < later.number
      where earlier.status in ${OUTCOME_UNKNOWN}`,
  },
  {
    number: 9,
    title: 'Periods are contiguous',
    violations: `
      select id from (
        select id, period_end, lead(period_start) over (partition by subscription_id order by period_start) as next_start
        from invoices
      ) periods where period_end <> next_start`,
  },
  {
    number: 10,
    title: 'The schedule stands at the end of the last planned period',
    violations: `
      select subscriptions.id from subscriptions
      join (select subscription_id, max(period_end) as day from invoices group by subscription_id) planned_to
        on planned_to.subscription_id = subscriptions.id
      where planned_to.day <> subscriptions.next_charge_on`,
  },
  {
    number: 11,
    title: 'Nothing is charged after a pause or a cancellation',
    violations: `
      select charge_attempts.id from charge_attempts
      join lateral (
        select change ->> 'to' as status from audit_log
        where subject = charge_attempts.subscription_id and action = 'subscription.status_changed'
          and at < charge_attempts.sent_at
        order by position desc limit 1
      ) last_change on last_change.status in ('paused', 'canceled')
      where charge_attempts.subscription_id in (
        select subject from audit_log
        where action = 'subscription.status_changed' and change ->> 'to' in ('paused', 'canceled'))
      and not exists (
        select from audit_log
        where subject = charge_attempts.subscription_id and action = 'subscription.status_changed'
          and at = charge_attempts.sent_at and change ->> 'from' in ('paused', 'canceled'))`,
  },
  {
    number: 12,
    title: 'After a 422 nothing is charged until somebody or an event asks',
    violations: `
      select later.id from charge_attempts later
      join charge_attempts earlier on earlier.invoice_id = later.invoice_id and earlier.number = later.number - 1
      where earlier.status = 'action_required' and later.cause not in ${AFTER_A_422}`,
  },
  {
    number: 13,
    title:
      'Automatic attempts are as few and as far apart as the policy says, six and 20 hours by default, re-checks of a pending session aside',
    violations: `
      select later.invoice_id from charge_attempts later
      left join charge_attempts earlier on earlier.invoice_id = later.invoice_id and earlier.number = later.number - 1
      where later.cause in ('schedule', 'recheck') and earlier.error_code is distinct from 'SessionPending'
        and later.invoice_id in (select invoice_id from charge_attempts where number > 6)
      group by later.invoice_id having count(*) > ${policyOfLater('attemptsPerInvoice', DEFAULT_POLICY.attemptsPerInvoice)}
      union all select later.id from charge_attempts later
      join charge_attempts earlier on earlier.invoice_id = later.invoice_id and earlier.number = later.number - 1
      cross join lateral (
        select max(created_at) as at from charge_attempts
        where invoice_id = later.invoice_id and number < later.number and cause in ('schedule', 'recheck')
      ) scheduled
      where later.number > 1 and later.cause = 'recheck' and earlier.error_code is distinct from 'SessionPending'
        and later.created_at < scheduled.at
          + make_interval(secs => 3600 * (${policyOfLater('hoursBetweenScheduled', DEFAULT_POLICY.hoursBetweenScheduled)})::float8)`,
  },
  {
    number: 14,
    title: 'Amounts add up, and no more is given back than was taken',
    violations: `
      select invoices.id from invoices
      left join (
        select invoice_id, sum(quantity * unit_price_cents::bigint) as cents from invoice_lines group by invoice_id
      ) lines on lines.invoice_id = invoices.id
      where coalesce(lines.cents, 0) + shipping_cents + tax_cents - discount_cents <> total_cents
      union all select charge_attempts.id from charge_attempts
      join invoices on invoices.id = charge_attempts.invoice_id where amount_cents <> total_cents
      union all select attempt_id from refunds join charge_attempts on charge_attempts.id = refunds.attempt_id
      where refunds.status <> 'failed'
      group by attempt_id, charge_attempts.amount_cents, charge_attempts.status
      having sum(refunds.amount_cents) > charge_attempts.amount_cents or charge_attempts.status <> 'captured'`,
  },
  {
    number: 16,
    title: 'What was acknowledged is processed, waits for its time, or is kept aside with a reason',
    violations: `
      select id from webhook_inbox
      where (status = 'received' and due_at is null) or (status = 'quarantined' and last_error is null)
        or (status in ('processed', 'ignored') and (effect is null or processed_at is null))`,
  },
  {
    number: 17,
    title: 'An event has its effect once',
    violations: `
      select subject from audit_log where action in ('invoice.paid', 'subscription.moved')
      group by subject, action having count(*) > 1
      union all select cause from audit_log where action = 'invoice.refunded' group by cause having count(*) > 1
      union all select dedupe_key from events group by dedupe_key having count(*) > 1`,
  },
  {
    number: 19,
    title: 'Status changes are ones that core allows',
    violations: `
      select id from audit_log
      where (action = 'charge_attempt.status_changed' and (change ->> 'from', change ->> 'to') not in ${ATTEMPT_EDGES_SQL})
        or (action = 'subscription.status_changed'
          and (change ->> 'from', change ->> 'to') not in ${SUBSCRIPTION_EDGES_SQL})
        or (action in ('invoice.paid', 'invoice.voided', 'invoice.written_off')
          and (change ->> 'from', change ->> 'to') not in ${INVOICE_EDGES_SQL})
        or (action = 'refund.status_changed' and (change ->> 'from', change ->> 'to') not in ${REFUND_EDGES_SQL})`,
  },
  {
    number: 22,
    title: 'Nothing is in the inbox that was neither signed nor sent with a shared secret',
    violations: `
      select id from webhook_inbox
      where delivery_key !~ (case when is_signed then '^signed:.' else '^unsigned:[0-9a-f]{64}$' end)`,
  },
  {
    number: 23,
    title: 'A token belongs to whoever asked for it, had it before, or was given it by staff',
    violations: `
      select id from payment_tokens
      where source <> 'import'
        and not exists (
          select from provision_requests
          where provision_requests.customer_id = payment_tokens.customer_id and provision_requests.status = 'connected')
        and not exists (
          select from checkouts
          where checkouts.customer_id = payment_tokens.customer_id and checkouts.token_linked_at is not null)
        and not exists (
          select from audit_log where subject = payment_tokens.id
            and (action = 'payment_token.linked' and actor like 'staff:%' or action = 'payment_token.revoked'))`,
  },
  {
    number: 24,
    title: 'One mail for each reason to write',
    violations: `select dedupe_key from outbox group by dedupe_key having count(*) > 1`,
  },
  {
    number: 25,
    title: 'Orders, charges, refunds, cases and requests are of one customer',
    violations: `
      select invoices.id from invoices join subscriptions on subscriptions.id = invoices.subscription_id
      where invoices.customer_id <> subscriptions.customer_id
      union all select charge_attempts.id from charge_attempts
      join invoices on invoices.id = charge_attempts.invoice_id
      join payment_tokens on payment_tokens.id = charge_attempts.payment_token_id
      where charge_attempts.subscription_id <> invoices.subscription_id
        or payment_tokens.customer_id <> invoices.customer_id
      union all select refunds.id from refunds join invoices on invoices.id = refunds.invoice_id
      join charge_attempts on charge_attempts.id = refunds.attempt_id
      where refunds.customer_id <> invoices.customer_id or charge_attempts.invoice_id <> refunds.invoice_id
      union all select recovery_cases.id from recovery_cases join invoices on invoices.id = recovery_cases.invoice_id
      where recovery_cases.customer_id <> invoices.customer_id
        or recovery_cases.subscription_id <> invoices.subscription_id
      union all select provision_requests.id from provision_requests
      join subscriptions on subscriptions.id = provision_requests.subscription_id
      where provision_requests.customer_id <> subscriptions.customer_id
      union all select checkouts.id from checkouts
      left join subscriptions on subscriptions.id = checkouts.subscription_id
      left join provision_requests on provision_requests.id = checkouts.provision_request_id
      where subscriptions.customer_id <> checkouts.customer_id or provision_requests.customer_id <> checkouts.customer_id`,
  },
  {
    number: 26,
    title: 'Nothing that must be sealed is stored in clear',
    violations: `
      select id from (
        select id, token as sealed from payment_tokens
        union all select id, request_body from charge_attempts
        union all select id, request_body from provision_requests
        union all select id, redirect_url from provision_requests
        union all select id, redirect_url from recovery_cases
        union all select id, request_body from checkouts
        union all select id, redirect_url from checkouts
        union all select id, body from webhook_inbox
        union all select id, message from outbox
        union all select id, request_body from refunds
        union all select id, secret from event_endpoints
        union all select id, previous_secret from event_endpoints
      ) kept where sealed is not null
        and (octet_length(sealed) < 30 or get_byte(sealed, 0) not between 1 and 32)`,
  },
  {
    number: 28,
    title: 'Every charge, payment, refund, order, subscription and token has its audit entry',
    violations: `
      select id from charge_attempts where not exists (
        select from audit_log where subject = charge_attempts.id and action = 'charge_attempt.planned')
      union all select id from charge_attempts where status not in ('planned', 'sent') and not exists (
        select from audit_log where subject = charge_attempts.id and action = 'charge_attempt.status_changed'
          and change ->> 'to' = charge_attempts.status)
      union all select id from invoices where status = 'paid' and not exists (
        select from audit_log where subject = invoices.id and action = 'invoice.paid')
      union all select id from invoices where status in ('void', 'uncollectible') and not exists (
        select from audit_log where subject = invoices.id and action in ('invoice.voided', 'invoice.written_off')
          and change ->> 'to' = invoices.status)
      union all select id from payment_tokens where source <> 'import' and not exists (
        select from audit_log where subject = payment_tokens.id and action = 'payment_token.linked')
      union all select id from payment_tokens where status = 'revoked' and not exists (
        select from audit_log where subject = payment_tokens.id and action = 'payment_token.revoked')
        and id not in (select change ->> 'replaces' from audit_log
          where action = 'payment_token.linked' and change ->> 'replaces' is not null)
      union all select subscriptions.id from subscriptions
      join (
        select distinct on (subject) subject, coalesce(change ->> 'to', change ->> 'status') as status from audit_log
        where action in ('subscription.status_changed', 'subscription.started', 'subscription.imported')
        order by subject, position desc
      ) last_change on last_change.subject = subscriptions.id where last_change.status <> subscriptions.status
      union all select id from refunds where not exists (
        select from audit_log where subject = refunds.id and action = 'refund.planned')
      union all select id from checkouts where not exists (
        select from audit_log where subject = checkouts.id and action = 'checkout.planned')
      union all select id from checkouts where status = 'completed' and not exists (
        select from audit_log where subject = checkouts.subscription_id and action = 'subscription.started')`,
  },
];

/** How many rows break an invariant; 0 is what is promised. */
export async function countViolations(db: Queryable, invariant: Invariant): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql.raw(`select count(*)::int as count from (${invariant.violations}) violations`),
  );
  return Number(row?.count);
}
