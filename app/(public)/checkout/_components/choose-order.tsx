import { Actions, Button, LinkButton } from '@/components/ui/button';
import { ChoiceList } from '@/components/ui/choice-list';
import { Field } from '@/components/ui/field';
import { MOST_OF_A_PLAN } from '@/lib/core/checkout';
import { isId } from '@/lib/core/id';
import { everyInterval } from '@/lib/core/interval-words';
import { formatCents } from '@/lib/core/money';
import { intervalKey } from '@/lib/core/plan';
import type { OfferedPlan } from '@/lib/services/offered-plan';

/** Asks how many and how often; the next page shows what follows. Works before scripts load. */
export function ChooseOrder({
  plan,
  query,
}: {
  plan: OfferedPlan;
  query: Record<string, string | string[] | undefined>;
}) {
  const keys = plan.intervals.map(intervalKey);
  const chosen = keys.find((key) => key === query.every) ?? keys[0];
  const quantity = typeof query.quantity === 'string' && /^[1-9]\d?$/.test(query.quantity) ? query.quantity : null;
  // Asked for both, and this page again: what was wrong is the number, or else the interval.
  const wasWrong = query.quantity !== undefined && query.every !== undefined;
  return (
    <form method="get" action="/checkout">
      <input type="hidden" name="plan" value={plan.id} />
      {isId('subscription', query.again) && <input type="hidden" name="again" value={query.again} />}
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is ordered yet.</p>
      <h2 id="order" className="text-answer font-semibold">
        What comes, and how often?
      </h2>
      <div className="mt-6 max-w-[26rem] space-y-6">
        <Field
          name="quantity"
          type="number"
          label="How many"
          min={1}
          max={MOST_OF_A_PLAN}
          step={1}
          required
          defaultValue={quantity ?? 1}
          hint={`${formatCents(plan.unitPriceCents)} each${plan.shippingCents > 0 ? `, and ${formatCents(plan.shippingCents)} shipping for each order` : ''}.`}
          error={wasWrong && quantity === null ? `Choose from 1 to ${MOST_OF_A_PLAN}.` : undefined}
        />
        <ChoiceList
          name="every"
          legend="How often"
          choices={plan.intervals.map((interval) => ({ value: intervalKey(interval), label: everyInterval(interval) }))}
          error={wasWrong && quantity !== null ? 'Choose one of these.' : undefined}
          {...(chosen === undefined ? {} : { chosen })}
        />
      </div>
      <Actions>
        <Button type="submit" wide>
          Continue
        </Button>
        <LinkButton href="/plans" kind="bare" wide>
          Back to the plans
        </LinkButton>
      </Actions>
    </form>
  );
}
