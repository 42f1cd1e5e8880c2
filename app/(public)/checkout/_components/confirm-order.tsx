import { AddressFields } from '@/app/account/_components/address-fields';
import { Actions, LinkButton } from '@/components/ui/button';
import { DateText } from '@/components/ui/date-text';
import { LineItemRow, RowList, TotalRow } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { lineTotal } from '@/lib/core/amounts';
import { cardName, type NamedCard } from '@/lib/core/card-words';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import { intervalKey } from '@/lib/core/plan';
import { US_STATES } from '@/lib/core/us-states';
import type { CheckoutOffer, CheckoutPreview } from '@/lib/views/checkout-offer';
import { OrderForm } from './order-form';

/** An order before it is made: its lines and total, what is charged when, how it ends, and the button that makes it. */
export function ConfirmOrder({
  offer: { plan, today, buyer, ownDeeds },
  preview,
  here,
  other,
}: {
  offer: CheckoutOffer;
  preview: CheckoutPreview;
  here: string;
  /** Where another quantity or interval is chosen. */
  other: string;
}) {
  const { terms, wanted, consent, checkoutId } = preview;
  const { order, line, dueNowCents, trialEndsOn } = terms;
  const every = everyInterval(wanted.interval).toLowerCase();
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is ordered yet.</p>
      <h2 id="order" className="text-answer font-semibold">
        {trialEndsOn === null ? (
          <>
            <Money cents={dueNowCents} /> now, then {every}
          </>
        ) : (
          <>
            Nothing now, then <Money cents={order.totalCents} /> {every}
          </>
        )}
      </h2>
      <div className="mt-6">
        <RowList>
          <LineItemRow
            title={line.name}
            detail={`${line.quantity} at ${formatCents(line.unitPriceCents)}, ${every}`}
            amount={<Money cents={lineTotal(line)} column />}
          />
          <TotalRow
            label="Each order"
            amount={<Money cents={order.totalCents} column />}
            extras={
              order.extras.shippingCents === 0
                ? []
                : [{ label: 'Shipping', amount: <Money cents={order.extras.shippingCents} column /> }]
            }
          />
        </RowList>
      </div>
      <Charges terms={terms} today={today} paysWith={buyer?.card ?? null} />
      <Ending trialEndsOn={trialEndsOn} today={today} ownDeeds={ownDeeds} />
      {buyer === null ? (
        <ProveAddress here={here} other={other} />
      ) : (
        <OrderForm
          fields={{
            checkoutId,
            planId: plan.id,
            quantity: String(wanted.quantity),
            every: intervalKey(wanted.interval),
            totalCents: String(order.totalCents),
            dueNowCents: String(dueNowCents),
            firstChargeOn: terms.nextCharges[0],
            consentVersion: consent.version,
          }}
          consent={consent.text}
          email={buyer.email}
          name={buyer.name}
          livesIn={buyer.state === null ? null : (US_STATES[buyer.state] ?? buyer.state)}
          where={<AddressFields address={buyer.sendTo} />}
          other={other}
        />
      )}
    </>
  );
}

function Charges({
  terms: { dueNowCents, trialEndsOn, nextCharges, order },
  today,
  paysWith,
}: {
  terms: CheckoutPreview['terms'];
  today: CheckoutOffer['today'];
  paysWith: NamedCard | null;
}) {
  const card = paysWith === null ? 'the card that you give at Truemed' : `your ${cardName(paysWith)}`;
  return (
    <section aria-labelledby="charges" className="mt-8">
      <h3 id="charges" className="font-semibold">
        What is charged to {card}
      </h3>
      <table className="mt-2 w-full border-t border-line">
        <caption className="sr-only">What is charged, and when</caption>
        <tbody>
          <tr className="border-b border-line">
            <th scope="row" className="py-3 pr-4 text-left font-normal text-muted">
              {trialEndsOn === null ? 'When Truemed confirms it' : 'Today'}
            </th>
            <td className="num py-3 text-right font-medium">
              <Money cents={dueNowCents} column />
            </td>
          </tr>
          {nextCharges.map((date) => (
            <tr key={date} className="border-b border-line">
              <th scope="row" className="py-3 pr-4 text-left font-normal text-muted">
                <DateText date={date} today={today} />
              </th>
              <td className="num py-3 text-right font-medium">
                <Money cents={order.totalCents} column />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {trialEndsOn === null && (
        <p className="mt-2 text-small text-muted">
          The dates count from the day on which Truemed takes the first payment. They are these where that is today; an
          independent licensed practitioner may have to review your health survey first.
        </p>
      )}
    </section>
  );
}

function Ending({
  trialEndsOn,
  today,
  ownDeeds,
}: {
  trialEndsOn: CheckoutPreview['terms']['trialEndsOn'];
} & Pick<CheckoutOffer, 'today' | 'ownDeeds'>) {
  return (
    <section aria-labelledby="ending" className="mt-6">
      <h3 id="ending" className="font-semibold">
        How it ends
      </h3>
      <p className="mt-1 text-muted">
        It renews until you cancel. You can {ownDeeds} it in your account at any time; once it is canceled nothing more
        is charged, and what you have paid for stays yours.
        {trialEndsOn !== null && (
          <>
            {' '}
            Your trial ends on <DateText date={trialEndsOn} today={today} />. Cancel before, and nothing is charged; we
            write to you in time.
          </>
        )}
      </p>
    </section>
  );
}

/** Whoever is signed out proves the address first: it becomes theirs with the order, whether it is new or known. */
function ProveAddress({ here, other }: { here: string; other: string }) {
  return (
    <div className="mt-8 border-t border-line pt-6">
      <p className="text-muted">
        Next you give your e-mail address, new or known, and open the link that we mail you. It leads back to this page.
      </p>
      <Actions className="mt-5">
        <LinkButton href={`/sign-in?${new URLSearchParams({ callbackUrl: here })}`} wide>
          Continue with my e-mail
        </LinkButton>
        <LinkButton href={other} kind="bare" wide>
          Change the order
        </LinkButton>
      </Actions>
    </div>
  );
}
