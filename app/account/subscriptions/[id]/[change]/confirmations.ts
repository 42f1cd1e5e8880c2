import type { FormAction } from '@/lib/action';
import type { CancelReason } from '@/lib/core/cancel-reason';
import type { RequestedChange } from '@/lib/core/requested-change';
import {
  cancelAction,
  intervalAction,
  keepAction,
  moveDateAction,
  pauseAction,
  resumeAction,
  skipAction,
  startAgainAction,
  unskipAction,
} from '../../actions';

/** The action that makes a previewed change, and the fields beside the subscription's id that it is made of. */
export function confirmationOf(
  change: RequestedChange,
  reason: CancelReason | null,
): { action: FormAction; fields: Record<string, string> } {
  switch (change.kind) {
    case 'skip':
      return { action: skipAction, fields: { nextChargeOn: change.shown } };
    case 'unskip':
      return { action: unskipAction, fields: { nextChargeOn: change.shown } };
    case 'move':
      return {
        action: moveDateAction,
        fields: { nextChargeOn: change.shown, to: change.to, scope: change.scope },
      };
    case 'interval': {
      const { unit, count } = change.interval;
      return { action: intervalAction, fields: { nextChargeOn: change.shown, unit, count: String(count) } };
    }
    case 'pause':
      return { action: pauseAction, fields: { until: change.until ?? '' } };
    case 'resume':
      return { action: resumeAction, fields: {} };
    case 'cancel':
      return { action: cancelAction, fields: { when: change.when, reason: reason ?? 'not_said' } };
    case 'undo_cancel':
      return { action: keepAction, fields: {} };
    case 'reactivate':
      return { action: startAgainAction, fields: {} };
  }
}
