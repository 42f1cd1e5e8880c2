import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/context';
import { staffMay } from '@/lib/core/principal';
import { readStaffShell, type StaffShellFacts, TO_HAND_OVER } from './admin-shell';
import { readStaffSubscriptions, type StaffSubscription } from './admin-subscription-rows';

/** Moved subscriptions that the former processor may still bill, the most urgent first. */
export interface HandOverList {
  shell: StaffShellFacts;
  rows: StaffSubscription[];
  /** More than fit on the page wait. */
  hasMore: boolean;
  /** Our charges wait for the confirmation (HAND_OVER=confirmed); else they are made on their day, confirmed or not. */
  chargesWait: boolean;
  mayConfirm: boolean;
}

const AT_MOST = 200;

/** Reads the list, in two queries made at once. Throws `not_found` for everybody who is not staff. */
export async function handOverList(ctx: Context): Promise<HandOverList> {
  const [shell, rows] = await Promise.all([
    readStaffShell(ctx),
    readStaffSubscriptions(ctx, sql`${TO_HAND_OVER}`, AT_MOST + 1),
  ]);
  return {
    shell,
    rows: rows.slice(0, AT_MOST).sort((a, b) => (a.firstOfOursOn < b.firstOfOursOn ? -1 : 1)),
    hasMore: rows.length > AT_MOST,
    chargesWait: ctx.env.handOver === 'confirmed',
    mayConfirm: staffMay(ctx.principal, 'hand_over'),
  };
}
