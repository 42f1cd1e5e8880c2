import { sql } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { invoices } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { requireSystem } from '@/lib/core/principal';

/** The lock that lets one process at a time give numbers, so that they have no gaps and charging never waits for them. */
const NUMBER_LOCK = 7_302;

/** Gives invoice numbers, without gaps, in order of creation. Skipped periods get none. Returns how many. */
export async function numberInvoices(ctx: Context, limit: number): Promise<number> {
  requireSystem(ctx.principal);
  return inTransaction(ctx.db, async (tx) => {
    const [lock] = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${NUMBER_LOCK}) as taken`);
    if (lock?.taken !== true) return 0;
    const numbered = await tx.execute(sql`
      with open as (
        select id, row_number() over (order by created_at, id) as place from ${invoices}
        where number is null and status <> 'skipped' order by created_at, id limit ${limit}
      ), last as (select coalesce(max(number), 0) as number from ${invoices})
      update ${invoices} set number = last.number + open.place from open, last where invoices.id = open.id
      returning invoices.id`);
    return numbered.length;
  });
}
