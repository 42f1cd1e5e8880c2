import { DatedRow, RowList } from '@/components/ui/list-rows';
import { Money } from '@/components/ui/money';
import { Section } from '@/components/ui/page-heading';
import type { NamedCard } from '@/lib/core/card-words';
import { daysAway } from '@/lib/core/date-words';
import type { SubscriptionFacts } from '@/lib/views/subscription-facts';
import { cardWords } from '../_words/card-words';

const SHOWN = 3;

/** The next three charges of a subscription. Nothing where none is to come. */
export function NextCharges({ subscription, card }: { subscription: SubscriptionFacts; card: NamedCard | null }) {
  const { upcoming, upcomingTotals, totalCents, today, billingMethod } = subscription;
  // A day that has gone by waits for an order that is on hold.
  const charges = upcoming
    .map((date, index) => ({ date, totalCents: upcomingTotals[index] ?? totalCents }))
    .filter(({ date }) => date >= today);
  if (charges.length === 0) return null;
  return (
    <Section id="next-charges" title="Next charges">
      <RowList>
        {charges.slice(0, SHOWN).map((charge) => (
          <DatedRow
            key={charge.date}
            date={charge.date}
            today={today}
            title={sentence(daysAway(charge.date, today))}
            detail={billingMethod === 'hsa_fsa' ? `To ${cardWords(card)}` : 'To the card you gave at checkout'}
            amount={<Money cents={charge.totalCents} />}
          />
        ))}
      </RowList>
    </Section>
  );
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
