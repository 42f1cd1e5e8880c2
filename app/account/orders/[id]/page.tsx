import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { LinkButton } from '@/components/ui/button';
import { StatusChip } from '@/components/ui/chip';
import { DatedRow, LinkRow, RowList } from '@/components/ui/list-rows';
import { PageHeading, Section } from '@/components/ui/page-heading';
import { Disclosure } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { localDateAt } from '@/lib/core/calendar';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { isHeld } from '@/lib/views/charge-state';
import { orderPage } from '@/lib/views/order';
import { AccountShell } from '../../_components/account-shell';
import { ChargeNotices } from '../../_components/charge-notices';
import { OrderLines } from '../../_components/order-lines';
import { chargeChip, chargeDetail } from '../../_words/charge-words';
import { storyWords } from '../../_words/story-words';

export const metadata: Metadata = { title: 'Order' };

/** One order: what became of it, why, what was in it, and its receipt. */
export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const invoiceId = idFrom('invoice', id);
  const ctx = await pageContext(await requireCustomerPage(`/account/orders/${id}`));
  const { shell, charge, story, why, today, timeZone, number } = await orNotFound(orderPage(ctx, { invoiceId }));
  return (
    <AccountShell shell={shell} room="History">
      <PageHeading
        back={{ href: `/account/subscriptions/${charge.subscriptionId}`, label: charge.name }}
        title={`Order of ${longDate(charge.orderOn, today)}`}
        chip={<StatusChip status={chargeChip(charge)} />}
        meta={`${charge.state === 'skipped' ? '' : `${formatCents(charge.totalCents)}. `}${chargeDetail(charge)}.`}
      />
      <div className="mt-7">
        <ChargeNotices charges={[charge]} fromTruemed={false} />
        {isHeld(charge.state) && (
          <LinkButton href={`/account/subscriptions/${charge.subscriptionId}`} kind="edge" wide>
            See what it waits for
          </LinkButton>
        )}
      </div>
      {story.length > 0 && (
        <Section id="story" title="What happened">
          <RowList>
            {story.map((event) => {
              const { title, detail } = storyWords(event, charge.paidBy);
              const day = localDateAt(event.at, timeZone);
              return (
                <DatedRow
                  key={`${event.kind} ${event.at.getTime()}`}
                  date={day}
                  today={today}
                  title={title}
                  detail={detail}
                />
              );
            })}
          </RowList>
        </Section>
      )}
      {why !== null && (
        <div className="mt-5">
          <Disclosure summary={charge.state === 'paid' ? 'Why was I charged?' : 'Why was I charged, or not?'}>
            {why.words}
          </Disclosure>
        </div>
      )}
      {charge.state !== 'skipped' && (
        <Section id="in" title="In this order">
          <OrderLines order={charge} totalLabel="Total" />
        </Section>
      )}
      {charge.state === 'paid' && (
        <Section id="documents" title="Documents">
          <RowList>
            <LinkRow
              href={`/account/orders/${invoiceId}/receipt`}
              icon="receipt-dollar"
              title="Receipt"
              detail={
                number === null
                  ? 'With what a plan administrator asks for'
                  : `Number ${number}, with what a plan administrator asks for`
              }
            />
            <LinkRow
              href={`/account/orders/${invoiceId}/receipt.pdf`}
              icon="download"
              title="Receipt as a PDF"
              detail="To keep, or to send to your plan’s administrator"
            />
            <LinkRow
              href={`/account/orders/${invoiceId}/claim-pack.zip`}
              icon="download"
              title="Claim pack"
              detail="A ZIP file with the receipt and a list for a claim"
            />
          </RowList>
        </Section>
      )}
    </AccountShell>
  );
}
