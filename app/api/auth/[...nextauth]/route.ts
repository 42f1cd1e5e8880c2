import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '@/lib/auth/options';
import { isOwnPost } from '@/lib/auth/origin';
import { ownPath } from '@/lib/auth/return-path';
import { endSession } from '@/lib/auth/session';
import { sessionCookie } from '@/lib/auth/session-cookie';
import { webRuntime } from '@/lib/runtime';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

/** What of next-auth is open: redeeming a mailed link, its error redirects, signing out under its CSRF token. */
const OPEN = new Set(['GET callback', 'GET error', 'GET signin', 'GET csrf', 'GET signout', 'POST signout']);

/** Redeems a mailed link, among next-auth's other pages. The session that this browser had before ends with the new one. */
export async function GET(request: NextRequest, context: RouteContext): Promise<Response> {
  const { db, env } = webRuntime();
  const response = await answer(request, context);
  const { name } = sessionCookie(env.appUrl);
  const former = request.cookies.get(name)?.value;
  const isNew = response.headers.getSetCookie().some((cookie) => cookie.startsWith(`${name}=`));
  if (former !== undefined && isNew) await endSession(db, former);
  return response;
}

export async function POST(request: NextRequest, context: RouteContext): Promise<Response> {
  if (!isOwnPost(request.headers, webRuntime().env.appUrl)) return plain(403, 'This was not sent from our own page.');
  return answer(request, context);
}

/** Programs that look at links ahead of their reader ask like this; it must not use the link up. */
export function HEAD(): Response {
  return plain(200, null);
}

async function answer(request: NextRequest, context: RouteContext): Promise<Response> {
  const [action] = (await context.params).nextauth;
  if (!OPEN.has(`${request.method} ${action}`)) return plain(404, 'Not found.');
  const response: Response = await NextAuth(withOwnCallback(request), context, authOptions(webRuntime()));
  response.headers.set('cache-control', 'no-store');
  return response;
}

// Only a path of our own gets as far as next-auth, which answers 500 to some others.
function withOwnCallback(request: NextRequest): NextRequest {
  const url = new URL(request.url);
  const path = ownPath(url.searchParams.get('callbackUrl'));
  if (path === null) url.searchParams.delete('callbackUrl');
  else url.searchParams.set('callbackUrl', path);
  return new NextRequest(url, request);
}

function plain(status: number, text: string | null): Response {
  return new Response(text, { status, headers: { 'cache-control': 'no-store', 'content-type': 'text/plain' } });
}
