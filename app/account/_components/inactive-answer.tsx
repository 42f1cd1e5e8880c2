import { Actions, LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Section } from '@/components/ui/page-heading';
import { Answer, Sheet } from '@/components/ui/sheet';

/** Nothing is charged: everything is paused, ends or is canceled, or there is nothing yet. */
export function InactiveAnswer({ hasSubscriptions, hasCard }: { hasSubscriptions: boolean; hasCard: boolean }) {
  if (!hasSubscriptions)
    return (
      <>
        <h1 className="text-answer font-semibold">Nothing is charged</h1>
        <Section id="orders" title="Your subscriptions">
          <EmptyState title="No orders yet">Your charges will be here after the first order.</EmptyState>
          <Actions>
            <LinkButton href="/plans" wide>
              See the plans
            </LinkButton>
          </Actions>
        </Section>
      </>
    );
  return (
    <Sheet labelledBy="next">
      <Answer id="next">Nothing is charged</Answer>
      <p className="mt-4 text-muted">
        None of your subscriptions has an order to come.
        {hasCard && ' Your HSA/FSA card and your letter stay with Truemed.'}
      </p>
    </Sheet>
  );
}
