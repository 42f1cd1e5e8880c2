import { type SQL, sql } from 'drizzle-orm';
import { nextOrderLinesOf } from '@/db/next-order-lines';
import { runningDiscountsOf } from '@/db/running-discounts';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { onceItems } from '@/db/schema/once-items';
import { subscriptionDiscounts, subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { addDays, instantAt, localDateAt } from '@/lib/core/calendar';
import { draftInvoice } from '@/lib/core/draft-invoice';
import { requireStaff } from '@/lib/core/principal';
import { type MachineHealth, readMachine } from './admin-machine';
import { type StaffShellFacts, staffFrame } from './admin-shell';
import { readTasks, type StaffTask } from './admin-tasks';

/** How many, and what they come to. */
export interface Share {
  count: number;
  cents: number;
}

/** The renewals of the merchant's today: orders planned since midnight, and those that fall due until midnight. */
export interface TodaysRenewals {
  collected: Share;
  /** Truemed has the charge, or is being asked. */
  waiting: Share;
  /** Not collected: it waits for somebody. */
  onHold: Share;
  /** Due later today. */
  toCome: Share;
}

/** The staff's first page: what needs a person, how the machine is, and how today's renewals stand. */
export interface Today {
  shell: StaffShellFacts;
  tasks: StaffTask[];
  machine: MachineHealth;
  renewals: TodaysRenewals;
}

/** Reads the first page, in three queries made at once. Throws `not_found` for everybody who is not staff. */
export async function todayPage(ctx: Context): Promise<Today> {
  const frame = staffFrame(ctx);
  const [tasks, machine, renewals] = await Promise.all([readTasks(ctx), readMachine(ctx), readRenewals(ctx)]);
  const countOf = (kind: StaffTask['kind']) => tasks.find((task) => task.kind === kind)?.count ?? 0;
  const open = {
    handOvers: countOf('hand_overs'),
    webhooks: countOf('webhooks_kept_aside'),
    provisioning: countOf('token_known_to_truemed') + countOf('move_refused'),
  };
  return { shell: { ...frame, open }, tasks, machine, renewals };
}

interface Row extends Record<string, unknown> {
  part: keyof TodaysRenewals;
  count: number;
  cents: string;
}

async function readRenewals(ctx: Context): Promise<TodaysRenewals> {
  requireStaff(ctx.principal, 'read');
  const { timeZone } = ctx.env.merchant;
  const today = localDateAt(ctx.now, timeZone);
  const midnight = (day: typeof today) => sql`${instantAt(day, 0, timeZone).toISOString()}::timestamptz`;
  const isToCome = sql`${subscriptions.billingMethod} = 'hsa_fsa' and ${subscriptions.status} in ('active', 'trialing')
    and ${subscriptions.nextChargeAt} < ${midnight(addDays(today, 1))}`;
  const isSpecial = sql`(exists (select from ${subscriptionDiscounts}
    where ${subscriptionDiscounts.subscriptionId} = ${subscriptions.id} and ${subscriptionDiscounts.endedAt} is null)
    or exists (select from ${onceItems}
    where ${onceItems.subscriptionId} = ${subscriptions.id} and ${onceItems.status} = 'waiting'))`;
  const rows = await ctx.db.execute<Row>(sql`
    select case when ${invoices.status} = 'paid' then 'collected'
        when exists (select from ${chargeAttempts} where ${chargeAttempts.invoiceId} = ${invoices.id}
          and ${chargeAttempts.status} in ('planned', 'sent', 'unknown', 'accepted')) then 'waiting'
        else 'onHold' end as part,
      count(*)::int as count, sum(${invoices.totalCents})::text as cents
    from ${invoices}
    where ${invoices.createdAt} >= ${midnight(today)} and ${invoices.status} in ('open', 'paid') group by 1
    union all
    select 'toCome', count(*)::int, coalesce(sum(lines.cents + ${subscriptions.shippingCents} + ${subscriptions.taxCents}
      - ${subscriptions.discountCents}), 0)::text
    from ${subscriptions} join lateral (
      select sum(${subscriptionItems.quantity} * ${subscriptionItems.unitPriceCents}::bigint) as cents
      from ${subscriptionItems} where ${subscriptionItems.subscriptionId} = ${subscriptions.id}
    ) lines on true
    where ${isToCome} and not ${isSpecial}`);
  const special = await readSpecial(ctx, sql`${isToCome} and ${isSpecial}`);
  const share = (part: Row['part']): Share => {
    const row = rows.find((candidate) => candidate.part === part);
    return { count: row?.count ?? 0, cents: Number(row?.cents ?? 0) };
  };
  return {
    collected: share('collected'),
    waiting: share('waiting'),
    onHold: share('onHold'),
    toCome: {
      count: share('toCome').count + special.count,
      cents: share('toCome').cents + special.cents,
    },
  };
}

/** Orders with running discounts, or with items for one order, whose sum is for `draftInvoice` to say. */
async function readSpecial(ctx: Context, condition: SQL): Promise<Share> {
  const { shippingCents, taxCents, discountCents } = subscriptions;
  const lines = nextOrderLinesOf(ctx.db);
  const discounts = runningDiscountsOf(ctx.db);
  const rows = await ctx.db
    .select({ shippingCents, taxCents, discountCents, lines: lines.list, discounts: discounts.list })
    .from(subscriptions)
    .leftJoinLateral(lines, sql`true`)
    .leftJoinLateral(discounts, sql`true`)
    .where(condition);
  const totals = rows.map((row) => draftInvoice({ ...row, lines: row.lines ?? [], discounts: row.discounts ?? [] }));
  return { count: rows.length, cents: totals.reduce((sum, { totalCents }) => sum + totalCents, 0) };
}
