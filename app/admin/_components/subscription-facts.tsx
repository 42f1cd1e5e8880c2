import type { ReactNode } from 'react';
import { ReadinessLine } from '@/components/readiness-line';
import { DateText, MonthText, Timestamp } from '@/components/ui/date-text';
import { FactList } from '@/components/ui/fact-list';
import { Money } from '@/components/ui/money';
import { lineTotal } from '@/lib/core/amounts';
import { cardTitle } from '@/lib/core/card-words';
import { everyInterval } from '@/lib/core/interval-words';
import { addressInWords } from '@/lib/core/postal-address';
import { readinessFacts } from '@/lib/core/readiness';
import type { StaffSubscriptionPage } from '@/lib/views/admin-subscription';

const SOURCES = { webhook: 'webhook', backfill: 'asking Truemed', import: 'import', staff: 'staff' } as const;

/** What the subscription is: the readiness line, the order, card and letter, billing, money. */
export function SubscriptionFactsPanel({ page }: { page: StaffSubscriptionPage }) {
  const { subscription, readiness } = page;
  return (
    <section aria-labelledby="what">
      <h2 id="what" className="text-title font-semibold">
        What it is
      </h2>
      {subscription.billingMethod === 'hsa_fsa' && (
        <div className="mt-4">
          <ReadinessLine {...readinessFacts(readiness).line} narrow />
        </div>
      )}
      <Group title="Order">
        <FactList facts={orderFacts(page)} />
      </Group>
      {subscription.billingMethod === 'hsa_fsa' && (
        <Group title="Card and letter">
          <FactList facts={cardFacts(page)} />
        </Group>
      )}
      <Group title="Billing">
        <FactList facts={billingFacts(page)} />
      </Group>
      <Group title="Money">
        <FactList
          facts={[
            { term: 'Paid in 12 months', value: <Money cents={page.money.paidInYearCents} /> },
            { term: 'Open', value: <Money cents={page.money.openCents} /> },
          ]}
        />
      </Group>
    </section>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mt-8">
      <h3 className="text-small font-semibold">{title}</h3>
      {children}
    </div>
  );
}

type Fact = { term: ReactNode; value: ReactNode };

function orderFacts({ subscription: { lines, extras, totalCents }, address }: StaffSubscriptionPage): Fact[] {
  const extra = (term: string, cents: number) => (cents === 0 ? [] : [{ term, value: <Money cents={cents} /> }]);
  return [
    ...lines.map((line) => ({
      term: `${line.quantity === 1 ? '' : `${line.quantity} × `}${line.name}${line.isOnce ? ', this order only' : ''}`,
      value: <Money cents={lineTotal(line)} />,
    })),
    ...extra('Shipping', extras.shippingCents),
    ...extra('Tax', extras.taxCents),
    ...extra('Taken off', -extras.discountCents),
    { term: <span className="font-medium text-base-content">Total</span>, value: <Money cents={totalCents} /> },
    ...(address === null ? [] : [{ term: 'Sent to', value: addressInWords(address) }]),
  ];
}

function cardFacts({ subscription: { payment, today }, tokenSource, shell }: StaffSubscriptionPage): Fact[] {
  if (payment === null) return [{ term: 'Payment token', value: 'None' }];
  return [
    {
      term: cardTitle({ ...payment.card, last4: null }),
      value: (
        <>
          {payment.card.last4 === null ? 'not named' : `ending ${payment.card.last4}`}
          {payment.cardExpires !== null && (
            <>
              , <MonthText month={payment.cardExpires} />
            </>
          )}
        </>
      ),
    },
    {
      term: 'Letter',
      value:
        payment.letterExpiresOn === null ? (
          'no day named'
        ) : (
          <>
            {payment.letterExpiresOn < today ? 'ended ' : 'until '}
            <DateText date={payment.letterExpiresOn} today={today} form="day" year="always" />
          </>
        ),
    },
    ...(tokenSource === null ? [] : [{ term: 'Token learned by', value: SOURCES[tokenSource] }]),
    {
      term: 'Last read',
      value:
        payment.refreshedAt === null ? (
          'never'
        ) : (
          <Timestamp at={payment.refreshedAt} now={shell.now} timeZone={shell.timeZone} />
        ),
    },
  ];
}

function billingFacts({ subscription, shell, handOver }: StaffSubscriptionPage): Fact[] {
  const { schedule, today, timeZone, externalId, movedAt, billingMethod } = subscription;
  return [
    { term: 'Billed by', value: billingMethod === 'hsa_fsa' ? 'us, HSA/FSA card' : 'the former processor' },
    { term: 'Renews', value: everyInterval(schedule.interval).toLowerCase() },
    {
      term: 'Counted from',
      value: <DateText date={schedule.anchor} today={today} form="day" year="always" />,
    },
    { term: 'Time zone', value: timeZone },
    ...(movedAt === null
      ? []
      : [{ term: 'Moved', value: <Timestamp at={movedAt} now={shell.now} timeZone={shell.timeZone} /> }]),
    ...(movedAt === null ? [] : [{ term: 'Hand-over', value: handOver === null ? 'confirmed' : 'to confirm' }]),
    { term: 'Shop’s id', value: <span className="break-all">{externalId}</span> },
  ];
}
