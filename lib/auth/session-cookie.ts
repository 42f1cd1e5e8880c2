import { createHash, randomBytes } from 'node:crypto';

/** A session ends this long after it began, whatever happens. */
export const SESSION_DAYS = 30;
/** A session ends this long after it was last used. */
export const IDLE_DAYS = 7;

/**
 * The session cookie of an address: bound to its host, unreadable for scripts, sent on links from mail and from Truemed.
 * Over plain HTTP (a demo) a browser takes no `__Host-` cookie.
 */
export function sessionCookie(appUrl: string) {
  const isSecure = appUrl.startsWith('https:');
  return {
    name: `${isSecure ? '__Host-' : ''}perennial-session`,
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure } as const,
  };
}

/** A new value for the cookie: 256 random bits and the second in which the session began. */
export function newSessionToken(now: Date): string {
  return `${randomBytes(32).toString('base64url')}.${Math.floor(now.getTime() / 1000)}`;
}

/**
 * When the session of a cookie ends at the latest. Null for a value that we never made; a changed second makes another
 * hash, which no row has.
 */
export function sessionEnd(token: string): Date | null {
  const [, seconds] = /^[\w-]{43}\.(\d{10})$/.exec(token) ?? [];
  return seconds === undefined ? null : new Date((Number(seconds) + SESSION_DAYS * 86_400) * 1000);
}

/** What is stored in place of the cookie's value. */
export function hashOfSession(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
