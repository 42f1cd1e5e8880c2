import { type SQL, sql } from 'drizzle-orm';
import { chargeAttempts, invoiceDiscounts, invoiceLines, invoices, recoveryCases } from '@/db/schema/billing';
import { checkouts } from '@/db/schema/checkouts';
import { decisions } from '@/db/schema/decisions';
import { outbox } from '@/db/schema/messages';
import { onceItems } from '@/db/schema/once-items';
import { auditLog } from '@/db/schema/operations';
import { customers, emailChanges, formerEmails } from '@/db/schema/people';
import { paymentTokens, pendingItemChanges, provisionRequests } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import { subscriptionDiscounts, subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';

/** Rows that are read at once: the file is written as it is read, however long it gets. */
const PAGE = 200;

/** A list of the file: `rows` selects `id` and `data` behind an id, in the order of ids. */
interface List {
  name: string;
  rows: (customerId: Id<'customer'>, after: string) => SQL;
}

const LISTS: readonly List[] = [
  {
    name: 'subscriptions',
    rows: (
      customerId,
      after,
    ) => sql`select id, jsonb_build_object('id', id, 'merchant_id', external_id, 'status', status,
      'billing_method', billing_method, 'interval_unit', interval_unit, 'interval_count', interval_count,
      'anchor_date', anchor_date, 'time_zone', time_zone, 'next_charge_on', next_charge_on, 'pause_until', pause_until,
      'cancel_on', cancel_on, 'canceled_at', canceled_at, 'moved_at', moved_at, 'shipping_cents', shipping_cents,
      'tax_cents', tax_cents, 'discount_cents', discount_cents, 'currency', currency, 'address', address,
      'if_payment_fails', failure_choice, 'created_at', created_at,
      'items', (select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'quantity', quantity,
        'unit_price_cents', unit_price_cents) order by position), '[]') from ${subscriptionItems}
        where subscription_id = ${subscriptions.id}),
      'items_for_one_order', (select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'name', name,
        'quantity', quantity, 'unit_price_cents', unit_price_cents, 'status', status, 'order', invoice_id,
        'created_at', created_at, 'closed_at', closed_at) order by created_at, id), '[]') from ${onceItems}
        where subscription_id = ${subscriptions.id}),
      'discounts', (select coalesce(jsonb_agg(jsonb_build_object('discount_id', discount_id, 'remaining_orders',
        remaining_periods, 'given_at', created_at, 'ended_at', ended_at) order by created_at), '[]')
        from ${subscriptionDiscounts} where subscription_id = ${subscriptions.id}),
      'item_changes', (select coalesce(jsonb_agg(jsonb_build_object('status', status, 'items', items,
        'item_for_one_order', once_item, 'created_at', created_at, 'closed_at', closed_at, 'dismissed_at', dismissed_at)
        order by created_at), '[]') from ${pendingItemChanges}
        where subscription_id = ${subscriptions.id}),
      'decisions', (select coalesce(jsonb_agg(jsonb_build_object('period_start', period_start, 'verdict', verdict,
        'inputs', inputs, 'at', at) order by at), '[]') from ${decisions} where subscription_id = ${subscriptions.id})
      ) as data from ${subscriptions} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
  {
    name: 'orders',
    rows: (customerId, after) => sql`select id, jsonb_build_object('id', id, 'subscription_id', subscription_id,
      'number_year', number_year, 'year_number', year_number, 'status', status, 'period_start', period_start,
      'period_end', period_end, 'shipping_cents', shipping_cents, 'tax_cents', tax_cents,
      'discount_cents', discount_cents, 'total_cents', total_cents, 'currency', currency, 'paid_at', paid_at,
      'created_at', created_at,
      'lines', (select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'quantity', quantity,
        'unit_price_cents', unit_price_cents) order by position), '[]') from ${invoiceLines}
        where invoice_id = ${invoices.id}),
      'discounts', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'amount_cents', amount_cents)), '[]')
        from ${invoiceDiscounts} where invoice_id = ${invoices.id}),
      'charges', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'status', status, 'cause', cause,
        'amount_cents', amount_cents, 'currency', currency, 'truemed_session', payment_session_id,
        'error_code', error_code, 'created_at', created_at, 'sent_at', sent_at, 'closed_at', closed_at)
        order by number), '[]') from ${chargeAttempts} where invoice_id = ${invoices.id}),
      'refunds', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'status', status, 'amount_cents', amount_cents,
        'currency', currency, 'reason', reason, 'created_at', created_at, 'closed_at', closed_at)
        order by created_at), '[]') from ${refunds} where invoice_id = ${invoices.id}),
      'on_hold', (select coalesce(jsonb_agg(jsonb_build_object('status', status, 'reason', reason,
        'opened_at', opened_at, 'closed_at', closed_at) order by opened_at), '[]') from ${recoveryCases}
        where invoice_id = ${invoices.id})
      ) as data from ${invoices} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
  {
    name: 'checkouts',
    rows: (customerId, after) => sql`select id, jsonb_build_object('id', id, 'status', status, 'sku', sku, 'name', name,
      'quantity', quantity, 'unit_price_cents', unit_price_cents, 'shipping_cents', shipping_cents,
      'interval_unit', interval_unit, 'interval_count', interval_count, 'time_zone', time_zone, 'address', address,
      'total_cents', total_cents, 'trial_ends_on', trial_ends_on, 'consent_version', consent_version,
      'consent_text', consent_text, 'consented_at', consented_at, 'truemed_session', payment_session_id,
      'error_code', error_code, 'subscription_id', subscription_id, 'completed_at', completed_at,
      'created_at', created_at) as data
      from ${checkouts} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
  {
    name: 'payment_methods',
    rows: (customerId, after) => sql`select id, jsonb_build_object('id', id, 'status', status, 'cards', cards,
      'letter_expires_on', letter_expires_on, 'created_at', created_at, 'deletion_asked_at', deletion_asked_at,
      'deleted_at', deleted_at) as data
      from ${paymentTokens} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
  {
    name: 'requests_to_truemed',
    rows: (customerId, after) => sql`select id, jsonb_build_object('id', id, 'subscription_id', subscription_id,
      'kind', kind, 'status', status, 'truemed_request', truemed_request_id, 'error_code', error_code,
      'returned_at', returned_at, 'connected_at', connected_at, 'created_at', created_at) as data
      from ${provisionRequests} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
  {
    name: 'mails',
    rows: (customerId, after) => sql`select id, jsonb_build_object('id', id, 'template', template, 'status', status,
      'created_at', created_at, 'sent_at', sent_at) as data
      from ${outbox} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
  {
    name: 'log',
    // Who of the staff did something is about them.
    rows: (customerId, after) => sql`select id, jsonb_build_object('at', at, 'by', split_part(actor, ':', 1),
      'action', action, 'subject', subject, 'change', change) as data
      from ${auditLog} where customer_id = ${customerId} and id > ${after} order by id limit ${PAGE}`,
  },
];

/** Tables that hold something about a customer, and the part of the file that it stands in. */
export const EXPORTED: Readonly<Record<string, string>> = {
  customers: 'account',
  former_emails: 'account',
  email_changes: 'account',
  subscriptions: 'subscriptions',
  subscription_items: 'subscriptions',
  once_items: 'subscriptions',
  subscription_discounts: 'subscriptions',
  pending_item_changes: 'subscriptions',
  decisions: 'subscriptions',
  invoices: 'orders',
  invoice_lines: 'orders',
  invoice_discounts: 'orders',
  charge_attempts: 'orders',
  refunds: 'orders',
  recovery_cases: 'orders',
  payment_tokens: 'payment_methods',
  provision_requests: 'requests_to_truemed',
  checkouts: 'checkouts',
  outbox: 'mails',
  audit_log: 'log',
};

/**
 * All that we hold about a customer, as the pieces of one JSON file, which are read as they are asked for. Neither tokens nor
 * links are in it, and nobody else: what Truemed holds is Truemed's to give. Throws `forbidden` for everybody who is not a
 * customer.
 */
export async function dataExport(ctx: Context): Promise<AsyncGenerator<string>> {
  const { customerId } = requireCustomer(ctx.principal);
  const [account] = await ctx.db.execute<{ data: unknown }>(sql`select jsonb_build_object('id', id, 'email', email,
    'name', name, 'state', state, 'address', address, 'wants_reminders', wants_reminders,
    'upcoming_notice_days', upcoming_notice_days,
    'former_emails', (select coalesce(jsonb_agg(jsonb_build_object('email', email, 'changed_at', changed_at)), '[]')
      from ${formerEmails} where customer_id = ${customers.id}),
    'email_changes', (select coalesce(jsonb_agg(jsonb_build_object('status', status, 'new_email', new_email,
      'created_at', created_at, 'closed_at', closed_at) order by created_at), '[]')
      from ${emailChanges} where customer_id = ${customers.id}), 'created_at', created_at, 'updated_at', updated_at) as data
    from ${customers} where id = ${customerId}`);
  if (account === undefined) throw notFound('This account');
  return pieces(ctx, customerId, account.data);
}

async function* pieces(ctx: Context, customerId: Id<'customer'>, account: unknown): AsyncGenerator<string> {
  const head = { merchant: ctx.env.merchant.name, written_at: ctx.now.toISOString(), account };
  yield JSON.stringify(head, null, 1).slice(0, -2);
  for (const { name, rows } of LISTS) {
    yield `,\n ${JSON.stringify(name)}: [`;
    let after = '';
    for (let hasMore = true; hasMore; ) {
      const page = await ctx.db.execute<{ id: string; data: unknown }>(rows(customerId, after));
      for (const { id, data } of page) {
        yield `${after === '' ? '' : ','}\n  ${JSON.stringify(data)}`;
        after = id;
      }
      hasMore = page.length === PAGE;
    }
    yield '\n ]';
  }
  yield '\n}\n';
}
