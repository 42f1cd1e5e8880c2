import { sql } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';

/** The lock that lets one process at a time give numbers, so that they have no gaps and charging never waits for them. */
const NUMBER_LOCK = 7_302;

/**
 * Numbers paid invoices, 1, 2, 3… in each year of payment in the merchant's time zone, without gaps, in order of payment.
 * Returns how many; 0 also while another process has its hands on it.
 */
export async function numberInvoices(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const [lock] = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${NUMBER_LOCK}) as taken`);
    if (lock?.taken !== true) return 0;
    const numbered = await tx.execute(sql`
      with paid as (
        select id, paid_at, extract(year from paid_at at time zone ${ctx.env.merchant.timeZone})::int as year
        from ${invoices} where status = 'paid' and year_number is null order by paid_at, id limit ${limit}
      ), last as (
        select years.year, coalesce((select max(year_number) from ${invoices} where number_year = years.year), 0) as number
        from (select distinct year from paid) years
      ), places as (
        select id, year, row_number() over (partition by year order by paid_at, id) as place from paid
      )
      update ${invoices} set number_year = places.year, year_number = last.number + places.place
      from places join last on last.year = places.year where invoices.id = places.id
      returning invoices.id`);
    return numbered.length;
  });
}
