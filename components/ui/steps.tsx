import type { ReactNode } from 'react';
import { Icon } from './icon';
import type { IconName } from './icon-shapes';

export type StepState = 'done' | 'current' | 'to_come' | 'stopped' | 'waits_for_you' | 'attention';

export interface Step {
  state: StepState;
  title: string;
  /** When it was: `9:41 am`. */
  at?: ReactNode;
  detail?: ReactNode;
}

const MARKS: Record<Exclude<StepState, 'current'>, { says: string; ring: string; icon: IconName | null }> = {
  done: { says: 'Done', ring: 'bg-tint-ok text-success', icon: 'check' },
  to_come: { says: 'To come', ring: 'border-[1.5px] border-dashed border-edge bg-base-100', icon: null },
  stopped: { says: 'Stopped', ring: 'bg-tint-off text-muted', icon: 'pause' },
  waits_for_you: { says: 'Waits for you', ring: 'bg-tint-attn text-warning', icon: 'circle-alert' },
  attention: { says: 'Needs attention', ring: 'bg-tint-bad text-error', icon: 'circle-alert' },
};

/** How far something has come, from top to bottom. Only the current step breathes. */
export function Steps({ steps, className = 'mt-8' }: { steps: readonly Step[]; className?: string }) {
  return (
    <ol className={className}>
      {steps.map((step) => (
        <li
          key={step.title}
          className="group/step relative flex gap-4 pb-7 last:pb-0"
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <span
            className={`absolute top-8 bottom-1 left-[0.8125rem] w-0.5 group-last/step:hidden ${step.state === 'done' ? 'bg-band' : 'border-l-2 border-dotted border-line'}`}
            aria-hidden="true"
          />
          <StepMark state={step.state} />
          <div className="min-w-0 flex-1 pt-px">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <p className={step.state === 'to_come' ? 'text-muted' : 'font-medium'}>{step.title}</p>
              {step.at && <span className="text-small text-muted">{step.at}</span>}
            </div>
            {step.detail && <p className="mt-0.5 text-small text-muted">{step.detail}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepMark({ state }: { state: StepState }) {
  if (state === 'current') {
    return (
      <span className="relative shrink-0">
        <span className="relative grid size-7 place-items-center rounded-full border-2 border-info bg-base-100">
          <span className="absolute size-3 animate-breathe rounded-full bg-info/40 motion-reduce:animate-none" />
          <span className="size-2 rounded-full bg-info" />
        </span>
        <span className="sr-only">In progress: </span>
      </span>
    );
  }
  const { says, ring, icon } = MARKS[state];
  return (
    <span className="relative shrink-0">
      <span className={`grid size-7 place-items-center rounded-full ${ring}`}>
        {icon && <Icon name={icon} size={state === 'stopped' ? 3.5 : 4} />}
      </span>
      <span className="sr-only">{says}: </span>
    </span>
  );
}
