import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { PublicShell } from '@/components/public-shell';
import { currentSignedIn } from '@/lib/auth/principal';
import { ownPath } from '@/lib/auth/return-path';
import { webRuntime } from '@/lib/runtime';
import { SignIn } from './_components/sign-in';

export function generateMetadata(): Metadata {
  return { title: `Sign in · ${webRuntime().env.merchant.name}` };
}

interface SignInPageProps {
  searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { callbackUrl, error } = await searchParams;
  const returnTo = typeof callbackUrl === 'string' ? ownPath(callbackUrl) : null;
  const signedIn = await currentSignedIn();
  if (signedIn !== null) redirect(returnTo ?? (signedIn.customer === null ? '/admin' : '/account'));
  return (
    <PublicShell merchantName={webRuntime().env.merchant.name}>
      <SignIn callbackUrl={returnTo} linkError={error === undefined ? null : errorWords(error)} />
    </PublicShell>
  );
}

// `Verification` is next-auth's word for a link that was used, is over, or was never made.
function errorWords(error: string | string[]): string {
  return error === 'Verification'
    ? 'This sign-in link was used already, or its 15 minutes are over. Ask for a new one.'
    : 'Signing in did not work. Ask for a new link.';
}
