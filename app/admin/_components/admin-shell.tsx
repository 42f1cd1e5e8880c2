import type { ReactNode } from 'react';
import { signOutAction } from '@/app/(public)/sign-in/actions';
import { type StaffGroup, StaffShell, signOutClass } from '@/components/staff-shell';
import type { OpenCounts, StaffShellFacts } from '@/lib/views/admin-shell';

/** The rooms that there are. */
export type Room =
  | 'today'
  | 'hand-overs'
  | 'subscriptions'
  | 'charges'
  | 'webhooks'
  | 'events'
  | 'provisioning'
  | 'settings';

/** The frame of every page of the staff; `room` is the entry that is marked. */
export function AdminShell({ shell, room, children }: { shell: StaffShellFacts; room: Room; children: ReactNode }) {
  const { email, role } = shell.person;
  return (
    <StaffShell
      groups={groupsFor(room, shell.open)}
      person={{ name: email, role: `${role.charAt(0).toUpperCase()}${role.slice(1)}, ${shell.merchantName}` }}
      signOut={
        <form action={signOutAction}>
          <button type="submit" className={signOutClass}>
            Sign out
          </button>
        </form>
      }
    >
      {children}
    </StaffShell>
  );
}

function groupsFor(room: Room, open: OpenCounts): StaffGroup[] {
  const entry = (name: Room, label: string, icon: StaffGroup['entries'][number]['icon'], count = 0) => ({
    href: name === 'today' ? '/admin' : `/admin/${name}`,
    label,
    icon,
    count,
    current: name === room,
  });
  return [
    { entries: [entry('today', 'Today', 'house'), entry('hand-overs', 'Hand-overs', 'hand', open.handOvers)] },
    {
      title: 'Shop',
      entries: [
        entry('subscriptions', 'Subscriptions', 'repeat'),
        entry('charges', 'Charges', 'receipt-dollar'),
        entry('settings', 'Settings', 'settings'),
      ],
    },
    {
      title: 'Engine',
      entries: [
        entry('webhooks', 'Webhooks', 'webhook', open.webhooks),
        entry('events', 'Events', 'message-square'),
        entry('provisioning', 'Provisioning', 'arrow-left-right', open.provisioning),
      ],
    },
  ];
}
