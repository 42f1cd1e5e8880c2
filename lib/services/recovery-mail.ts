import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { invoices, recoveryCases } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { RecoveryReason } from '@/lib/core/charge';
import { customerMay } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import type { PolicyStep } from '@/lib/core/recovery-policy';
import type { MailTemplate } from '@/lib/mail/templates/compose';
import type { WaitingReason } from '@/lib/mail/templates/reminder';
import { cancelMailOf } from './close-recovery';
import { queueMail } from './queue-mail';
import { currentSwitches } from './switches';

type Invoice = typeof invoices.$inferSelect;
type CaseRow = typeof recoveryCases.$inferSelect;

/** Mail about an order that is not paid: between two of them to one customer lie 48 hours at least, the first of a case aside. */
const ABOUT_RECOVERY = [
  'action_needed_payment_method',
  'action_needed_health_survey',
  'payment_not_taken',
  'reminder',
  'last_reminder',
  'subscription_changed',
] as const satisfies readonly MailTemplate[];
/** What a newer one makes superfluous while it waits for the mail server. */
const REMINDERS = ['reminder', 'last_reminder'] as const satisfies readonly MailTemplate[];

/** Why an order waits, as its customer is written to; `card_spent`: its card was refused too often, whatever Truemed asked for last. */
type MailedReason = RecoveryReason | 'card_spent';

/** Whether a repair at Truemed would be followed by a charge, so that a card which may not be tried again has to be another one. */
export function asksForAnotherCard(reason: RecoveryReason): boolean {
  return reason === 'update_payment_method' || reason === 'take_health_survey';
}

/** The first mail about a reason. That of a case goes out at any hour; where the case was known already, not in the quiet ones of `quietZone`. */
export async function writeFirstMail(
  tx: Queryable,
  ctx: Context,
  invoice: Invoice,
  caseId: Id<'recoveryCase'>,
  reason: MailedReason,
  quietZone: string | null,
): Promise<void> {
  const customer = await customerOf(tx, invoice.customerId);
  const common = {
    customerId: customer.id,
    to: customer.email,
    dedupeKey: `${reason}:${caseId}`,
    ...(quietZone === null ? {} : { quietZone }),
  };
  const facts = factsOf(ctx, invoice, customer.name, caseId, reason);
  if (reason === 'update_payment_method')
    await queueMail(tx, ctx, { ...common, template: 'action_needed_payment_method', facts });
  else if (reason === 'take_health_survey')
    await queueMail(tx, ctx, { ...common, template: 'action_needed_health_survey', facts });
  else await queueMail(tx, ctx, { ...common, template: 'payment_not_taken', facts: { ...facts, reason } });
}

/** Writes the mail of a step: not in the quiet hours, and in the place of an earlier one that has not gone out yet. */
export async function writeStepMail(
  tx: Queryable,
  ctx: Context,
  row: CaseRow,
  invoice: Invoice,
  step: PolicyStep,
  extra: { pauseOn: LocalDate; timeZone: string; isCardSpent: boolean },
): Promise<void> {
  const customer = await customerOf(tx, row.customerId);
  const reason: MailedReason = extra.isCardSpent && asksForAnotherCard(row.reason) ? 'card_spent' : row.reason;
  const facts = factsOf(ctx, invoice, customer.name, row.id, reason);
  const common = {
    customerId: customer.id,
    to: customer.email,
    dedupeKey: `${step.kind}_${step.day}:${row.id}`,
    quietZone: extra.timeZone,
  };
  const page = subscriptionPage(ctx, row.subscriptionId);
  const mayWake = customerMay(await currentSwitches(tx), 'resume');
  if (step.kind === 'remind' || step.kind === 'last_reminder') {
    if (!isWaiting(reason)) return;
    await cancelMailOf(tx, row, REMINDERS);
    const waiting = { ...facts, reason };
    if (step.kind === 'remind')
      await queueMail(tx, ctx, { ...common, template: 'reminder', facts: { ...waiting, offer: step.offer } });
    else
      await queueMail(tx, ctx, {
        ...common,
        template: 'last_reminder',
        facts: { ...waiting, pauseOn: extra.pauseOn, mayWake },
      });
    return;
  }
  if (step.kind !== 'pause' && step.kind !== 'win_back') return;
  const change = step.kind === 'pause' ? 'paused' : 'still_paused';
  const words = { name: customer.name, orderOn: invoice.periodStart, change, mayWake, link: page } as const;
  await queueMail(tx, ctx, { ...common, template: 'subscription_changed', facts: words });
}

/** When the last mail about an order that is not paid went to a customer, or was written where it has not gone out. */
export async function lastRecoveryMailAt(tx: Queryable, customerId: Id<'customer'>): Promise<Date | null> {
  const [row] = await tx
    .select({ at: sql<string | null>`max(coalesce(${outbox.sentAt}, ${outbox.createdAt}))::text` })
    .from(outbox)
    .where(
      and(
        eq(outbox.customerId, customerId),
        inArray(outbox.template, [...ABOUT_RECOVERY]),
        inArray(outbox.status, ['queued', 'sent']),
      ),
    );
  return row?.at ? new Date(row.at) : null;
}

function factsOf(
  ctx: Context,
  invoice: Invoice,
  name: string,
  caseId: Id<'recoveryCase'>,
  reason: MailedReason,
): { name: string; amountCents: number; orderOn: LocalDate; link: string } {
  const isRepair = reason === 'update_payment_method' || reason === 'take_health_survey' || reason === 'token_gone';
  return {
    name,
    amountCents: invoice.totalCents,
    orderOn: invoice.periodStart,
    link: isRepair
      ? `${ctx.env.appUrl}/go/${caseId}`
      : reason === 'card_spent'
        ? `${ctx.env.appUrl}/account/payment-methods/card`
        : subscriptionPage(ctx, invoice.subscriptionId),
  };
}

const subscriptionPage = (ctx: Context, id: Id<'subscription'>) => `${ctx.env.appUrl}/account/subscriptions/${id}`;

function isWaiting(reason: MailedReason): reason is WaitingReason {
  return reason !== 'session_pending' && reason !== 'our_error' && reason !== 'unknown_action';
}

async function customerOf(tx: Queryable, id: Id<'customer'>): Promise<typeof customers.$inferSelect> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, id));
  if (customer === undefined) throw new Error(`No customer ${id}.`);
  return customer;
}
