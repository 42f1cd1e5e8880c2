import type { Metadata } from 'next';
import { PublicShell } from '@/components/public-shell';
import { Answer } from '@/components/ui/sheet';
import { webRuntime } from '@/lib/runtime';

export function generateMetadata(): Metadata {
  return { title: `Account deleted · ${webRuntime().env.merchant.name}`, robots: 'noindex' };
}

/** Where somebody arrives who has deleted their account. */
export default function AccountDeletedPage() {
  return (
    <PublicShell merchantName={webRuntime().env.merchant.name}>
      <Answer id="deleted">Your account is deleted</Answer>
      <p className="mt-4">
        Your subscriptions are canceled, and we do not charge you any more. You are signed out on every device. We have
        written to you once more, to say so.
      </p>
    </PublicShell>
  );
}
