export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

/** Reads nothing, does nothing, answers 204: what the framework itself costs. Only in the build of `npm run bench`. */
export function POST(): Response {
  return new Response(null, { status: 204 });
}
