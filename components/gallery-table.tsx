import { type LocalDate, localDate } from '@/lib/core/calendar';
import { daysAway } from '@/lib/core/date-words';
import { MiniLine } from './mini-line';
import { type Status, StatusChip } from './ui/chip';
import { Cell, type Column, DataTable, Row, RowHead, TableFoot } from './ui/data-table';
import { DateText } from './ui/date-text';
import { Money } from './ui/money';
import { FilterForm, SavedViews } from './ui/table-filters';

const today = localDate('2026-01-22');

const COLUMNS: readonly Column[] = [
  { label: 'Customer' },
  { label: 'Subscription', shownFrom: 'md' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Next charge', shownFrom: 'md', sort: { href: '#top', order: 'ascending' } },
  { label: 'Amount', align: 'right', sort: { href: '#top', order: null } },
  { label: 'Letter and charges', shownFrom: 'xl' },
];

const ROWS: readonly [string, string, string, Status, LocalDate, number, LocalDate | null][] = [
  [
    'Bartholomew Featherstonehaugh-Oyelaran',
    'b.featherstonehaugh-oyelaran@longmail.example',
    'Home air filters and 1 more',
    'On hold',
    localDate('2026-01-20'),
    218450,
    localDate('2026-01-12'),
  ],
  [
    'Nguyễn Thị Ngọc Ánh',
    'ngocanh@example.com',
    'Daily Essentials',
    'Being reviewed',
    localDate('2026-01-24'),
    4830,
    null,
  ],
  [
    'Maya Lindqvist-Okafor',
    'maya.lindqvist-okafor@example.com',
    'Daily Essentials',
    'Active',
    localDate('2026-02-03'),
    4830,
    localDate('2026-09-14'),
  ],
];

/** A table with its views and filters. */
export function TableGallery() {
  return (
    <>
      <div className="px-4 sm:px-8 lg:px-10">
        <SavedViews
          views={[
            { href: '#all', label: 'All', count: '12,408', current: true },
            { href: '#risk', label: 'At risk', count: '54' },
          ]}
        />
        <FilterForm
          label="Filter subscriptions"
          search={{
            name: 'q',
            label: 'Search by name, e-mail, product or id',
            placeholder: 'Name, e-mail, product, id',
            value: '',
          }}
          selects={[
            {
              name: 'status',
              label: 'Status',
              value: '',
              options: [
                { value: '', label: 'Any status' },
                { value: 'active', label: 'Active' },
              ],
            },
          ]}
          active={[{ label: 'Changed in the last 7 days', removeHref: '?' }]}
        />
      </div>
      <DataTable caption="Subscriptions, soonest charge first" columns={COLUMNS}>
        {ROWS.map(([name, email, product, status, next, cents, letter]) => (
          <Row key={name}>
            <RowHead
              href="#top"
              title={name}
              detail={email}
              phone={{ detail: product, status: <StatusChip status={status} bare /> }}
            />
            <Cell shownFrom="md" detail="every month" cut>
              {product}
            </Cell>
            <Cell shownFrom="md">
              <StatusChip status={status} bare />
            </Cell>
            <Cell shownFrom="md" detail={daysAway(next, today)}>
              <DateText date={next} today={today} form="short" />
            </Cell>
            <Cell align="right" phoneDetail={<DateText date={next} today={today} form="short" />}>
              <Money cents={cents} column />
            </Cell>
            <Cell
              shownFrom="xl"
              detail={letter ? <DateText date={letter} today={today} form="short" year="always" /> : 'Under review'}
            >
              <span className="flex h-5 items-center">
                <MiniLine
                  label={letter ? 'Letter, and the next charge' : 'No letter yet'}
                  start={today}
                  end={localDate('2026-10-15')}
                  letter={letter}
                  charges={[next]}
                />
              </span>
            </Cell>
          </Row>
        ))}
      </DataTable>
      <TableFoot nextHref="#top">
        1 to 3 of <span className="num">341</span>, soonest charge first
      </TableFoot>
    </>
  );
}
