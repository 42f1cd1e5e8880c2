import { notFound } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { currentCustomer, pageContext } from '@/lib/auth/principal';
import { recordReturn } from '@/lib/services/record-return';

/**
 * Where Truemed sends the customer back to. It is noted, which proves nothing, and the waiting page says what is so. Signed out,
 * the customer signs in first and comes to the same page; a request that is not theirs answers 404.
 */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const requestId = idFrom('provisionRequest', (await params).id);
  const outcome = new URL(request.url).searchParams.get('outcome');
  if (outcome !== 'success' && outcome !== 'failure') notFound();
  const waitingPage = `/account/hsa-fsa/${requestId}`;
  const customer = await currentCustomer();
  if (customer === null) return seeOther(`/sign-in?callbackUrl=${encodeURIComponent(waitingPage)}`);
  await orNotFound(recordReturn(await pageContext(customer), { requestId, outcome }));
  return seeOther(waitingPage);
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location, 'Cache-Control': 'no-store' } });
}
