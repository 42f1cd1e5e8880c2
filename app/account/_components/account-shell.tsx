import type { ReactNode } from 'react';
import { CustomerShell } from '@/components/customer-shell';
import type { ShellFacts } from '@/lib/views/customer-file';
import { SignOutForm } from './sign-out-form';

/** The frame of every page of a customer. `isOverview` marks the entry of the page that is open. */
export function AccountShell({
  shell,
  isOverview = false,
  children,
}: {
  shell: ShellFacts;
  isOverview?: boolean;
  children: ReactNode;
}) {
  return (
    <CustomerShell
      merchant={shell.merchant}
      person={shell.person}
      entries={[{ href: '/account', label: 'Overview', current: isOverview }]}
      signOut={<SignOutForm />}
    >
      {children}
    </CustomerShell>
  );
}
