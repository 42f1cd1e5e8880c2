import { desc } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { type CustomerSwitches, readSwitches } from '@/lib/core/customer-switches';

/** What customers may do by themselves now, and the version that says so; version 0 is a shop that never set anything. */
export async function currentSwitches(tx: Queryable): Promise<CustomerSwitches & { version: number }> {
  const [row] = await tx.select().from(settings).orderBy(desc(settings.version)).limit(1);
  return { ...readSwitches(row?.switches), version: row?.version ?? 0 };
}
