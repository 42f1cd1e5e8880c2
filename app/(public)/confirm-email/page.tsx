import type { Metadata } from 'next';
import { FormColumn, PublicShell } from '@/components/public-shell';
import { webRuntime } from '@/lib/runtime';
import { ConfirmForm } from './_components/confirm-form';

export function generateMetadata(): Metadata {
  return { title: `Confirm · ${webRuntime().env.merchant.name}`, robots: 'noindex' };
}

/** Where the mailed links of a change of e-mail lead. */
export default async function ConfirmEmailPage({
  searchParams,
}: {
  searchParams: Promise<{ link?: string | string[] }>;
}) {
  const { link } = await searchParams;
  return (
    <PublicShell merchantName={webRuntime().env.merchant.name}>
      <FormColumn
        title="Confirm this address"
        lead="Press the button, and this address has confirmed the change. It changes once both have."
      >
        <ConfirmForm link={typeof link === 'string' ? link : ''} />
      </FormColumn>
    </PublicShell>
  );
}
