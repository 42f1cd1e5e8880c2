import { currentCustomer, pageContext } from '@/lib/auth/principal';
import { principalName } from '@/lib/core/principal';
import { type RateLimit, withinRateLimit } from '@/lib/rate-limit';
import { webRuntime } from '@/lib/runtime';
import { dataExport } from '@/lib/views/data-export';

const FILES_PER_PERSON: RateLimit = { hits: 10, windowSeconds: 3_600 };

/** All that we hold about whoever asks, as one JSON file that is sent as it is read. 401 signed out, 429 more than ten an hour. */
export async function GET(): Promise<Response> {
  const customer = await currentCustomer();
  if (customer === null) return new Response('Sign in first.\n', { status: 401 });
  if (!(await withinRateLimit(webRuntime().db, `export:${principalName(customer)}`, FILES_PER_PERSON)))
    return new Response('That was very often in one hour. Try again later.\n', { status: 429 });
  const pieces = await dataExport(await pageContext(customer));
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': 'attachment; filename="my-data.json"',
      'Cache-Control': 'no-store',
    },
  });
}
