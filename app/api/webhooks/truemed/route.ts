import { contextFor } from '@/lib/context';
import { answerDelivery, refuseMethod } from '@/lib/receiver/answer-delivery';
import { webRuntime } from '@/lib/runtime';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

/** The receiver of Truemed's webhooks: verify the raw bytes, store, answer. The tick does the rest. */
export async function POST(request: Request): Promise<Response> {
  const web = webRuntime();
  return answerDelivery(request, () => contextFor(web, { kind: 'system', name: 'receiver' }), web.log);
}

export {
  refuseMethod as DELETE,
  refuseMethod as GET,
  refuseMethod as HEAD,
  refuseMethod as OPTIONS,
  refuseMethod as PATCH,
  refuseMethod as PUT,
};
