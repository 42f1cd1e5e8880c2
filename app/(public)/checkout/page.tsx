import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { CustomerFooter } from '@/components/customer-shell';
import { PublicShell } from '@/components/public-shell';
import { PageHeading } from '@/components/ui/page-heading';
import { SafeNote, Sheet } from '@/components/ui/sheet';
import { currentBuyer } from '@/lib/auth/principal';
import type { WantedOrder } from '@/lib/core/checkout';
import { isId } from '@/lib/core/id';
import { intervalKey, intervalOf } from '@/lib/core/plan';
import { webRuntime } from '@/lib/runtime';
import { type CheckoutOffer, checkoutOffer } from '@/lib/views/checkout-offer';
import { merchantOf } from '@/lib/views/customer-file';
import { ChooseOrder } from './_components/choose-order';
import { ConfirmOrder } from './_components/confirm-order';

export function generateMetadata(): Metadata {
  return { title: `Order · ${webRuntime().env.merchant.name}` };
}

interface CheckoutPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Ordering a plan: what is wanted, then what follows from it, then the one button. Each is an address. */
export default async function CheckoutPage({ searchParams }: CheckoutPageProps) {
  const query = await searchParams;
  if (!isId('plan', query.plan)) notFound();
  const { db, env, clock } = webRuntime();
  const [buyer, now] = await Promise.all([currentBuyer(), clock()]);
  const wanted = wantedIn(query);
  const again = isId('subscription', query.again) ? query.again : null;
  const offer = await checkoutOffer({ db, env, now }, { planId: query.plan, wanted, buyer, again });
  if (offer === null) notFound();
  const { plan, preview } = offer;
  return (
    <PublicShell
      merchantName={env.merchant.name}
      stems={false}
      footer={<CustomerFooter merchant={merchantOf({ env })} />}
    >
      <PageHeading back={{ href: '/plans', label: 'Plans' }} title={plan.name} meta={plan.description} />
      <div className="mt-7 pb-4">
        <Sheet labelledBy="order">
          {preview === null ? (
            <ChooseOrder plan={plan} query={query} />
          ) : (
            <ConfirmOrder
              offer={offer}
              preview={preview}
              here={hereOf(plan.id, again, preview.wanted)}
              other={hereOf(plan.id, again, null)}
            />
          )}
        </Sheet>
      </div>
      <div className="pb-16">
        <SafeNote id="until" title="Until then nothing is charged">
          <Safe offer={offer} merchantName={env.merchant.name} />
        </SafeNote>
      </div>
    </PublicShell>
  );
}

function Safe({ offer: { buyer }, merchantName }: { offer: CheckoutOffer; merchantName: string }) {
  return buyer?.card == null
    ? `Going to Truemed charges nothing. You complete its health survey and give your card there; ${merchantName} sees neither your full card number nor your answers. Nothing is charged before you confirm it at Truemed.`
    : 'Truemed is asked first whether your card may pay for this too, and may ask for its health survey again. Nothing is charged before it agrees.';
}

function wantedIn({ quantity, every }: Awaited<CheckoutPageProps['searchParams']>): WantedOrder | null {
  const interval = typeof every === 'string' ? intervalOf(every) : null;
  if (interval === null || typeof quantity !== 'string' || !/^\d{1,2}$/.test(quantity)) return null;
  return { quantity: Number(quantity), interval };
}

/** The address of an order: of its preview, or without `wanted` of where it is chosen. */
function hereOf(planId: string, again: string | null, wanted: WantedOrder | null): string {
  const chosen = wanted === null ? {} : { quantity: String(wanted.quantity), every: intervalKey(wanted.interval) };
  return `/checkout?${new URLSearchParams({ plan: planId, ...chosen, ...(again === null ? {} : { again }) })}`;
}
