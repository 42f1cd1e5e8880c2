import type { ReactNode } from 'react';
import { Actions, Button, LinkButton } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { SafeNote, Sheet } from '@/components/ui/sheet';
import type { FormAction } from '@/lib/action';
import type { ShellFacts } from '@/lib/views/customer-file';
import type { HeldItems } from '@/lib/views/own-subscription';
import type { ShownLine, SubscriptionFacts } from '@/lib/views/subscription-facts';
import { ChangeForm } from '../subscriptions/[id]/[change]/_components/change-form';
import { AccountShell } from './account-shell';
import { NotNow } from './not-now';
import { OrderLines } from './order-lines';

/** Names the sheet, by its heading. */
const HEADING = 'items';

/** A page on which the items of a subscription are changed: one sheet, and what stays safe until Truemed agrees. */
export function ItemsFrame({
  shell,
  subscription,
  title,
  safe,
  below,
  children,
}: {
  shell: ShellFacts;
  subscription: SubscriptionFacts;
  title: string;
  /** What Truemed is asked; null where nothing is asked of it. */
  safe: string | null;
  below?: ReactNode;
  children: ReactNode;
}) {
  return (
    <AccountShell shell={shell}>
      <PageHeading
        back={{ href: `/account/subscriptions/${subscription.id}`, label: 'Subscription' }}
        title={title}
        meta={subscription.name}
      />
      <div className="mt-7">
        <Sheet labelledBy={HEADING}>{children}</Sheet>
      </div>
      {below}
      {safe !== null && (
        <SafeNote id="until" title="Until Truemed agrees nothing changes">
          {safe}
        </SafeNote>
      )}
    </AccountShell>
  );
}

/** What is wanted: a form that leads to the preview, without scripts too. */
export function ChooseItems({ question, back, children }: { question: string; back: string; children: ReactNode }) {
  return (
    <form method="get">
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
      <h2 id={HEADING} className="text-answer font-semibold">
        {question}
      </h2>
      {children}
      <Actions>
        <Button type="submit" wide>
          Continue
        </Button>
        <WayOut back={back} />
      </Actions>
    </form>
  );
}

/** What the next order then is, and the button that makes it so. */
export function PreviewItems({
  question,
  text,
  order,
  totalLabel,
  action,
  fields,
  verb,
  busy,
  back,
  wayOut,
}: {
  question: string;
  text: string;
  order: Pick<SubscriptionFacts, 'extras' | 'totalCents'> & { lines: readonly ShownLine[] };
  totalLabel: string;
  action: FormAction;
  fields: Record<string, string>;
  verb: string;
  busy: string;
  back: string;
  wayOut?: string;
}) {
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is changed yet.</p>
      <h2 id={HEADING} className="text-answer font-semibold">
        {question}
      </h2>
      <p className="mt-3 mb-6">{text}</p>
      <OrderLines order={order} totalLabel={totalLabel} />
      <ChangeForm action={action} fields={fields} verb={verb} busy={busy}>
        <WayOut back={back} words={wayOut} />
      </ChangeForm>
    </>
  );
}

/** Nothing can be changed on this page now, and why. */
export function ItemsNotNow({ title, text, back }: { title: string; text: string; back: string }) {
  return (
    <NotNow id={HEADING} title={title} back={back}>
      {text}
    </NotNow>
  );
}

/** Said where another change waits already: this one ends it, or is the same. */
export function takesPlaceOf(held: HeldItems | null, wanted: readonly Pick<ShownLine, 'name' | 'quantity'>[]): string {
  if (held === null) return '';
  const namesOf = (items: HeldItems['items']) => items.map(({ name, quantity }) => `${quantity} ${name}`).join();
  return namesOf(held.items) === namesOf([...wanted])
    ? ' Truemed has been asked for just this: you go on where it stands.'
    : ' This takes the place of the change that waits for Truemed.';
}

function WayOut({ back, words = 'Keep it as it is' }: { back: string; words?: string | undefined }) {
  return (
    <LinkButton href={back} kind="bare" wide>
      {words}
    </LinkButton>
  );
}
