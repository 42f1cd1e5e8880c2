import type { Metadata } from 'next';
import { PublicShell } from '@/components/public-shell';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { currentSignedIn } from '@/lib/auth/principal';
import { webRuntime } from '@/lib/runtime';
import { offeredPlans, promisedDeeds } from '@/lib/views/plans';
import { PlanRow } from './_components/plan-row';

export function generateMetadata(): Metadata {
  return { title: `Plans · ${webRuntime().env.merchant.name}` };
}

/** What can be subscribed to, for everybody. */
export default async function PlansPage() {
  const runtime = webRuntime();
  const [plans, deeds, signedIn] = await Promise.all([
    offeredPlans(runtime),
    promisedDeeds(runtime),
    currentSignedIn(),
  ]);
  const { name } = runtime.env.merchant;
  return (
    <PublicShell
      merchantName={name}
      action={
        signedIn?.customer == null ? (
          <LinkButton href="/sign-in?callbackUrl=/plans" kind="bare" className="-mr-4.5">
            Sign in
          </LinkButton>
        ) : (
          <LinkButton href="/account" kind="bare" className="-mr-4.5">
            Overview
          </LinkButton>
        )
      }
    >
      <h1 className="text-answer font-semibold text-balance">Plans</h1>
      <p className="mt-4 max-w-form text-muted">
        Choose what comes, and how often. You see every amount and date before you order, and can {deeds} in your
        account.
      </p>
      {plans.length === 0 ? (
        <div className="mt-10">
          <EmptyState level={2} title="Nothing is offered at the moment">
            What you can subscribe to will be here.
          </EmptyState>
        </div>
      ) : (
        <ul className="mt-10 border-t border-line">
          {plans.map((plan) => (
            <PlanRow key={plan.id} plan={plan} />
          ))}
        </ul>
      )}
      <p className="mt-8 max-w-form text-small text-muted">
        A product named here may be eligible for payment with your HSA/FSA card, if you qualify. Truemed’s health survey
        comes first, and an independent licensed practitioner decides.
      </p>
    </PublicShell>
  );
}
