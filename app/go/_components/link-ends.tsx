import type { ReactNode } from 'react';
import { FormColumn, PublicShell } from '@/components/public-shell';
import { Actions, LinkButton } from '@/components/ui/button';
import { webRuntime } from '@/lib/runtime';
import { merchantOf } from '@/lib/views/customer-file';

/** Where a mailed link ends that leads nowhere: a public page, which says nothing of the order or of its owner. */
export function LinkEnds({
  title,
  children,
}: {
  title: string;
  children: (merchant: { name: string; email: string }) => ReactNode;
}) {
  const merchant = merchantOf(webRuntime());
  return (
    <PublicShell merchantName={merchant.name}>
      <FormColumn title={title}>
        <p className="mt-4">{children(merchant)}</p>
        <Actions>
          <LinkButton href="/account" wide>
            Go to overview
          </LinkButton>
          <LinkButton href={`mailto:${merchant.email}`} kind="bare" wide>
            Write to us
          </LinkButton>
        </Actions>
      </FormColumn>
    </PublicShell>
  );
}
