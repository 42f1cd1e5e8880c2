import { Actions, Button, LinkButton } from '@/components/ui/button';
import { ChoiceList } from '@/components/ui/choice-list';
import type { StopChoice } from '@/lib/core/stop-hsa-fsa';
import type { StopRow } from '@/lib/views/stop-hsa-fsa';
import type { PaymentFacts } from '@/lib/views/subscription-facts';
import { cardWords } from '../../../_words/card-words';

/** What shall become of each subscription on the card, and of the card itself. Asks only. */
export function ChooseWhatStops({ rows, payment }: { rows: readonly StopRow[]; payment: PaymentFacts | null }) {
  return (
    <form method="get">
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
      <h2 id="stop" className="text-answer font-semibold">
        {rows.length === 0 ? 'Delete your card at Truemed?' : 'What shall become of your subscriptions?'}
      </h2>
      <p className="mt-3">
        {rows.length === 0
          ? 'No subscription is paid with it. Nothing is charged to it while it stays stored.'
          : `Our former payment company does not take them back, so each is paused or canceled. Nothing more is charged to ${cardWords(payment?.card ?? null)}.`}
      </p>
      <div className="mt-7 space-y-7">
        {rows.map((row) => (
          <ChoiceList
            key={row.subscription.id}
            name={row.subscription.id}
            legend={row.subscription.name}
            choices={row.choices.map((value) => ({ value, label: labelOf(value, row) }))}
            chosen={row.choices[0] ?? 'cancel'}
          />
        ))}
        {payment === null ? (
          <input type="hidden" name="card" value="keep" />
        ) : (
          <ChoiceList
            name="card"
            legend={`At Truemed: what lets us charge ${cardWords(payment.card)}`}
            choices={[
              { value: 'keep', label: 'Leave it stored. Nothing is charged to it, and you can use it again.' },
              { value: 'delete', label: 'Delete it for ever. This cannot be taken back.' },
            ]}
            chosen="keep"
          />
        )}
      </div>
      <Actions>
        <Button type="submit" wide>
          Continue
        </Button>
        <LinkButton href="/account/payment-methods" kind="bare" wide>
          Keep using HSA/FSA
        </LinkButton>
      </Actions>
    </form>
  );
}

function labelOf(choice: StopChoice, { subscription }: StopRow): string {
  if (choice === 'cancel') return 'Cancel it now. You can start it again later.';
  return subscription.status === 'paused'
    ? 'Leave it paused, until it is resumed.'
    : 'Pause it, until it is resumed. Its items and price are kept.';
}
