import { StatusChip } from '@/components/ui/chip';
import { DateText, MonthText } from '@/components/ui/date-text';
import { IconRow, RowList } from '@/components/ui/list-rows';
import { QuietLink, Section } from '@/components/ui/page-heading';
import type { LocalDate } from '@/lib/core/calendar';
import { daysBetween } from '@/lib/core/calendar';
import { cardTitle } from '@/lib/core/card-words';
import { lastDayOfMonth } from '@/lib/core/date-words';
import type { PaymentFacts } from '@/lib/views/subscription-facts';

const SOON_DAYS = 30;

interface HowYouPayProps {
  payment: PaymentFacts;
  /** How many subscriptions the card pays for now. */
  paysFor: number;
  today: LocalDate;
  title?: string;
}

/** The card and the letter that pay, and the ordinary card that stands beside them. */
export function HowYouPay({ payment, paysFor, today, title = 'How you pay' }: HowYouPayProps) {
  const { card, cardExpires, letterExpiresOn, otherCard } = payment;
  const isExpired = cardExpires !== null && lastDayOfMonth(cardExpires) < today;
  return (
    <Section id="pay" title={title}>
      <RowList>
        <IconRow
          icon="credit-card"
          title={<CardTitle name={cardTitle({ ...card, last4: null })} last4={card.last4} />}
          detail={
            <>
              <ValidUntil month={cardExpires} today={today} /> {paysForWords(paysFor)}
            </>
          }
          status={<StatusChip status={isExpired ? 'Action needed' : 'Connected'} />}
          action={
            <QuietLink href="/account/payment-methods/card" small>
              Update<span className="sr-only"> my card</span>
            </QuietLink>
          }
        />
        {otherCard !== null && (
          <IconRow
            icon="credit-card"
            title={<CardTitle name="Ordinary card" last4={otherCard.last4} />}
            detail={
              <>
                <ValidUntil month={otherCard.expires} today={today} /> Pays for what an HSA/FSA card may not pay for.
                Truemed splits each order between the two, and does not tell us the parts.
              </>
            }
          />
        )}
        {letterExpiresOn !== null && (
          <IconRow
            icon="file-text"
            title="Letter of Medical Necessity"
            detail={
              <>
                {letterExpiresOn < today ? 'Ended on' : 'Valid until'}{' '}
                <DateText date={letterExpiresOn} today={today} year="always" />.
              </>
            }
            status={<StatusChip status={letterStatus(letterExpiresOn, today)} />}
            action={
              daysBetween(today, letterExpiresOn) <= SOON_DAYS && (
                <QuietLink href="/account/payment-methods/letter" small>
                  Renew<span className="sr-only"> my letter</span>
                </QuietLink>
              )
            }
          />
        )}
      </RowList>
    </Section>
  );
}

function CardTitle({ name, last4 }: { name: string; last4: string | null }) {
  return last4 === null ? (
    name
  ) : (
    <>
      {name} ending <span className="num">{last4}</span>
    </>
  );
}

function ValidUntil({ month, today }: { month: string | null; today: LocalDate }) {
  if (month === null) return null;
  return (
    <>
      {lastDayOfMonth(month) < today ? 'Expired in' : 'Valid until'} <MonthText month={month} />.
    </>
  );
}

function paysForWords(count: number): string {
  if (count === 0) return 'Pays for no subscription now.';
  return (
    ['Pays for one subscription.', 'Pays for both subscriptions.'][count - 1] ?? `Pays for ${count} subscriptions.`
  );
}

function letterStatus(expiresOn: LocalDate, today: LocalDate) {
  if (expiresOn < today) return 'Action needed';
  return daysBetween(today, expiresOn) <= SOON_DAYS ? 'Letter ends soon' : 'Valid';
}
