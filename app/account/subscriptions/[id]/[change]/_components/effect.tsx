import { Readiness } from '@/app/account/_components/readiness';
import { DateText } from '@/components/ui/date-text';
import { Money } from '@/components/ui/money';
import type { LocalDate } from '@/lib/core/calendar';
import type { ReadinessInput } from '@/lib/core/readiness';
import type { DatedAmount } from '@/lib/views/schedule-preview';

const ROWS = ['Next', 'Then'] as const;

/** What a change does to the next two charges: the line, and a table of now and after. */
export function Effect({
  now,
  after,
  readiness,
  today,
}: {
  now: readonly DatedAmount[];
  after: readonly DatedAmount[];
  readiness: ReadinessInput;
  today: LocalDate;
}) {
  return (
    <>
      {after.length > 0 && <Readiness input={readiness} isOurs={false} />}
      <table className="mt-6 w-full">
        <caption className="sr-only">The next two charges, as they are now and after the change</caption>
        <thead className="text-small text-muted">
          <tr className="border-b border-line">
            <th scope="col" className="py-2 text-left font-medium">
              <span className="sr-only">Charge</span>
            </th>
            <th scope="col" className="py-2 text-left font-medium">
              Now
            </th>
            <th scope="col" className="py-2 text-left font-medium">
              After
            </th>
            <th scope="col" className="py-2 text-right font-medium">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row, index) => (
            <tr key={row} className="border-b border-line last:border-0">
              <th scope="row" className="py-3.5 pr-2 sm:pr-3 text-left font-normal text-muted">
                {row}
              </th>
              <td className="py-3.5 pr-2 sm:pr-3 text-muted">
                <Day charge={now[index]} today={today} />
              </td>
              <td className="py-3.5 pr-2 sm:pr-3 font-semibold">
                <Day charge={after[index]} today={today} />
              </td>
              <td className="num py-3.5 text-right font-medium">
                {after[index] === undefined ? '$0.00' : <Money cents={after[index].totalCents} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Day({ charge, today }: { charge: DatedAmount | undefined; today: LocalDate }) {
  if (charge === undefined) return <>No charge</>;
  return (
    <>
      <span className="max-sm:hidden">
        <DateText date={charge.date} today={today} />
      </span>
      <span className="sm:hidden">
        <DateText date={charge.date} today={today} form="short" />
      </span>
    </>
  );
}
