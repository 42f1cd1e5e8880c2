import type { AuthOptions } from 'next-auth';
import EmailProvider from 'next-auth/providers/email';
import type { Runtime } from '@/lib/context';
import { isKnownAddress } from '@/lib/services/request-sign-in';
import { authAdapter } from './adapter';
import { ownPath } from './return-path';
import { newSessionToken, SESSION_DAYS, sessionCookie } from './session-cookie';

/**
 * next-auth with sessions in the database. It redeems the links that `requestSignIn` mails, and signs out; its own door
 * for asking for a link is closed (`app/api/auth`), because ours has the limits and the one answer for everybody.
 */
export function authOptions({ db, env, log }: Pick<Runtime, 'db' | 'env' | 'log'>): AuthOptions {
  // next-auth takes its own address from this variable before it looks at any header.
  process.env.NEXTAUTH_URL = env.appUrl;
  // Whoever has just redeemed a link to the checkout. What an address may do is asked again at each request.
  const newcomers = new Set<string>();
  return {
    secret: env.authSecret,
    adapter: authAdapter(db, (email) => newcomers.add(email)),
    session: {
      strategy: 'database',
      maxAge: SESSION_DAYS * 86_400,
      generateSessionToken: () => newSessionToken(new Date()),
    },
    useSecureCookies: env.appUrl.startsWith('https:'),
    cookies: { sessionToken: sessionCookie(env.appUrl) },
    providers: [EmailProvider({ sendVerificationRequest: refuseToSend })],
    pages: { signIn: '/sign-in', error: '/sign-in', verifyRequest: '/sign-in', signOut: '/' },
    callbacks: {
      signIn: async ({ user, email }) =>
        email?.verificationRequest !== true &&
        (newcomers.has(user.email ?? '') || (await isKnownAddress(db, user.email ?? ''))),
      redirect: ({ url, baseUrl }) => {
        const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
        return `${baseUrl}${ownPath(path) ?? '/'}`;
      },
    },
    logger: {
      error: (code) => log.error({ event: 'auth.failed', reason: code }),
      warn: (code) => log.warn({ event: 'auth.warned', reason: code }),
      debug: () => {},
    },
  };
}

function refuseToSend(): never {
  throw new Error('Links are mailed by requestSignIn.');
}
