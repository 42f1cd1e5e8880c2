import { LinkButton } from '@/components/ui/button';
import { Money } from '@/components/ui/money';
import { everyInterval } from '@/lib/core/interval-words';
import type { OfferedPlan } from '@/lib/services/offered-plan';

/** One plan: what it is, what it costs, how often it may come. */
export function PlanRow({ plan }: { plan: OfferedPlan }) {
  const { id, name, description, unitPriceCents, shippingCents, intervals, trialDays } = plan;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-8 gap-y-4 border-b border-line py-6">
      <div className="min-w-0 flex-1 basis-72 break-words">
        <h2 className="text-lead font-semibold">{name}</h2>
        <p className="mt-1 text-muted">{description}</p>
        <p className="mt-3">
          <span className="font-semibold">
            <Money cents={unitPriceCents} />
          </span>{' '}
          each
          {shippingCents > 0 && (
            <>
              , and <Money cents={shippingCents} /> shipping for each order
            </>
          )}
        </p>
        <p className="text-small text-muted">{choices(intervals.map(everyInterval))}</p>
        {trialDays > 0 && (
          <p className="mt-1 text-small">
            Nothing is charged for the first {trialDays} days, nor later if you cancel before they end.
          </p>
        )}
      </div>
      <LinkButton href={`/checkout?plan=${id}`} kind="edge" wide>
        Choose<span className="sr-only"> {name}</span>
      </LinkButton>
    </li>
  );
}

// "Every month, every 2 months or every 3 months".
function choices([first = '', ...others]: string[]): string {
  const rest = others.map((words) => words.toLowerCase());
  const last = rest.pop();
  return last === undefined ? first : `${[first, ...rest].join(', ')} or ${last}`;
}
