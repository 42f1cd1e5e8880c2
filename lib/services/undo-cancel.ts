import type { Context } from '@/lib/context';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { type CancelRefusal, type Decision, decideUndoCancel } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/** Takes back a cancellation that is yet to come. What is canceled already is reactivated instead. */
export function undoCancel(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'> },
): Promise<Decision<CancelRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.cancel_undone', decideUndoCancel);
}
