import { and, eq, inArray, isNull } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { outbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import { type NotificationChoices, REMINDER_TEMPLATES } from '@/lib/core/notification-choices';
import { requireCustomer } from '@/lib/core/principal';
import { audit } from './audit';

/** A customer chooses what they are written to about. Reminders that wait for the end of the quiet hours are not sent any more. */
export async function chooseNotifications(ctx: Context, input: NotificationChoices): Promise<{ ok: true }> {
  const { customerId } = requireCustomer(ctx.principal);
  const { wantsReminders, upcomingNoticeDays } = input;
  return inTransaction(ctx.db, async (tx) => {
    const [before] = await tx
      .select()
      .from(customers)
      .where(and(eq(customers.id, customerId), isNull(customers.deletedAt)))
      .for('no key update');
    if (before === undefined) throw notFound('This account');
    if (before.wantsReminders === wantsReminders && before.upcomingNoticeDays === upcomingNoticeDays)
      return { ok: true };
    await tx
      .update(customers)
      .set({ wantsReminders, upcomingNoticeDays, updatedAt: ctx.now })
      .where(eq(customers.id, customerId));
    if (!wantsReminders)
      await tx
        .update(outbox)
        .set({ status: 'canceled', dueAt: null, leaseUntil: null })
        .where(
          and(
            eq(outbox.customerId, customerId),
            eq(outbox.status, 'queued'),
            inArray(outbox.template, [...REMINDER_TEMPLATES]),
          ),
        );
    await audit(tx, ctx, {
      action: 'customer.notifications_chosen',
      subject: customerId,
      customerId,
      change: { wantsReminders, upcomingNoticeDays },
    });
    return { ok: true };
  });
}
