import type { Metadata } from 'next';
import { PublicShell } from '@/components/public-shell';
import { Actions, LinkButton } from '@/components/ui/button';
import { currentSignedIn } from '@/lib/auth/principal';
import { webRuntime } from '@/lib/runtime';

export function generateMetadata(): Metadata {
  return { title: `Subscriptions · ${webRuntime().env.merchant.name}` };
}

export default async function LandingPage() {
  const { name } = webRuntime().env.merchant;
  const signedIn = await currentSignedIn();
  const home = signedIn === null ? '/sign-in' : signedIn.customer === null ? '/admin' : '/account';
  return (
    <PublicShell merchantName={name}>
      <h1 className="max-w-[20ch] text-answer font-semibold text-balance">Your subscription, and how it is paid</h1>
      <p className="mt-4 max-w-form text-muted">
        See when you are charged next, how much, and with which card. A subscription may be eligible for payment with
        your HSA/FSA card, if you qualify.
      </p>
      <Actions className="mt-8">
        <LinkButton href={home} wide>
          {signedIn === null ? 'Sign in' : 'Go to your overview'}
        </LinkButton>
        <LinkButton href="/plans" kind="edge" wide>
          See the plans
        </LinkButton>
      </Actions>
      <p className="mt-12 max-w-form border-t border-line pt-5 text-small text-muted">
        Truemed stores your card, runs the health survey and moves the money. {name} sees neither your full card number
        nor your answers.
      </p>
    </PublicShell>
  );
}
