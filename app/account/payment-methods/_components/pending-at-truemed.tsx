import { StatusChip } from '@/components/ui/chip';
import { Timestamp } from '@/components/ui/date-text';
import { IconRow, RowList } from '@/components/ui/list-rows';
import { QuietLink, Section } from '@/components/ui/page-heading';
import type { PaymentMethodsPage } from '@/lib/views/payment-methods';
import { pendingWords } from '../../_words/payment-words';

/** What Truemed has been asked for and has not settled; until then nothing changes. */
export function PendingAtTruemed({ page: { pending, now, timeZone } }: { page: PaymentMethodsPage }) {
  return (
    <Section id="pending" title="Open at Truemed">
      <RowList>
        {pending.map(({ requestId, purpose, state, name, createdAt }) => (
          <IconRow
            key={requestId}
            icon={purpose === 'survey' ? 'file-clock' : purpose === 'items' ? 'shopping-bag' : 'credit-card'}
            title={pendingWords(purpose, name)}
            detail={
              <>
                Asked at <Timestamp at={createdAt} now={now} timeZone={timeZone} />. Until it is settled nothing
                changes.
              </>
            }
            status={<StatusChip status={state} />}
            action={
              <QuietLink href={`/account/hsa-fsa/${requestId}`} small>
                See where it stands<span className="sr-only">: {pendingWords(purpose, name)}</span>
              </QuietLink>
            }
          />
        ))}
      </RowList>
    </Section>
  );
}
