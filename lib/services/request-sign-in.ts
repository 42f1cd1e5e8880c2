import { createHash, randomBytes } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { customers, staff, verificationTokens } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import { signInMail } from '@/lib/mail/templates/sign-in';

/** How long a mailed link works, in real time. */
export const LINK_MINUTES = 15;

/**
 * Mails a sign-in link to a customer or a member of staff, and nothing to anybody else; a link that leads to the checkout also
 * to an address that is new, because whoever orders for the first time proves it by that. The mail goes out directly: only
 * the hash of its token is stored. Nobody is signed in yet, so there is no principal; the limits are at the door. `email` is in the
 * form of `normalEmail`, `returnTo` a path of our own. Throws when the mail was not taken.
 */
export async function requestSignIn(
  { db, env, mailer }: Pick<Context, 'db' | 'env' | 'mailer'>,
  { email, returnTo }: { email: string; returnTo: string | null },
): Promise<'sent' | 'unknown_address'> {
  const home = (await homeOf(db, email)) ?? (isCheckout(returnTo) ? '/plans' : null);
  if (home === null) return 'unknown_address';
  const token = randomBytes(32).toString('base64url');
  await db.delete(verificationTokens).where(lt(verificationTokens.expires, sql`clock_timestamp()`));
  await db.insert(verificationTokens).values({
    identifier: email,
    token: hashOfLink(token, env.authSecret),
    expires: sql`clock_timestamp() + make_interval(mins => ${LINK_MINUTES})`,
    welcomesNewcomer: isCheckout(returnTo),
  });
  const query = new URLSearchParams({ callbackUrl: returnTo ?? home, token });
  const link = `${env.appUrl}/api/auth/callback/email?${query}`;
  await mailer.send({ to: email, ...signInMail({ merchantName: env.merchant.name, link }) }, newId('mail'));
  return 'sent';
}

/** Whether a path leads to the checkout, where new addresses are welcome. */
export function isCheckout(returnTo: string | null): boolean {
  return returnTo !== null && /^\/checkout(\?|$)/.test(returnTo);
}

/** Whether an address, in the form of `normalEmail`, is that of a customer or a member of staff. */
export async function isKnownAddress(db: Queryable, email: string): Promise<boolean> {
  return (await homeOf(db, email)) !== null;
}

// Where a person's own rooms are; a member of staff who also buys is a customer first.
async function homeOf(db: Queryable, email: string): Promise<'/account' | '/admin' | null> {
  const [customer] = await db.select({ id: customers.id }).from(customers).where(eq(customers.email, email));
  if (customer !== undefined) return '/account';
  const [member] = await db.select({ id: staff.id }).from(staff).where(eq(staff.email, email));
  return member === undefined ? null : '/admin';
}

// The form in which next-auth 4 looks for a token that comes back.
function hashOfLink(token: string, secret: string): string {
  return createHash('sha256').update(`${token}${secret}`).digest('hex');
}
