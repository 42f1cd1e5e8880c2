import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { outbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { localDateAt } from '@/lib/core/calendar';
import { isErasedEmail } from '@/lib/core/erased-account';
import { type Id, newId } from '@/lib/core/id';
import { isMuted, REMINDER_TEMPLATES } from '@/lib/core/notification-choices';
import { composeMail, type MailDraft } from '@/lib/mail/templates/compose';
import type { MailMessage } from '@/lib/mail/transport';

/** A mail to a customer. `dedupeKey` names its step, such as `payment_received:<invoice id>`. */
export type MailToQueue = MailDraft & {
  dedupeKey: string;
  customerId: Id<'customer'>;
  to: string;
  /** Where the reader is, for a mail that waits for the end of the quiet hours. */
  quietZone?: string;
};

/**
 * Writes a mail in the transaction that causes it; it is sent once that has committed. One mail for each dedupe key: returns
 * whether it is new. A reminder to somebody who wants none is not written, nor anything to a deleted account. Throws on a link that does not lead to our own address.
 */
export async function queueMail(
  tx: Queryable,
  ctx: Pick<Context, 'env' | 'vault' | 'now'>,
  mail: MailToQueue,
): Promise<boolean> {
  const { env, vault, now } = ctx;
  if (new URL(mail.facts.link).origin !== new URL(env.appUrl).origin)
    throw new Error(`The mail ${mail.template} links to a foreign address.`);
  if (isErasedEmail(mail.to)) return false;
  if (REMINDER_TEMPLATES.includes(mail.template) && (await wantsNone(tx, mail))) return false;
  const house = { merchantName: env.merchant.name, today: localDateAt(now, env.merchant.timeZone) };
  const message: MailMessage = { to: mail.to, ...composeMail(mail.template, mail.facts, house) };
  const id = newId('mail');
  const added = await tx
    .insert(outbox)
    .values({
      id,
      dedupeKey: mail.dedupeKey,
      template: mail.template,
      customerId: mail.customerId,
      message: vault.seal(JSON.stringify(message), `outbox.message:${id}`),
      status: 'queued',
      dueAt: now,
      quietZone: mail.quietZone ?? null,
      createdAt: now,
    })
    .onConflictDoNothing({ target: outbox.dedupeKey })
    .returning({ id: outbox.id });
  return added.length > 0;
}

async function wantsNone(tx: Queryable, { template, customerId }: MailToQueue): Promise<boolean> {
  const [choices] = await tx
    .select({ wantsReminders: customers.wantsReminders })
    .from(customers)
    .where(eq(customers.id, customerId));
  return choices !== undefined && isMuted(template, choices);
}
