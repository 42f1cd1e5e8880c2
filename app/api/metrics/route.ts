import { contextFor } from '@/lib/context';
import { webRuntime } from '@/lib/runtime';
import { mayReadMetrics, metricsText } from '@/lib/views/engine-counters';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

/** The engine's counters for Prometheus, for who brings METRICS_TOKEN as a bearer; 401 for others, 404 where none is set. */
export async function GET(request: Request): Promise<Response> {
  const server = webRuntime();
  const access = mayReadMetrics(server.env, request.headers.get('authorization'));
  if (access === 'closed') return new Response(null, { status: 404 });
  if (access === 'no') return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } });
  const { type, text } = await metricsText(await contextFor(server, { kind: 'system', name: 'receiver' }));
  return new Response(text, { headers: { 'content-type': type, 'cache-control': 'no-store' } });
}
