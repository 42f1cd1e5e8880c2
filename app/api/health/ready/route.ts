import { webRuntime } from '@/lib/runtime';
import { readReadiness } from '@/lib/views/health';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

/** 200 while requests can be served, else 503; the body says what is missing, and the age of the last worker tick. */
export async function GET(): Promise<Response> {
  const readiness = await readReadiness(webRuntime());
  const status = readiness.status === 'ok' ? 200 : 503;
  return Response.json(readiness, { status, headers: { 'cache-control': 'no-store' } });
}
