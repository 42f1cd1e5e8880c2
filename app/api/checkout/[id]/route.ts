import { currentCustomer, pageContext } from '@/lib/auth/principal';
import { AppError } from '@/lib/core/errors';
import { isId } from '@/lib/core/id';
import { checkoutPoll } from '@/lib/views/checkout-page';

/** What the page of an order asks for while it is open: `{state, revision}`. 401 signed out, 404 for one that is not theirs. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const customer = await currentCustomer();
  if (customer === null) return answer(401, { error: 'signed_out' });
  if (!isId('checkout', id)) return answer(404, { error: 'not_found' });
  try {
    return answer(200, await checkoutPoll(await pageContext(customer), { checkoutId: id }));
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return answer(404, { error: 'not_found' });
    throw error;
  }
}

function answer(status: number, body: object): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}
