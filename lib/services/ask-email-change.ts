import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers, emailChanges } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { EMAIL_CHANGES_PER_HOUR, EMAIL_LINK_HOURS } from '@/lib/core/email-change';
import { notFound } from '@/lib/core/errors';
import { type Id, newId } from '@/lib/core/id';
import { requireCustomer } from '@/lib/core/principal';
import { normalEmail } from '@/lib/core/subscriber-email';
import { addressInUseMail, confirmNewAddressMail, confirmOldAddressMail } from '@/lib/mail/templates/account';
import { audit } from './audit';

export type AskEmailChangeResult = { ok: true } | { ok: false; reason: EmailChangeRefusal };
export type EmailChangeRefusal = 'not_an_address' | 'same_address' | 'too_many';

const HOUR_MS = 60 * 60 * 1000;

/**
 * A customer wants another e-mail address: a link goes to the present one and to the new one, and nothing changes until both
 * are used, within 24 hours. The answer is the same where the new address belongs to somebody: that person is told, and has no
 * link. Another request takes the place of one that is open. The mails are sent directly; only the links' hashes are stored.
 * Throws when a mail was not taken.
 */
export async function askEmailChange(ctx: Context, input: { newEmail: string }): Promise<AskEmailChangeResult> {
  const { customerId } = requireCustomer(ctx.principal);
  const newEmail = normalEmail(input.newEmail);
  if (newEmail === null) return { ok: false, reason: 'not_an_address' };
  const [oldLink, newLink] = [newLinkToken(), newLinkToken()];
  const asked = await inTransaction(ctx.db, (tx) => store(tx, ctx, customerId, newEmail, oldLink, newLink));
  if ('reason' in asked) return { ok: false, reason: asked.reason };
  const { env, mailer } = ctx;
  const merchantName = env.merchant.name;
  const linkOf = (token: string) => `${env.appUrl}/confirm-email?${new URLSearchParams({ link: token })}`;
  const toOld = confirmOldAddressMail({ merchantName, name: asked.name, newEmail, link: linkOf(oldLink) });
  const toNew = asked.isTaken
    ? addressInUseMail({ merchantName, link: `${env.appUrl}/sign-in` })
    : confirmNewAddressMail({ merchantName, link: linkOf(newLink) });
  await Promise.all([
    mailer.send({ to: asked.email, ...toOld }, newId('mail')),
    mailer.send({ to: newEmail, ...toNew }, newId('mail')),
  ]);
  return { ok: true };
}

/** The form in which a mailed link is looked up. */
export function hashOfEmailLink(token: string): string {
  return createHash('sha256').update(`email-change:${token}`).digest('hex');
}

function newLinkToken(): string {
  return randomBytes(32).toString('base64url');
}

async function store(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  newEmail: string,
  oldLink: string,
  newLink: string,
): Promise<{ email: string; name: string; isTaken: boolean } | { reason: EmailChangeRefusal }> {
  const { now } = ctx;
  const [customer] = await tx
    .select()
    .from(customers)
    .where(and(eq(customers.id, customerId), isNull(customers.deletedAt)))
    .for('no key update');
  if (customer === undefined) throw notFound('This account');
  if (customer.email === newEmail) return { reason: 'same_address' };
  const lately = await tx
    .select({ id: emailChanges.id })
    .from(emailChanges)
    .where(and(eq(emailChanges.customerId, customerId), gt(emailChanges.createdAt, new Date(now.getTime() - HOUR_MS))));
  if (lately.length >= EMAIL_CHANGES_PER_HOUR) return { reason: 'too_many' };
  const [other] = await tx.select({ id: customers.id }).from(customers).where(eq(customers.email, newEmail));
  const isTaken = other !== undefined;
  await endOpenChange(tx, ctx, customerId);
  await tx.insert(emailChanges).values({
    id: newId('emailChange'),
    customerId,
    status: 'open',
    newEmail,
    oldLink: hashOfEmailLink(oldLink),
    // Of an address that is taken nobody gets the link, so it is never used.
    newLink: hashOfEmailLink(newLink),
    expiresAt: new Date(now.getTime() + EMAIL_LINK_HOURS * HOUR_MS),
    createdAt: now,
  });
  await audit(tx, ctx, {
    action: 'customer.email_change_asked',
    subject: customerId,
    customerId,
    change: { hours: EMAIL_LINK_HOURS },
  });
  return { email: customer.email, name: customer.name, isTaken };
}

/** Ends a change that is open: its links say nothing any more, and its address is forgotten. Returns whether its links still worked. */
export async function endOpenChange(
  tx: Queryable,
  { now }: Pick<Context, 'now'>,
  customerId: Id<'customer'>,
  status: 'done' | 'ended' = 'ended',
): Promise<boolean> {
  const ended = await tx
    .update(emailChanges)
    .set({ status, newEmail: null, oldLink: null, newLink: null, closedAt: now })
    .where(and(eq(emailChanges.customerId, customerId), eq(emailChanges.status, 'open')))
    .returning({ expiresAt: emailChanges.expiresAt });
  return ended.some(({ expiresAt }) => expiresAt > now);
}
