import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import { customers } from '@/db/schema/people';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { isId } from '@/lib/core/id';
import type { BillingMethod, SubscriptionStatus } from '@/lib/core/subscription';
import { readStaffShell, type StaffShellFacts } from './admin-shell';
import { readStaffSubscriptions, type StaffSubscription } from './admin-subscription-rows';
import { cutPage, PAGE_SIZE } from './page-cursor';

/** What a list of subscriptions is narrowed to. */
export interface SubscriptionFilter {
  status?: SubscriptionStatus | undefined;
  billing?: BillingMethod | undefined;
  /** Part of a name or an e-mail, or a whole id, ours or the merchant's. */
  text?: string | undefined;
}

/** One page of subscriptions: our soonest charge first, then those that we do not charge, by their projected day. */
export interface SubscriptionList {
  shell: StaffShellFacts;
  rows: StaffSubscription[];
  /** `after` of the next page; null on the last. */
  next: string | null;
}

/**
 * Reads a page of subscriptions, in two queries made at once; `after` is the `next` of the page before. Throws `not_found`
 * for everybody who is not staff.
 */
export async function subscriptionList(
  ctx: Context,
  input: SubscriptionFilter & { after?: string | undefined },
): Promise<SubscriptionList> {
  const [shell, rows] = await Promise.all([
    readStaffShell(ctx),
    readStaffSubscriptions(ctx, and(...conditions(input), beyond(input.after)), PAGE_SIZE + 1),
  ]);
  return { shell, ...cutPage(rows, formatPlace) };
}

function conditions({ status, billing, text }: SubscriptionFilter): (SQL | undefined)[] {
  return [
    status && eq(subscriptions.status, status),
    billing && eq(subscriptions.billingMethod, billing),
    text ? matches(text.trim()) : undefined,
  ];
}

function matches(text: string): SQL | undefined {
  if (isId('subscription', text)) return eq(subscriptions.id, text);
  const part = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return or(
    sql`lower(${customers.name}) like ${part}`,
    sql`${customers.email} like ${part}`,
    eq(subscriptions.externalId, text),
  );
}

// Rows without an instant stand last, so after one with an instant they all still come.
function beyond(after: string | undefined): SQL | undefined {
  const place = parsePlace(after);
  if (place === null) return undefined;
  const later = sql`(${subscriptions.nextChargeOn}, ${subscriptions.id}) > (${place.on}::date, ${place.id})`;
  if (place.at === null) return sql`${subscriptions.nextChargeAt} is null and ${later}`;
  const at = sql`${place.at.toISOString()}::timestamptz`;
  return sql`(${subscriptions.nextChargeAt} > ${at} or (${subscriptions.nextChargeAt} = ${at} and ${later})
    or ${subscriptions.nextChargeAt} is null)`;
}

function formatPlace({ nextChargeAt, storedNextChargeOn, id }: StaffSubscription): string {
  return [nextChargeAt?.getTime() ?? '', storedNextChargeOn, id].join('~');
}

function parsePlace(text: string | undefined): { at: Date | null; on: LocalDate; id: string } | null {
  const [ms = '', on = '', id, ...rest] = (text ?? '').split('~');
  if (rest.length > 0 || !/^\d{0,14}$/.test(ms) || !isLocalDate(on) || !isId('subscription', id)) return null;
  return { at: ms === '' ? null : new Date(Number(ms)), on, id };
}
