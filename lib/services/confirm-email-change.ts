import { and, eq, gt, or, sql } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { customers, emailChanges, formerEmails, staff, users } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import type { Confirmed } from '@/lib/core/email-change';
import { type Id, newId } from '@/lib/core/id';
import { requireSystem } from '@/lib/core/principal';
import { emailChangedMail } from '@/lib/mail/templates/account';
import { endOpenChange, hashOfEmailLink } from './ask-email-change';
import { audit } from './audit';
import { endSessionsOf } from './sign-out-everywhere';

export type ConfirmEmailResult = { ok: true; state: Confirmed } | { ok: false; reason: 'link_over' };

/**
 * One of the two addresses confirms a change of e-mail. The link is the key, so nobody needs to be signed in; it works once.
 * With the second one the address changes: every session of both ends, and what the shop's file says of the former address
 * goes on to mean this customer. Unknown, used and old links, and an address that has been taken meanwhile, look the same.
 */
export async function confirmEmailChange(ctx: Context, input: { link: string }): Promise<ConfirmEmailResult> {
  requireSystem(ctx.principal);
  const done = await inTransaction(ctx.db, (tx) => confirm(tx, ctx, hashOfEmailLink(input.link)));
  if (done === null) return { ok: false, reason: 'link_over' };
  if (!('formerEmail' in done)) return { ok: true, state: 'other_side_missing' };
  const { appUrl, merchant } = ctx.env;
  const mail = emailChangedMail({ merchantName: merchant.name, name: done.name, link: `${appUrl}/sign-in` });
  try {
    await ctx.mailer.send({ to: done.formerEmail, ...mail }, newId('mail'));
  } catch (error) {
    // The address has changed whatever becomes of this mail.
    ctx.log.warn({ event: 'email_change.mail_not_sent', error });
  }
  return { ok: true, state: 'changed' };
}

type Done = { formerEmail: string; name: string } | { waits: true } | null;

async function confirm(tx: Queryable, ctx: Context, hash: string): Promise<Done> {
  const isIt = and(
    eq(emailChanges.status, 'open'),
    gt(emailChanges.expiresAt, ctx.now),
    or(eq(emailChanges.oldLink, hash), eq(emailChanges.newLink, hash)),
  );
  const [found] = await tx.select({ customerId: emailChanges.customerId }).from(emailChanges).where(isIt);
  if (found === undefined) return null;
  const { customerId } = found;
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId)).for('no key update');
  const [change] = await tx.select().from(emailChanges).where(isIt).for('update');
  if (customer === undefined || change === undefined || change.newEmail === null) return null;
  const left = {
    oldLink: change.oldLink === hash ? null : change.oldLink,
    newLink: change.newLink === hash ? null : change.newLink,
  };
  await tx.update(emailChanges).set(left).where(eq(emailChanges.id, change.id));
  if (left.oldLink !== null || left.newLink !== null) return { waits: true };
  const [taken] = await tx.select({ id: customers.id }).from(customers).where(eq(customers.email, change.newEmail));
  if (taken !== undefined) {
    await endOpenChange(tx, ctx, customerId);
    return null;
  }
  await changeAddress(tx, ctx, customerId, customer.email, change.newEmail);
  return { formerEmail: customer.email, name: customer.name };
}

async function changeAddress(
  tx: Queryable,
  ctx: Context,
  customerId: Id<'customer'>,
  formerEmail: string,
  email: string,
): Promise<void> {
  await endOpenChange(tx, ctx, customerId, 'done');
  await tx.update(customers).set({ email, updatedAt: ctx.now }).where(eq(customers.id, customerId));
  await tx.delete(formerEmails).where(eq(formerEmails.email, email));
  await tx
    .insert(formerEmails)
    .values({ email: formerEmail, customerId, changedAt: ctx.now })
    .onConflictDoUpdate({ target: formerEmails.email, set: { customerId, changedAt: ctx.now } });
  for (const one of [formerEmail, email]) await endSessionsOf(tx, one);
  // A member of staff who also buys still signs in as staff with the former address.
  await tx
    .delete(users)
    .where(
      and(eq(users.email, formerEmail), sql`not exists (select from ${staff} where ${staff.email} = ${formerEmail})`),
    );
  await audit(tx, ctx, {
    action: 'customer.email_changed',
    subject: customerId,
    customerId,
    change: { confirmedBy: 2 },
  });
}
