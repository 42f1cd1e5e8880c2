export const dynamic = 'force-dynamic';

/** The process is up. It asks nobody else, so that an outage of the database does not get the web process killed. */
export function GET(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}
