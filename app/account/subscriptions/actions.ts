'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction, type FormState } from '@/lib/action';
import { INTERVAL_UNITS, isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { CANCEL_REASONS } from '@/lib/core/cancel-reason';
import { type Id, isId } from '@/lib/core/id';
import { MOVE_SCOPES } from '@/lib/core/next-order-change';
import type { ChangeKind, ChangeRefusal } from '@/lib/core/requested-change';
import type { Decision } from '@/lib/core/schedule-change';
import { parseQuantities } from '@/lib/core/wanted-quantities';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeInterval } from '@/lib/services/change-interval';
import { changeItems } from '@/lib/services/change-items';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { CHANGE_ITEMS_REFUSALS, CHANGE_REFUSALS } from '../_words/change-refusals';
import { showItems } from './show-items';

const Own = z.strictObject({
  subscriptionId: z.custom<Id<'subscription'>>((value) => isId('subscription', value)),
});
const Day = z.custom<LocalDate>((value) => typeof value === 'string' && isLocalDate(value));
const Next = Own.extend({ nextChargeOn: Day });

/** Skips the order that the page showed. */
export const skipAction = customerAction(Next, async (ctx, input) => show('skip', input, await skipPeriod(ctx, input)));

/** Takes the last skip back. */
export const unskipAction = customerAction(Next, async (ctx, input) =>
  show('unskip', input, await unskipPeriod(ctx, input)),
);

/** Moves the next order to another day. */
export const moveDateAction = customerAction(Next.extend({ to: Day, scope: z.enum(MOVE_SCOPES) }), async (ctx, input) =>
  show('move', input, await moveNextCharge(ctx, input)),
);

/** Changes how often it renews. */
export const intervalAction = customerAction(
  Next.extend({ unit: z.enum(INTERVAL_UNITS), count: z.coerce.number().int() }),
  async (ctx, { unit, count, ...input }) =>
    show('interval', input, await changeInterval(ctx, { ...input, interval: { unit, count } })),
);

/** Pauses until a day, or with no end where the day is left empty. */
export const pauseAction = customerAction(Own.extend({ until: Day.or(z.literal('')) }), async (ctx, input) =>
  show('pause', input, await pauseSubscription(ctx, { ...input, until: input.until === '' ? null : input.until })),
);

/** Ends a pause today. */
export const resumeAction = customerAction(Own, async (ctx, input) =>
  show('resume', input, await resumeSubscription(ctx, input)),
);

/** Cancels, at the end of the period or now. */
export const cancelAction = customerAction(
  Own.extend({ when: z.enum(['period_end', 'now']), reason: z.enum(CANCEL_REASONS) }),
  async (ctx, input) => show('cancel', input, await cancelSubscription(ctx, input)),
);

/** Takes a cancellation back that is yet to come. */
export const keepAction = customerAction(Own, async (ctx, input) =>
  show('undo_cancel', input, await undoCancel(ctx, input)),
);

/** Starts a canceled subscription again. */
export const startAgainAction = customerAction(Own, async (ctx, input) =>
  show('reactivate', input, await reactivateSubscription(ctx, input)),
);

const Items = z.string().transform((text, check) => {
  const wanted = parseQuantities(text);
  if (wanted !== null) return wanted;
  check.addIssue('not a list of items and numbers');
  return z.NEVER;
});

/** Changes how many of each item come: leads to Truemed where it asks for something, else to what it says. */
export const changeItemsAction = customerAction(
  Own.extend({ items: Items }),
  async (ctx, { subscriptionId, items }) => {
    const wanted = [...items].map(([itemId, quantity]) => ({ itemId, quantity }));
    const result = await changeItems(ctx, { subscriptionId, items: wanted, embedded: false });
    return showItems({ subscriptionId }, result, CHANGE_ITEMS_REFUSALS);
  },
);

// The subscription's page says what is so now.
function show(
  kind: ChangeKind,
  { subscriptionId }: z.output<typeof Own>,
  decision: Decision<ChangeRefusal>,
): FormState {
  if (!decision.ok) return { kind: 'refused', reason: decision.reason, message: CHANGE_REFUSALS[decision.reason] };
  redirect(`/account/subscriptions/${subscriptionId}?changed=${kind}`);
}
