import { type SQL, sql } from 'drizzle-orm';
import { chargeAttempts } from './schema/billing';
import { refunds } from './schema/refunds';

/** What is left of the charge of a refund: not given back, and not on its way back. */
export const LEFT_OF_CHARGE: SQL<number> = sql<number>`(select ${chargeAttempts.amountCents} - coalesce(sum(other.amount_cents), 0)::int
  from ${chargeAttempts} left join ${refunds} other on other.attempt_id = ${chargeAttempts.id} and other.status <> 'failed'
  where ${chargeAttempts.id} = ${refunds.attemptId} group by ${chargeAttempts.id})`;

/** Truemed refused a refund that was to be made by itself, nobody sends it again, and staff have not said that it is settled. */
export const WAITS_FOR_RETURN: SQL = sql`(${refunds.isAutomatic} and ${refunds.status} = 'failed'
  and ${refunds.settledElsewhereAt} is null and ${LEFT_OF_CHARGE} > 0)`;
