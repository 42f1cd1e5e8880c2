import { desc, eq, sql } from 'drizzle-orm';
import { staff } from '@/db/schema/people';
import { settings } from '@/db/schema/settings';
import type { Context } from '@/lib/context';
import { type CustomerSwitches, readSwitches } from '@/lib/core/customer-switches';
import { staffMay } from '@/lib/core/principal';
import { readStaffShell, type StaffShellFacts } from './admin-shell';

/** What is set for the whole shop, by whom, and whether this person may change it. */
export interface StaffSettings {
  shell: StaffShellFacts;
  switches: CustomerSwitches;
  /** 0: nobody has set anything. */
  version: number;
  /** Who set it, and when; null: nobody has. `by` is null for somebody who has left. */
  lastChange: { by: string | null; at: Date } | null;
  mayChange: boolean;
}

/** Reads the settings of the shop, in two queries made at once. Throws `not_found` for everybody who is not staff. */
export async function shopSettings(ctx: Context): Promise<StaffSettings> {
  const [shell, [row]] = await Promise.all([
    readStaffShell(ctx),
    ctx.db
      .select({ setting: settings, by: staff.email })
      .from(settings)
      .leftJoin(staff, eq(sql`'staff:' || ${staff.id}`, settings.madeBy))
      .orderBy(desc(settings.version))
      .limit(1),
  ]);
  return {
    shell,
    switches: readSwitches(row?.setting.switches),
    version: row?.setting.version ?? 0,
    lastChange: row === undefined ? null : { by: row.by, at: row.setting.createdAt },
    mayChange: staffMay(ctx.principal, 'change_settings'),
  };
}
