import { StatusChip } from '@/components/ui/chip';
import { DateText, MonthText } from '@/components/ui/date-text';
import { IconRow, RowList } from '@/components/ui/list-rows';
import { Section } from '@/components/ui/page-heading';
import type { LocalDate } from '@/lib/core/calendar';
import { daysBetween } from '@/lib/core/calendar';
import type { AccountOverview } from '@/lib/views/account';

const SOON_DAYS = 30;

/** The card and the letter that pay. */
export function HowYouPay({ payment, today }: { payment: NonNullable<AccountOverview['payment']>; today: LocalDate }) {
  const { cardLast4, cardExpires, letterExpiresOn, paysFor } = payment;
  return (
    <Section id="pay" title="How you pay">
      <RowList>
        <IconRow
          icon="credit-card"
          title={
            cardLast4 === null ? (
              'HSA/FSA card'
            ) : (
              <>
                HSA/FSA card ending <span className="num">{cardLast4}</span>
              </>
            )
          }
          detail={
            <>
              {cardExpires !== null && (
                <>
                  Valid until <MonthText month={cardExpires} />.{' '}
                </>
              )}
              {paysForWords(paysFor)}
            </>
          }
          status={<StatusChip status="Connected" />}
        />
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
          />
        )}
      </RowList>
    </Section>
  );
}

function paysForWords(count: number): string {
  if (count === 0) return 'Pays for no subscription now.';
  return (
    ['Pays for one subscription.', 'Pays for both subscriptions.'][count - 1] ?? `Pays for ${count} subscriptions.`
  );
}

function letterStatus(letterExpiresOn: LocalDate, today: LocalDate) {
  const days = daysBetween(today, letterExpiresOn);
  return days < 0 ? 'Action needed' : days <= SOON_DAYS ? 'Letter ends soon' : 'Valid';
}
