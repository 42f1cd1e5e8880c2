import { notFound } from 'next/navigation';
import { idFrom, orNotFound } from '@/app/_page/own';
import { currentCustomer, pageContext } from '@/lib/auth/principal';
import { recordCheckoutReturn } from '@/lib/services/record-checkout-return';

/**
 * Where Truemed's checkout sends the customer back to. It is noted, which proves nothing, and the page of the order says what
 * is so. Signed out, the customer signs in first and comes to the same page; an order that is not theirs answers 404.
 */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const checkoutId = idFrom('checkout', (await params).id);
  const outcome = new URL(request.url).searchParams.get('outcome');
  if (outcome !== 'success' && outcome !== 'failure') notFound();
  const page = `/account/checkout/${checkoutId}`;
  const customer = await currentCustomer();
  if (customer === null) return seeOther(`/sign-in?callbackUrl=${encodeURIComponent(page)}`);
  await orNotFound(recordCheckoutReturn(await pageContext(customer), { checkoutId, outcome }));
  return seeOther(page);
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location, 'Cache-Control': 'no-store' } });
}
