import type { Metadata } from 'next';
import { StaffPage } from '@/components/staff-shell';
import { Cell, type Column, DataTable, Row, RowHead } from '@/components/ui/data-table';
import { PageHeading, Section } from '@/components/ui/page-heading';
import { endpointList } from '@/lib/views/admin-endpoints';
import { AddEndpointForm } from '../../_components/add-endpoint-form';
import { AdminShell } from '../../_components/admin-shell';
import { InstantCell } from '../../_components/instant-cell';
import { NothingListed } from '../../_components/list-foot';
import { LookChip } from '../../_components/look-chip';
import { openForStaff } from '../../_page/open';
import { endpointLook } from '../../_words/events';
import { addEndpointAction } from '../actions';

export const metadata: Metadata = { title: 'Endpoints' };

const COLUMNS: readonly Column[] = [
  { label: 'Address' },
  { label: 'Status', shownFrom: 'md' },
  { label: 'Waiting', shownFrom: 'md', align: 'right' },
  { label: 'Added', align: 'right' },
];

export default async function EndpointsPage() {
  const { shell, endpoints, mayManage } = await openForStaff(endpointList);
  return (
    <AdminShell shell={shell} room="events">
      <StaffPage last={false}>
        <PageHeading
          back={{ href: '/admin/events', label: 'Events' }}
          title="Endpoints"
          meta="Systems of the shop that are told of every event."
        />
      </StaffPage>
      {endpoints.length === 0 ? (
        <NothingListed>Nobody is told yet.</NothingListed>
      ) : (
        <DataTable caption="Endpoints, the oldest first" columns={COLUMNS}>
          {endpoints.map((endpoint) => (
            <Row key={endpoint.id}>
              <RowHead
                href={`/admin/events/endpoints/${endpoint.id}`}
                title={endpoint.url}
                detail={endpoint.disabledReason}
                phone={{ status: <LookChip look={endpointLook(endpoint)} bare /> }}
              />
              <Cell shownFrom="md">
                <LookChip look={endpointLook(endpoint)} bare />
              </Cell>
              <Cell shownFrom="md" align="right">
                {endpoint.waiting}
              </Cell>
              <InstantCell at={endpoint.createdAt} reader={shell} />
            </Row>
          ))}
        </DataTable>
      )}
      <StaffPage>
        {mayManage && (
          <Section id="add" title="Tell another system">
            <AddEndpointForm action={addEndpointAction} />
          </Section>
        )}
      </StaffPage>
    </AdminShell>
  );
}
