import { pageContext } from '@/lib/auth/principal';
import { unreachable } from '@/lib/core/errors';
import { isId } from '@/lib/core/id';
import { followRepairLink } from '@/lib/services/follow-repair-link';

const PRIVATE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' };

/**
 * The mailed link: leads to Truemed, without a cookie, as often as wanted until the case closes. Where it leads nowhere any
 * more, a public page says so, and nothing about the order. Unknown and malformed ids answer 404.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  if (!isId('recoveryCase', id)) return notKnown();
  const ctx = await pageContext({ kind: 'system', name: 'mailed_link' });
  const link = await followRepairLink(ctx, { caseId: id });
  switch (link.kind) {
    case 'truemed':
      return seeOther(link.redirectUrl);
    case 'closed':
      return seeOther('/go/closed');
    case 'no_link':
      return seeOther('/go/no-link');
    case 'unknown':
      return notKnown();
    default:
      return unreachable(link);
  }
}

/** Programs that look at links before people do must change nothing: they learn neither whether the case exists nor where it leads. */
export function HEAD(): Response {
  return new Response(null, { status: 200, headers: PRIVATE });
}

function notKnown(): Response {
  return new Response(
    'This link is not known here. Please open it from the mail again, or sign in to your account.\n',
    {
      status: 404,
      headers: { ...PRIVATE, 'Content-Type': 'text/plain; charset=utf-8' },
    },
  );
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { ...PRIVATE, Location: location } });
}
