import type { ReactNode } from 'react';
import { CustomerShell } from '@/components/customer-shell';
import type { ShellFacts } from '@/lib/views/customer-file';
import { SignOutForm } from './sign-out-form';

/** The customer's rooms, in the order of the navigation. */
const ROOMS = [
  { href: '/account', label: 'Overview' },
  { href: '/account/payment-methods', label: 'Payment' },
  { href: '/account/history', label: 'History' },
  { href: '/account/settings', label: 'Settings' },
] as const;
type Room = (typeof ROOMS)[number]['label'];

interface AccountShellProps {
  shell: ShellFacts;
  /** The room that the page belongs to. */
  room?: Room;
  children: ReactNode;
}

/** The frame of every page of a customer. */
export function AccountShell({ shell, room = 'Overview', children }: AccountShellProps) {
  return (
    <CustomerShell
      merchant={shell.merchant}
      person={shell.person}
      entries={ROOMS.map((entry) => ({ ...entry, current: entry.label === room }))}
      signOut={<SignOutForm />}
    >
      {children}
    </CustomerShell>
  );
}
