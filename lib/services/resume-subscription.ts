import type { Context } from '@/lib/context';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { type Decision, decideResume, type ResumeRefusal, todayOf } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/** Resumes today: the next charge is the first date of its own schedule from today on. */
export function resumeSubscription(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<Decision<ResumeRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.resumed', (standing) =>
    decideResume(standing, todayOf(standing, ctx.now)),
  );
}
