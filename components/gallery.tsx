import { BrandMark } from './brand';
import { Chips, Grounds, Type } from './gallery-foundations';
import { ReadinessGallery } from './gallery-readiness';
import { Shown } from './gallery-shown';
import { StaffGallery } from './gallery-staff';
import { Actions, Button, LinkButton, NotPossible } from './ui/button';
import { Decision } from './ui/decision';
import { Dialog } from './ui/dialog';
import { EmptyState } from './ui/empty-state';
import { ErrorState } from './ui/error-state';
import { FactList } from './ui/fact-list';
import { Field } from './ui/field';
import { Notice } from './ui/notice';
import { QuietLink } from './ui/page-heading';
import { AnswerSheetSkeleton } from './ui/skeleton';
import { Steps } from './ui/steps';
import { SubmitButton } from './ui/submit-button';

/** Every component in every state that a page can meet: the style sheet to hold a page against. */
export function Gallery({ dialog }: { dialog: boolean }) {
  return (
    <main className="mx-auto max-w-[70rem] px-5 py-10 text-body sm:px-8">
      <p className="flex items-center gap-2.5 text-lead font-bold tracking-[-0.02em]">
        <BrandMark size="size-7" />
        Perennial
      </p>
      <h1 className="mt-6 text-answer font-semibold">Components and their states</h1>
      <p className="mt-3 mb-10 max-w-[44rem] text-muted">
        What the pages are made of, in every state that a page can meet. Names are those of tokens.css.
      </p>
      <Grounds />
      <Type />
      <Chips />
      <Buttons />
      <Fields />
      <ReadinessGallery />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 lg:grid-cols-2">
        <States />
      </div>
      <Deciding open={dialog} />
      <StaffGallery />
    </main>
  );
}

async function sendNothing() {
  'use server';
  await new Promise((resolve) => setTimeout(resolve, 1500));
}

function Buttons() {
  return (
    <Shown
      title="Buttons"
      about="Primary once a screen. Edge for what is also possible. Bare for the way out. 44 px for customers, 35 px for staff."
    >
      <div className="grid gap-5 md:grid-cols-2">
        <Actions className="">
          <Button>Change next order</Button>
          <Button kind="edge">Use my HSA/FSA</Button>
          <Button kind="bare">Skip it</Button>
        </Actions>
        <form action={sendNothing}>
          <Actions className="">
            <SubmitButton busy="Sending">Send</SubmitButton>
            <LinkButton href="#top" kind="edge" icon="arrow-right">
              Continue at Truemed
            </LinkButton>
          </Actions>
        </form>
        <Actions className="">
          <Button size="staff">Open charge</Button>
          <Button size="staff" kind="edge">
            See all 3
          </Button>
          <Button size="staff" kind="bare">
            Apply
          </Button>
        </Actions>
        <NotPossible>
          An action that is not possible is not shown grey: it is left out, and a line says why.
        </NotPossible>
      </div>
    </Shown>
  );
}

function Fields() {
  return (
    <Shown title="Fields">
      <div className="grid gap-6 sm:grid-cols-2">
        <Field
          name="email"
          label="Email"
          type="email"
          defaultValue="maya@example.com"
          hint="The address you order with."
        />
        <Field
          name="wrong-email"
          label="Email"
          defaultValue="maya@example"
          error="Add the part after the dot, such as .com"
        />
      </div>
    </Shown>
  );
}

function States() {
  return (
    <>
      <Shown title="Loading" about="The shape of what comes, shown only after 300 ms.">
        <AnswerSheetSkeleton />
      </Shown>
      <Shown title="Empty" about="What it will hold, and the first step.">
        <EmptyState
          title="No orders yet"
          action={
            <LinkButton href="#top" kind="edge">
              See the plans
            </LinkButton>
          }
        >
          Your charges and receipts will be here after the first order.
        </EmptyState>
      </Shown>
      <Shown title="Error" about="What failed, what is safe, what to do.">
        <ErrorState
          chip="Could not be saved"
          title="The skip was not saved"
          heading="h3"
          actions={
            <>
              <Button>Try again</Button>
              <LinkButton href="#top" kind="bare">
                Back
              </LinkButton>
            </>
          }
        >
          Our connection broke. Nothing is changed: your next charge is still $48.30 on Tuesday, 3 February.
        </ErrorState>
      </Shown>
      <Shown
        title="Done, partial, offline"
        about="A notice stands in the page, under the heading, and stays until it is read. There are no toasts."
      >
        <div className="space-y-3">
          <Notice kind="done">
            Skipped. Your next charge is $48.30 on Tuesday, 3 March. <QuietLink href="#top">Take it back</QuietLink>
          </Notice>
          <Notice kind="partial">
            Receipts from before March 2025 are still being brought in. Everything later is complete.
          </Notice>
          <Notice kind="wait">You are offline. This is what we knew at 9:12 am; it updates when you are back.</Notice>
        </div>
      </Shown>
      <Shown title="Steps" about="Done, in progress, to come; only the current one breathes.">
        <Steps
          className=""
          steps={[
            { state: 'done', title: 'You came back from Truemed', at: '9:41 am' },
            {
              state: 'current',
              title: 'An independent licensed practitioner reviews',
              detail: 'Since 9:44 am today. Alder Health does not see your answers.',
            },
            { state: 'to_come', title: 'If you qualify, your HSA/FSA card is connected' },
          ]}
        />
      </Shown>
      <Shown title="Steps that stopped" about="Stopped, and in need of attention.">
        <Steps
          className=""
          steps={[
            { state: 'stopped', title: 'Survey and card', detail: 'Not completed when we asked at 9:52 am.' },
            { state: 'waits_for_you', title: 'Truemed needs something from you', at: '9:44 am' },
            { state: 'attention', title: 'Truemed’s answer needs a person', at: '9:44 am' },
            { state: 'to_come', title: 'Your HSA/FSA card is connected' },
          ]}
        />
      </Shown>
    </>
  );
}

const CHARGE = {
  title: 'Charge $48.30 today?',
  wayOut: 'Do not charge',
  closeHref: '?',
  action: <Button wide>Charge $48.30</Button>,
};

function ChargeEffect() {
  return (
    <>
      <p>
        To Maya’s HSA/FSA card ending 4417, for the order of 3 February. The charge after it stays on Tuesday, 3 March.
      </p>
      <FactList
        size="small"
        facts={[
          { term: 'Today', value: '$48.30' },
          { term: 'Tuesday, 3 March', value: '$48.30' },
        ]}
      />
    </>
  );
}

function Deciding({ open }: { open: boolean }) {
  return (
    <Shown
      title="A decision that moves money (native dialog)"
      about="The button repeats the verb and the amount. The way out is named after what it leaves alone."
    >
      <div className="rounded-box bg-base-300 p-4 sm:p-10">
        <div className="mx-auto max-w-md rounded-box border border-line bg-base-100 p-6 shadow-float sm:p-7">
          <Decision titleId="decision" {...CHARGE}>
            <ChargeEffect />
          </Decision>
        </div>
      </div>
      <p className="mt-4 text-dense">
        <QuietLink href="?dialog=charge">Open it</QuietLink>
      </p>
      {open && (
        <Dialog {...CHARGE}>
          <ChargeEffect />
        </Dialog>
      )}
    </Shown>
  );
}
