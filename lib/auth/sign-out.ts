import { cookies, headers } from 'next/headers';
import { webRuntime } from '@/lib/runtime';
import { isOwnPost } from './origin';
import { endSession } from './session';
import { sessionCookie } from './session-cookie';

/** Ends the session of this request at once, whoever else holds its cookie. A form of another site changes nothing. */
export async function signOut(): Promise<void> {
  const { db, env } = webRuntime();
  if (!isOwnPost(await headers(), env.appUrl)) return;
  const { name, options } = sessionCookie(env.appUrl);
  const jar = await cookies();
  const token = jar.get(name)?.value;
  if (token !== undefined) await endSession(db, token);
  jar.set(name, '', { ...options, maxAge: 0 });
}
