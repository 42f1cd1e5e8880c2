import type { ReactNode } from 'react';
import { Actions, LinkButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { PageHeading } from '@/components/ui/page-heading';
import { NumberedItem, NumberedList, SafeNote, Sheet } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { DetailsForm } from './details-form';

/** What going to Truemed will do, before anybody goes there: `steps` in sentences, `safe` what stays as it is until then. */
export function AskSheet({
  what,
  heading,
  question,
  steps,
  safe,
  children,
}: {
  what: 'store' | 'card' | 'survey';
  heading: string;
  question: string;
  steps: readonly string[];
  safe: { title: string; text: string };
  children: ReactNode;
}) {
  return (
    <>
      <PageHeading back={{ href: '/account/payment-methods', label: 'Payment' }} title={heading} />
      <div className="mt-7">
        <Sheet
          labelledBy="ask"
          foot={
            <NumberedList title="What happens next">
              {steps.map((step) => (
                <NumberedItem key={step}>{step}</NumberedItem>
              ))}
            </NumberedList>
          }
        >
          <p className="mb-1.5 text-small font-medium text-muted">Nothing is changed yet.</p>
          <h2 id="ask" className="text-answer font-semibold">
            {question}
          </h2>
          <p className="mt-4">{children}</p>
          <DetailsForm what={what}>
            <Actions>
              <SubmitButton name="where" value="truemed" busy="Opening Truemed" wide>
                Continue to Truemed
                <Icon name="arrow-right" />
              </SubmitButton>
              {what === 'store' && (
                <SubmitButton name="where" value="page" kind="bare" busy="Opening Truemed" wide>
                  Complete it on this page
                </SubmitButton>
              )}
              <LinkButton href="/account/payment-methods" kind="bare" wide>
                Not now
              </LinkButton>
            </Actions>
          </DetailsForm>
        </Sheet>
      </div>
      <SafeNote id="until" title={safe.title}>
        {safe.text}
      </SafeNote>
    </>
  );
}
