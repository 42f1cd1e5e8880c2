import { and, desc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { customers } from '@/db/schema/people';
import { refunds } from '@/db/schema/refunds';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { AttemptCause, AttemptStatus } from '@/lib/core/charge';
import type { Id } from '@/lib/core/id';
import { readStaffShell, type StaffShellFacts } from './admin-shell';
import { cutPage, formatCursor, PAGE_SIZE, parseCursor } from './page-cursor';

/** What a list of charges may be narrowed to: one outcome, or all that are under way. */
export const CHARGE_FILTERS = {
  under_way: ['planned', 'sent', 'accepted'],
  unknown: ['unknown'],
  captured: ['captured'],
  action_required: ['action_required'],
  not_taken: ['rejected', 'failed', 'abandoned'],
} as const satisfies Record<string, readonly AttemptStatus[]>;
export type ChargeFilter = keyof typeof CHARGE_FILTERS | 'captured_twice';

/** One try to collect an order. */
export interface StaffCharge {
  id: Id<'chargeAttempt'>;
  subscriptionId: Id<'subscription'>;
  customer: { name: string; email: string };
  orderOn: LocalDate;
  number: number;
  status: AttemptStatus;
  cause: AttemptCause;
  amountCents: number;
  /** What of it was given back, and what is being given back. */
  refundedCents: number;
  refundingCents: number;
  errorCode: string | null;
  tries: number;
  isDuplicate: boolean;
  /** Truemed's id of the payment session; null before its answer. */
  paymentSessionId: string | null;
  createdAt: Date;
  /** When it is sent again or looked up by itself; null: not. */
  dueAt: Date | null;
}

/** One page of charges, the latest first. */
export interface ChargeList {
  shell: StaffShellFacts;
  rows: StaffCharge[];
  next: string | null;
}

/** Reads a page of charges, in two queries made at once. Throws `not_found` for everybody who is not staff. */
export async function chargeList(
  ctx: Context,
  input: { filter?: ChargeFilter | undefined; after?: string | undefined },
): Promise<ChargeList> {
  const [shell, rows] = await Promise.all([
    readStaffShell(ctx),
    selectCharges(ctx)
      .where(and(narrowed(input.filter), beyond(input.after)))
      .orderBy(desc(chargeAttempts.createdAt), desc(chargeAttempts.id))
      .limit(PAGE_SIZE + 1),
  ]);
  return { shell, ...cutPage(rows, ({ createdAt, id }) => formatCursor({ at: createdAt, id })) };
}

function selectCharges(ctx: Context) {
  return ctx.db
    .select({
      id: chargeAttempts.id,
      subscriptionId: chargeAttempts.subscriptionId,
      customer: { name: customers.name, email: customers.email },
      orderOn: invoices.periodStart,
      number: chargeAttempts.number,
      status: chargeAttempts.status,
      cause: chargeAttempts.cause,
      amountCents: chargeAttempts.amountCents,
      refundedCents: refundSum(sql`= 'succeeded'`),
      refundingCents: refundSum(sql`in ('planned', 'sent', 'unknown')`),
      errorCode: chargeAttempts.errorCode,
      tries: chargeAttempts.tries,
      isDuplicate: sql<boolean>`${chargeAttempts.duplicateOf} is not null`,
      paymentSessionId: chargeAttempts.paymentSessionId,
      createdAt: chargeAttempts.createdAt,
      dueAt: chargeAttempts.dueAt,
    })
    .from(chargeAttempts)
    .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
    .innerJoin(customers, eq(customers.id, invoices.customerId));
}

function refundSum(status: SQL) {
  return sql<number>`(select coalesce(sum(${refunds.amountCents}), 0)::int from ${refunds}
    where ${refunds.attemptId} = ${chargeAttempts.id} and ${refunds.status} ${status})`;
}

function narrowed(filter: ChargeFilter | undefined): SQL | undefined {
  if (filter === undefined) return undefined;
  if (filter === 'captured_twice') return isNotNull(chargeAttempts.duplicateOf);
  return inArray(chargeAttempts.status, [...CHARGE_FILTERS[filter]]);
}

function beyond(after: string | undefined): SQL | undefined {
  const cursor = parseCursor(after);
  if (cursor === null) return undefined;
  return sql`(${chargeAttempts.createdAt}, ${chargeAttempts.id}) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`;
}
