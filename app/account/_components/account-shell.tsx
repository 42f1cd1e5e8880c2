import type { ReactNode } from 'react';
import { CustomerShell } from '@/components/customer-shell';
import type { ShellFacts } from '@/lib/views/customer-file';
import { SignOutForm } from './sign-out-form';

/** The frame of every page of a customer. All of them belong to the overview so far. */
export function AccountShell({ shell, children }: { shell: ShellFacts; children: ReactNode }) {
  return (
    <CustomerShell
      merchant={shell.merchant}
      person={shell.person}
      entries={[{ href: '/account', label: 'Overview', current: true }]}
      signOut={<SignOutForm />}
    >
      {children}
    </CustomerShell>
  );
}
