import type { Metadata } from 'next';
import { Actions, Button, LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { FactList } from '@/components/ui/fact-list';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { PageHeading, QuietLink, Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { addDays, type LocalDate, type Period } from '@/lib/core/calendar';
import { planYear, RECEIPTS_PER_PACK } from '@/lib/core/claim-pack';
import { dayAndMonth } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { ADMINISTRATOR_DECIDES } from '@/lib/core/receipt';
import { type ClaimYear, claimYear } from '@/lib/views/claim-pack';
import { AccountShell } from '../../_components/account-shell';
import { yearStart } from './year-start';

export const metadata: Metadata = { title: 'Claim packs' };

/** Every receipt of a plan year in one file: what it would hold is said first. */
export default async function ClaimsPage({ searchParams }: { searchParams: Promise<{ from?: string | string[] }> }) {
  const { from } = await searchParams;
  const asked = yearStart(from);
  const ctx = await pageContext(await requireCustomerPage('/account/history/claims'));
  const page = await claimYear(ctx, { from: asked });
  return (
    <AccountShell shell={page.shell} room="History">
      <PageHeading
        back={{ href: '/account/history', label: 'History' }}
        title="Claim packs"
        meta="For a claim with your plan’s administrator: all receipts of a plan year as PDF files, with a list of them, in one ZIP file."
      />
      <form action="/account/history/claims" className="mt-7 max-w-form">
        <Field
          name="from"
          type="date"
          label="First day of your plan year"
          required
          min="2000-01-01"
          max="2099-12-31"
          defaultValue={page.year.start}
          hint="Your plan’s administrator names it. Often it is 1 January."
          error={from !== undefined && asked === null ? 'Give a day, such as 1 January 2026.' : undefined}
        />
        <Actions className="mt-4">
          <Button type="submit" kind="edge">
            Show this year
          </Button>
        </Actions>
      </form>
      <Section id="year" title={yearWords(page.year)}>
        <YearPack page={page} />
      </Section>
      <OtherYears page={page} />
    </AccountShell>
  );
}

function YearPack({ page: { year, pack } }: { page: ClaimYear }) {
  if (pack === null)
    return (
      <Notice kind="partial">
        {`This year has more than ${RECEIPTS_PER_PACK} receipts, which is more than one pack takes. Each order’s own page has its receipt.`}
      </Notice>
    );
  if (pack.receipts === 0)
    return (
      <div className="mt-2">
        <EmptyState title="No paid orders in this plan year">
          An order belongs to the plan year of its date of service. Once one is paid, its receipt is here.
        </EmptyState>
      </div>
    );
  return (
    <>
      <FactList
        size="small"
        facts={[
          { term: 'Receipts', value: pack.receipts },
          { term: 'Paid', value: formatCents(pack.paidCents) },
          ...(pack.returnedCents === 0
            ? []
            : [
                { term: 'Returned', value: formatCents(pack.returnedCents) },
                { term: 'Paid after refunds', value: formatCents(pack.keptCents) },
              ]),
        ]}
      />
      <Actions className="mt-5">
        <LinkButton href={`/account/history/claims/pack.zip?from=${year.start}`} icon="download" wide>
          Download the claim pack
        </LinkButton>
      </Actions>
      <p className="mt-4 text-small text-muted">
        A ZIP file with {pack.receipts === 1 ? 'one receipt' : `${pack.receipts} receipts`} and a list. Orders are
        counted by their date of service, whenever they were paid. {ADMINISTRATOR_DECIDES}
      </p>
    </>
  );
}

function OtherYears({ page: { year, starts } }: { page: ClaimYear }) {
  const others = starts.filter((start) => start !== year.start);
  if (others.length === 0) return null;
  return (
    <Section id="others" title="Other years">
      <ul className="space-y-2">
        {others.map((start) => (
          <li key={start}>
            <QuietLink href={`/account/history/claims?from=${start}`}>{yearWords(planYear(start))}</QuietLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function yearWords({ start, end }: Period): string {
  const on = (day: LocalDate) => dayAndMonth(day, day, 'always');
  return `${on(start)} to ${on(addDays(end, -1))}`;
}
