import type postgres from 'postgres';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Runtime } from '@/lib/context';
import { addDays, localDateAt } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';

const IDLE_CUSTOMERS = 1000;
const ROWS_AT_ONCE = 500;
/** Looks like a sealed value, and opens nowhere. */
const SEALED = Buffer.alloc(40, 1);

/**
 * A book of subscriptions that are charged another day, each with a paid invoice and its captured attempt, written by SQL
 * alone. Their tokens cannot be opened: nothing of them is ever due.
 */
export async function fillBook(sql: postgres.Sql, count: number): Promise<void> {
  await sql`insert into customers (id, email, name, created_at, updated_at)
    select 'cus_idle' || n, 'idle-' || n || '@example.com', 'Ada Park', now(), now() from generate_series(1, ${IDLE_CUSTOMERS}::int) n`;
  await sql`insert into payment_tokens (id, customer_id, status, source, token, token_lookup, created_at)
    select 'tok_idle' || n, 'cus_idle' || n, 'live', 'import', ${SEALED}, 'idle' || n, now() from generate_series(1, ${IDLE_CUSTOMERS}::int) n`;
  await sql`insert into subscriptions (id, external_id, customer_id, status, billing_method, interval_unit, interval_count, anchor_date,
      time_zone, next_charge_on, next_charge_at, created_at, updated_at)
    select 'sub_idle' || n, 'idle-' || n, 'cus_idle' || 1 + n % ${IDLE_CUSTOMERS}::int, 'active', 'hsa_fsa', 'month', 1, current_date, 'America/New_York',
      current_date + 1 + n % 28, now() + make_interval(days => 1 + n % 28), now(), now() from generate_series(1, ${count}::int) n`;
  await sql`insert into invoices (id, subscription_id, customer_id, status, period_start, period_end, shipping_cents, tax_cents,
      discount_cents, total_cents, paid_at, created_at)
    select 'inv_idle' || n, 'sub_idle' || n, 'cus_idle' || 1 + n % ${IDLE_CUSTOMERS}::int, 'paid', current_date - 30, current_date + 1 + n % 28, 0, 0, 0, 4900, now(), now()
    from generate_series(1, ${count}::int) n`;
  await sql`insert into charge_attempts (id, invoice_id, subscription_id, payment_token_id, number, status, cause, amount_cents,
      idempotency_key, request_body, request_sha256, payment_session_id, closed_at, created_at)
    select 'att_idle' || n, 'inv_idle' || n, 'sub_idle' || n, 'tok_idle' || 1 + n % ${IDLE_CUSTOMERS}::int, 1, 'captured', 'schedule', 4900,
      'att_idle' || n, ${SEALED}, repeat('0', 64), 'idle' || n, now(), now() from generate_series(1, ${count}::int) n`;
  for (const table of ['customers', 'payment_tokens', 'subscriptions', 'invoices', 'charge_attempts'])
    await sql`vacuum analyze ${sql(table)}`;
}

/** Adds what the past of such a book left behind: lines, audit entries and decisions of each order. */
export async function fillPast(sql: postgres.Sql, count: number): Promise<void> {
  await sql`insert into invoice_lines (id, invoice_id, position, sku, name, quantity, unit_price_cents)
    select 'lin_idle' || n, 'inv_idle' || n, 0, 'DAILY', 'Daily Essentials', 1, 4900 from generate_series(1, ${count}::int) n`;
  await sql`insert into audit_log (id, at, actor, action, subject, customer_id, cause, change)
    select 'aud_idle' || kind || n, now(), 'system:worker',
      (array['invoice.planned', 'charge_attempt.planned', 'charge_attempt.status_changed', 'invoice.paid'])[kind],
      case when kind in (1, 4) then 'inv_idle' else 'att_idle' end || n, 'cus_idle' || 1 + n % ${IDLE_CUSTOMERS}::int, 'sub_idle' || n,
      case kind when 3 then '{"from": "sent", "to": "captured"}' else '{"totalCents": 4900}' end::jsonb
    from generate_series(1, ${count}::int) n cross join generate_series(1, 4) kind`;
  await sql`insert into decisions (id, subscription_id, period_start, invoice_id, verdict, inputs, rule_version, at)
    select 'dec_idle' || n, 'sub_idle' || n, current_date - 30, 'inv_idle' || n, 'charge', '{}', 1, now() from generate_series(1, ${count}::int) n`;
  for (const table of ['invoice_lines', 'audit_log', 'decisions']) await sql`vacuum analyze ${sql(table)}`;
}

/** Adds so many customers on an HSA/FSA card, each with a monthly order of $49 that is due now. */
export async function addDue({ db, vault }: Runtime, count: number, now: Date): Promise<void> {
  // Its hour has come, whatever time it is.
  const due = addDays(localDateAt(now, 'America/New_York'), -1);
  for (let left = count; left > 0; left -= ROWS_AT_ONCE) {
    const people = Array.from({ length: Math.min(left, ROWS_AT_ONCE) }, () => ({
      customerId: newId('customer'),
      subscriptionId: newId('subscription'),
      tokenId: newId('paymentToken'),
    }));
    const stamps = { createdAt: now, updatedAt: now };
    await db
      .insert(customers)
      .values(people.map(({ customerId: id }) => ({ id, email: `${id}@example.com`, name: 'Ada Park', ...stamps })));
    await db.insert(paymentTokens).values(
      people.map(({ customerId, tokenId: id }) => ({
        id,
        customerId,
        status: 'live' as const,
        source: 'import' as const,
        token: vault.seal(`pt_${id}`, `payment_tokens.token:${id}`),
        tokenLookup: vault.lookup(`pt_${id}`),
        createdAt: now,
      })),
    );
    await db.insert(subscriptions).values(
      people.map(({ customerId, subscriptionId: id }) => ({
        id,
        externalId: id,
        customerId,
        status: 'active' as const,
        billingMethod: 'hsa_fsa' as const,
        intervalUnit: 'month' as const,
        intervalCount: 1,
        anchorDate: due,
        timeZone: 'America/New_York',
        nextChargeOn: due,
        nextChargeAt: now,
        ...stamps,
      })),
    );
    await db.insert(subscriptionItems).values(
      people.map(({ subscriptionId }) => ({
        id: newId('item'),
        subscriptionId,
        position: 0,
        sku: 'DAILY',
        name: 'Daily Essentials',
        quantity: 1,
        unitPriceCents: 4900,
      })),
    );
  }
}
