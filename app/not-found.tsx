import type { Metadata } from 'next';
import { FormColumn, PublicShell } from '@/components/public-shell';
import { Actions, LinkButton } from '@/components/ui/button';
import { webRuntime } from '@/lib/runtime';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <PublicShell merchantName={webRuntime().env.merchant.name}>
      <FormColumn
        title="There is no such page"
        lead="The address may have a slip, or what it named is no longer there."
      >
        <Actions>
          <LinkButton href="/" wide>
            Go to the first page
          </LinkButton>
        </Actions>
      </FormColumn>
    </PublicShell>
  );
}
