import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import type { SwitchedOff } from '@/lib/core/customer-switches';
import type { Id } from '@/lib/core/id';
import { type Decision, decidePause, type PauseRefusal } from '@/lib/core/schedule-change';
import { changeSchedule } from './change-schedule';

/**
 * Pauses now, until a day or, with null, until somebody resumes. The token is kept; what was being collected is given up, and
 * nothing that had not left is charged after this commits.
 */
export function pauseSubscription(
  ctx: Context,
  input: { subscriptionId: Id<'subscription'>; until: LocalDate | null },
): Promise<Decision<PauseRefusal | SwitchedOff>> {
  return changeSchedule(ctx, input.subscriptionId, 'subscription.paused', (standing) =>
    decidePause(standing, input.until, ctx.now),
  );
}
