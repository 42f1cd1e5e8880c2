import { redirect } from 'next/navigation';
import { document } from '@/app/_page/document';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { addDays } from '@/lib/core/calendar';
import { planYear } from '@/lib/core/claim-pack';
import { slugOf } from '@/lib/core/receipt';
import { claimPack } from '@/lib/documents/claim-pack';
import { withinRateLimit } from '@/lib/rate-limit';
import { claimReceipts } from '@/lib/views/claim-pack';
import { yearStart } from '../year-start';

/** A whole pack is work for this process; nobody needs many. */
const PACKS = { hits: 20, windowSeconds: 60 * 60 };

/** The claim pack of a plan year, of the receipts of whoever asks. Where there is none, the page says so. */
export async function GET(request: Request): Promise<Response> {
  const from = yearStart(new URL(request.url).searchParams.get('from') ?? undefined);
  if (from === null) redirect('/account/history/claims');
  const page = `/account/history/claims?from=${from}`;
  const customer = await requireCustomerPage(page);
  const ctx = await pageContext(customer);
  const receipts = await claimReceipts(ctx, { from });
  if (receipts === null) redirect(page);
  if (!(await withinRateLimit(ctx.db, `claim-pack:${customer.customerId}`, PACKS)))
    return new Response('You have taken many packs within an hour. Please try again in an hour.\n', {
      status: 429,
      headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8' },
    });
  const until = addDays(planYear(from).end, -1);
  const fileName = `${slugOf(ctx.env.merchant.name)}-claim-pack-${from}-to-${until}.zip`;
  return document(claimPack(receipts, { createdAt: ctx.now }), { type: 'application/zip', fileName });
}
