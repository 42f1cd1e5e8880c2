import type { ReactNode } from 'react';
import { StaffPage } from '@/components/staff-shell';
import { PageHeading } from '@/components/ui/page-heading';
import { SavedViews } from '@/components/ui/table-filters';
import type { StaffShellFacts } from '@/lib/views/admin-shell';
import { addressOf } from '../_page/query';
import { AdminShell, type Room } from './admin-shell';
import { ListFoot, NothingListed } from './list-foot';

interface ListPageProps {
  shell: StaffShellFacts;
  room: Room;
  title: string;
  meta?: string;
  /** Its own address, and what filters it there. */
  path: string;
  filters: Record<string, string | undefined>;
  /** What can be done, beside the heading. */
  actions?: ReactNode;
  /** Views and filters, under the heading. */
  steer: ReactNode;
  count: number;
  /** In which order its rows stand. */
  order: string;
  /** Where this page begins and the next one does; null on the last. */
  after: string | undefined;
  next: string | null;
  /** In place of a table without rows. */
  nothing: string;
  /** The table. */
  children: ReactNode;
}

/** The frame of a list of the staff's: heading, views, the table or why there is none, and the way on. */
export function ListPage(props: ListPageProps) {
  const { shell, room, title, meta, path, filters, actions, steer, count, order, after, next, nothing, children } =
    props;
  return (
    <AdminShell shell={shell} room={room}>
      <StaffPage last={false}>
        <PageHeading title={title} actions={actions} {...(meta === undefined ? {} : { meta })} />
        {steer}
      </StaffPage>
      {count === 0 ? <NothingListed>{nothing}</NothingListed> : children}
      <div className="pb-12">
        {count > 0 && (
          <ListFoot
            count={count}
            order={order}
            nextHref={next && addressOf(path, { ...filters, after: next })}
            firstHref={after ? addressOf(path, filters) : null}
          />
        )}
      </div>
    </AdminShell>
  );
}

/** All of a list, and a view for each value of the one filter that it has. */
export function ChoiceViews<T extends string>({
  path,
  name,
  current,
  labels,
}: {
  path: string;
  name: string;
  current: T | undefined;
  labels: Record<T, string>;
}) {
  const values = Object.keys(labels) as T[];
  return (
    <SavedViews
      views={[
        { href: path, label: 'All', current: current === undefined },
        ...values.map((value) => ({
          href: addressOf(path, { [name]: value }),
          label: labels[value],
          current: current === value,
        })),
      ]}
    />
  );
}
