import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/context';
import { KEY_EXPIRED, KEY_VIOLATED } from '@/lib/core/charge';
import { checkInvariants } from '@/lib/views/check-invariants';
import { viewLedger } from '@/sandbox/control/views';
import { isStrangersToken } from './attacks';
import type { Deployment } from './deployment';
import { expectedStarts, type Person } from './population';

/** Whether everything was healed before the end, so that nothing may be under way any more. */
export interface Verdict {
  isHealed: boolean;
}

/** Compares what the product says with what the provider did, and with what the simulator knows by itself. */
export async function judge(deployment: Deployment, people: readonly Person[], verdict: Verdict): Promise<void> {
  const ctx = await deployment.context('oracle', { kind: 'system', name: 'command' });
  const isSkewed = deployment.faults.injected.has('F31');
  // While faults go on nothing is late: whoever would have learned of a charge may have stood still ever since.
  const asked = verdict.isHealed ? ctx : { ...ctx, now: new Date(deployment.story.startMs) };
  const results = await checkInvariants(asked, async () => ledgerOf(deployment));
  for (const { number, title, violations } of results) {
    // With clocks that differ, the log's instants do not tell what came first; the calls do (`watchCalls`).
    if (isSkewed && number === 11) continue;
    if (violations !== null && violations > 0) deployment.broken(String(number), `${title}: ${violations}`);
  }
  await judgeTables(ctx, deployment, STANDING);
  if (verdict.isHealed) await judgeTables(ctx, deployment, AT_REST);
  judgeCalls(deployment);
  judgeDeliveries(deployment);
  await judgePeriods(ctx, deployment, people);
  await judgeTokens(ctx, deployment, people);
  await judgeMails(ctx, deployment, people);
  await judgeRefunds(ctx, deployment);
  await noteEnd(ctx, deployment);
}

// What a stranger's token went through is nobody's loss where it never arrives.
function ledgerOf({ sandbox }: Deployment): ReturnType<typeof viewLedger> {
  const ledger = viewLedger(sandbox.world);
  const events = ledger.events.filter(({ data }) => !isStrangersToken(data.payment_token));
  return { ...ledger, events };
}

interface Question {
  invariant: string;
  broken: string;
}

/** What holds at every moment, beside the product's own list. Each query returns what breaks it, as one text. */
const STANDING: readonly Question[] = [
  { invariant: 'watched by triggers', broken: `select invariant || ': ' || detail as what from simulator.broken` },
  { invariant: '17', broken: `select delivery_key as what from webhook_inbox group by 1 having count(*) > 1` },
  {
    invariant: 'an open invoice is collected',
    broken: `select invoices.id as what from invoices where status = 'open'
      and not exists (select from charge_attempts where invoice_id = invoices.id and status in ('planned', 'sent', 'unknown', 'accepted'))
      and not exists (select from recovery_cases where invoice_id = invoices.id and status = 'open')`,
  },
  {
    invariant: 'an open case has an open invoice',
    broken: `select recovery_cases.id as what from recovery_cases join invoices on invoices.id = invoice_id
      where recovery_cases.status = 'open' and invoices.status <> 'open'`,
  },
  {
    invariant: 'a paid invoice has its receipt',
    broken: `select invoices.id as what from invoices join customers on customers.id = customer_id
      where status = 'paid' and deleted_at is null
        and not exists (select from outbox where dedupe_key = 'payment_received:' || invoices.id)`,
  },
  {
    invariant: 'past due means an open invoice',
    broken: `select subscriptions.id as what from subscriptions where status = 'past_due'
      and not exists (select from invoices where subscription_id = subscriptions.id and status = 'open')`,
  },
  {
    invariant: 'what the customer was asked stands in the subscription',
    broken: `select recovery_cases.id as what from recovery_cases join subscriptions on subscriptions.id = subscription_id
      where recovery_cases.status = 'open' and subscriptions.status in ('active', 'trialing')
        and reason in ('update_payment_method', 'take_health_survey', 'declined', 'token_gone')`,
  },
];

/** What holds once everything is healed and had its time. */
const AT_REST: readonly Question[] = [
  // A key that is answered 500 for ever (F5) is tried for two days and then looked for, which may end later than this; what is not found
  // waits for a person, and is looked for once a day. A session that was only
  // found when its key was forgotten, and that waits for its customer, is decided on its seventh day.
  {
    invariant: 'no attempt is under way',
    broken: `select id || ' is ' || status as what from charge_attempts where status in ('planned', 'sent', 'accepted')
        and error_code is null and not (status = 'accepted' and accepted_at > sent_at + interval '48 hours')
      or status = 'unknown' and not (error_code in ('${KEY_EXPIRED}', '${KEY_VIOLATED}') and coalesce(due_at, 'infinity') > simulator.clock_timestamp())
        and not (error_code = 'server_error' and sent_at > simulator.clock_timestamp() - interval '53 hours')`,
  },
  {
    invariant: 'no refund is under way',
    broken: `select id || ' is ' || status as what from refunds where status in ('planned', 'sent') or status = 'unknown' and due_at is not null
        and not (error_code = 'server_error' and sent_at > simulator.clock_timestamp() - interval '49 hours')`,
  },
  {
    invariant: '16',
    broken: `select id || ' waits since ' || received_at as what from webhook_inbox
      where status = 'received' and due_at <= simulator.clock_timestamp() - interval '1 hour'`,
  },
  {
    invariant: 'the outbox is empty',
    broken: `select id || ' ' || template as what from outbox where status = 'queued' and due_at <= simulator.clock_timestamp()`,
  },
  {
    invariant: 'every period that has begun is planned',
    broken: `select id || ' was due at ' || next_charge_at as what from subscriptions
      where billing_method = 'hsa_fsa' and status in ('active', 'trialing') and cancel_on is null
        and next_charge_at <= simulator.clock_timestamp() - interval '2 hours'`,
  },
  {
    invariant: 'every retry is made',
    broken: `select id || ' was due at ' || retry_at as what from recovery_cases
      where status = 'open' and retry_at <= simulator.clock_timestamp() - interval '1 hour'`,
  },
  {
    invariant: 'a pause that is over has ended',
    broken: `select id || ' was due at ' || change_at as what from subscriptions where change_at <= simulator.clock_timestamp() - interval '1 hour'`,
  },
  {
    invariant: 'no lease is held',
    broken: LEASED([
      'charge_attempts',
      'refunds',
      'recovery_cases',
      'provision_requests',
      'outbox',
      'webhook_inbox',
      'subscriptions',
    ]),
  },
  {
    invariant: '28',
    broken: `select audit_log.id as what from audit_log left join audit_seals on audit_seals.audit_id = audit_log.id where audit_seals.audit_id is null`,
  },
];

function LEASED(tables: readonly string[]): string {
  const sealed = `'{request_body,redirect_url,message,body,request_sha256}'::text[]`;
  return tables
    .map(
      (table) => `
        select '${table} ' || (jsonb_strip_nulls(to_jsonb(row)) - ${sealed})::text as what from ${table} as row
        where lease_until > simulator.clock_timestamp() + interval '1 second'`,
    )
    .join(' union all ');
}

async function judgeTables(ctx: Context, deployment: Deployment, questions: readonly Question[]): Promise<void> {
  for (const { invariant, broken } of questions) {
    const rows = await ctx.db.execute<{ what: string }>(sql.raw(`${broken} limit 3`));
    for (const { what } of rows) deployment.broken(invariant, what);
  }
}

/** 5 and 6: one body for each key, to the byte. 12: after a 422 nothing under a new key until somebody or something has acted. */
function judgeCalls(deployment: Deployment): void {
  const bodies = new Map<string, string>();
  for (const { operation, body, phase } of deployment.calls) {
    if (phase !== 'sent' || body === null || operation === 'retrievePaymentSession') continue;
    const key = keyOf(body);
    if (key === null) continue;
    const known = bodies.get(key);
    if (known !== undefined && known !== body) deployment.broken('6', `the key ${key} was sent with two bodies`);
    bodies.set(key, body);
  }
}

function keyOf(body: string): string | null {
  return body.match(/"idempotency_key":"([^"]+)"/)?.[1] ?? null;
}

/** 18 and 22: what is genuine is taken, however late; nothing else is. */
function judgeDeliveries(deployment: Deployment): void {
  const genuine = new Set([null, 'original_timestamp']);
  const forged = new Set(['wrong_signature', 'corrupt', 'reencode', 'unsigned', 'stale']);
  for (const { delivery_id, fault, status } of deployment.sandbox.world.store.attempts.all()) {
    if (genuine.has(fault) && status === 401)
      deployment.broken('20', `the genuine delivery ${delivery_id} was refused`);
    if (fault !== null && forged.has(fault) && status === 204)
      deployment.broken('22', `the delivery ${delivery_id} (${fault}) was accepted`);
  }
}

/** 9: periods begin and end, and the next one will begin, on the days that the simulator's own calendar says, where nobody has moved them. */
async function judgePeriods(ctx: Context, deployment: Deployment, people: readonly Person[]): Promise<void> {
  const rows = await ctx.db.execute<{ subscription: string; day: string; what: string }>(
    sql.raw(`select subscription_id as subscription, period_start::text as day, 'a period from' as what from invoices
      union all select subscription_id, period_end::text, 'a period to' from invoices
      union all select id, next_charge_on::text, 'its next charge on' from subscriptions where status <> 'canceled'
      order by 1, 2, 3`),
  );
  for (const ordered of people.flatMap((person) => person.subscriptions)) {
    if (ordered.isMoved || !ordered.isOurs) continue;
    const expected = expectedStarts(ordered, '2030-01-01');
    for (const { subscription, day, what } of rows) {
      if (subscription !== ordered.id || expected.has(day)) continue;
      const { externalId, anchor, count, unit } = ordered;
      deployment.broken('9', `${externalId} of ${anchor}, every ${count} ${unit}, has ${what} ${day}`);
    }
  }
}

/** 23: each token that we hold was issued to the customer who has it with us. */
async function judgeTokens(ctx: Context, deployment: Deployment, people: readonly Person[]): Promise<void> {
  const byCustomer = new Map<string, string>(people.map(({ customerId, email }) => [customerId, email]));
  const rows = await ctx.db.execute<{ customer: string; lookup: string }>(
    sql.raw(`select customer_id as customer, token_lookup as lookup from payment_tokens order by id`),
  );
  const owners = new Map(
    deployment.sandbox.world.store.tokens
      .all()
      .map((token) => [ctx.vault.lookup(token.payment_token), token.customer_email]),
  );
  for (const { customer, lookup } of rows) {
    if (owners.get(lookup) !== byCustomer.get(customer))
      deployment.broken('23', `${customer} holds the token of ${owners.get(lookup)}`);
  }
}

/** 24: what says that it was sent has left; what has left is in the outbox, but for one good-bye to each who deleted the account. */
async function judgeMails(ctx: Context, deployment: Deployment, people: readonly Person[]): Promise<void> {
  const rows = await ctx.db.execute<{ id: string; status: string }>(
    sql.raw(`select id, status from outbox order by id`),
  );
  const known = new Set(rows.map(({ id }) => id));
  for (const { id, status } of rows) {
    if (status === 'sent' && !deployment.mails.has(id))
      deployment.broken('24', `the mail ${id} says that it was sent, and never left`);
  }
  const unwritten = [...deployment.mails.keys()].filter((id) => !known.has(id));
  for (const id of unwritten.slice(people.filter(({ isGone }) => isGone).length))
    deployment.broken('24', `the mail ${id} left, and nobody wrote it`);
}

/** What Truemed gave back of a charge is what we asked for, once: all that we know of, and no more than is under way beside it. */
async function judgeRefunds(ctx: Context, deployment: Deployment): Promise<void> {
  const rows = await ctx.db.execute<{ session: string; known: number; most: number }>(
    sql.raw(`select payment_session_id as session, sum(refunds.amount_cents)::int as most,
        coalesce(sum(refunds.amount_cents) filter (where refunds.status = 'succeeded'), 0)::int as known
      from refunds join charge_attempts on charge_attempts.id = attempt_id where refunds.status <> 'failed' group by 1`),
  );
  const ours = new Map(rows.map((row) => [row.session, row]));
  const given = new Map([...ours.keys()].map((session) => [session, 0]));
  for (const { session_id, amount } of deployment.sandbox.world.store.refunds.all())
    given.set(session_id, (given.get(session_id) ?? 0) + amount);
  for (const [session, cents] of given) {
    const { known = 0, most = 0 } = ours.get(session) ?? {};
    if (cents < known || cents > most)
      deployment.broken(
        'what is given back is known',
        `of ${session} ${cents} cents were given back, ${known} of ${most} by what we know`,
      );
  }
}

/** What the run ended with belongs to its trace. */
async function noteEnd(ctx: Context, deployment: Deployment): Promise<void> {
  for (const table of [
    'invoices',
    'charge_attempts',
    'refunds',
    'recovery_cases',
    'subscriptions',
    'outbox',
    'webhook_inbox',
  ]) {
    const rows = await ctx.db.execute<{ status: string; count: number }>(
      sql.raw(`select status, count(*)::int as count from ${table} group by 1 order by 1`),
    );
    deployment.note('end', `${table}: ${rows.map(({ status, count }) => `${status} ${count}`).join(', ')}`);
  }
  deployment.note('end', `charges: ${deployment.sandbox.world.store.charges.size}`);
}
