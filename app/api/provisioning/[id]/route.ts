import { currentCustomer, pageContext } from '@/lib/auth/principal';
import { AppError } from '@/lib/core/errors';
import { isId } from '@/lib/core/id';
import { waitingPoll } from '@/lib/views/provisioning';

/** What the waiting page asks for while it is open: `{state, revision}`. 401 signed out, 404 for a request that is not theirs. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const customer = await currentCustomer();
  if (customer === null) return answer(401, { error: 'signed_out' });
  if (!isId('provisionRequest', id)) return answer(404, { error: 'not_found' });
  try {
    return answer(200, await waitingPoll(await pageContext(customer), { requestId: id }));
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return answer(404, { error: 'not_found' });
    throw error;
  }
}

function answer(status: number, body: object): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}
