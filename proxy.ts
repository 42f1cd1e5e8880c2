import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy } from '@/lib/auth/content-security-policy';
import { hashStyleSheets } from '@/lib/auth/style-hashes';
import { type Env, readEnv } from '@/lib/env';

export const config = {
  // The API answers no pages, and the receiver of webhooks must not wait for this.
  matcher: ['/((?!api/|_next/static/|icon.svg|favicon.ico).*)'],
};

const PRIVATE = /^\/(account|admin|checkout|sign-in|go|confirm-email)(\/|$)/;

const isDevelopment = process.env.NODE_ENV === 'development';

let env: Env | undefined;
let styleHashes: readonly string[] | undefined;

/** Gives each page its content security policy, with a nonce of its own. Nobody is let in or kept out here. */
export function proxy(request: NextRequest): NextResponse {
  env ??= readEnv(process.env);
  styleHashes ??= isDevelopment ? [] : hashStyleSheets(process.env.BUILD_FOLDER);
  const policy = contentSecurityPolicy({
    nonce: randomBytes(16).toString('base64'),
    appUrl: env.appUrl,
    truemedOrigins: env.truemed.redirectOrigins,
    styleHashes,
    isDevelopment,
  });
  // Next takes the nonce for its own scripts from the request.
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  if (PRIVATE.test(request.nextUrl.pathname)) response.headers.set('cache-control', 'no-store');
  return response;
}
