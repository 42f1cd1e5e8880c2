'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { staffAction } from '@/lib/action';
import { isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { type Id, type IdKind, isId } from '@/lib/core/id';
import { chargeNow } from '@/lib/services/charge-now';
import { confirmHandOver, type HandOverResult } from '@/lib/services/confirm-hand-over';
import { type DeclareResult, declareNotCharged } from '@/lib/services/declare-not-charged';
import { type LinkResult, linkKnownToken } from '@/lib/services/link-known-token';
import { replayWebhook } from '@/lib/services/process-webhook';
import { noteReturned, type ReturnResult, returnAgain } from '@/lib/services/return-payment';
import { CHARGE_REFUSALS } from './_words/charges';

const id = <K extends IdKind>(kind: K) => z.custom<Id<K>>((value) => isId(kind, value));

const ChargeInput = z.strictObject({
  subscriptionId: id('subscription'),
  /** The order that the page showed: another one by now is refused. */
  periodStart: z.custom<LocalDate>((value) => typeof value === 'string' && isLocalDate(value)),
});

/** `Charge now`: collects the order that was shown, and leads back to its subscription, which says what came of it. */
export const chargeNowAction = staffAction('charge', ChargeInput, async (ctx, input) => {
  const result = await chargeNow(ctx, input);
  revalidatePath('/admin', 'layout');
  if (!result.ok) {
    return { kind: 'refused', reason: result.reason, message: `Not charged: ${CHARGE_REFUSALS[result.reason]}` };
  }
  redirect(`/admin/subscriptions/${input.subscriptionId}?charged=1`);
});

const HandOverInput = z.strictObject({
  subscriptionId: id('subscription'),
  /** The page that the button stands on. */
  from: z.enum(['list', 'subscription']),
});

const HAND_OVER_REFUSALS: Record<Extract<HandOverResult, { ok: false }>['reason'], string> = {
  nothing_to_hand_over: 'This subscription was not moved, so there is nothing to hand over.',
  already_confirmed: 'Somebody has confirmed this hand-over already.',
};

/** `Confirm hand-over`: the former processor no longer bills this subscription. */
export const confirmHandOverAction = staffAction('hand_over', HandOverInput, async (ctx, { subscriptionId, from }) => {
  const result = await confirmHandOver(ctx, { subscriptionId });
  revalidatePath('/admin', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: HAND_OVER_REFUSALS[result.reason] };
  redirect(from === 'list' ? '/admin/hand-overs?confirmed=1' : `/admin/subscriptions/${subscriptionId}?confirmed=1`);
});

const ReturnInput = z.strictObject({ subscriptionId: id('subscription'), refundId: id('refund') });

const RETURN_REFUSALS: Record<Extract<ReturnResult, { ok: false }>['reason'], string> = {
  not_waiting: 'This payment does not wait to be returned any more.',
  above_role_limit: 'This is more than your role may give back. Ask an owner, an admin or finance.',
  disputed: 'The customer’s bank disputes this payment, so Truemed returns nothing until that is settled.',
  refused_by_truemed: 'Truemed refused it again. Nothing was given back: look the payment session up there.',
};

/** `Return`: sends a refund again, under another key, that Truemed has refused. */
export const returnAgainAction = staffAction('refund', ReturnInput, async (ctx, { subscriptionId, refundId }) => {
  const result = await returnAgain(ctx, { refundId });
  revalidatePath('/admin', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: RETURN_REFUSALS[result.reason] };
  redirect(`/admin/subscriptions/${subscriptionId}?returned=1`);
});

/** `It went back another way`: staff have seen so at Truemed, and nothing is sent. */
export const noteReturnedAction = staffAction('refund', ReturnInput, async (ctx, { subscriptionId, refundId }) => {
  const result = await noteReturned(ctx, { refundId });
  revalidatePath('/admin', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: RETURN_REFUSALS[result.reason] };
  redirect(`/admin/subscriptions/${subscriptionId}?returned=1`);
});

const NotChargedInput = z.strictObject({ subscriptionId: id('subscription'), attemptId: id('chargeAttempt') });

const NOT_CHARGED_REFUSALS: Record<Extract<DeclareResult, { ok: false }>['reason'], string> = {
  not_waiting: 'This charge does not wait for a person any more. Load the page again.',
  session_found: 'Truemed has a payment session of this charge by now. It is read and settled by itself.',
};

/** `It was not charged`: staff have looked at Truemed, and the order is free again. */
export const notChargedAction = staffAction(
  'write_off',
  NotChargedInput,
  async (ctx, { subscriptionId, attemptId }) => {
    const result = await declareNotCharged(ctx, { attemptId });
    revalidatePath('/admin', 'layout');
    if (!result.ok) return { kind: 'refused', reason: result.reason, message: NOT_CHARGED_REFUSALS[result.reason] };
    redirect(`/admin/subscriptions/${subscriptionId}?decided=1`);
  },
);

const LinkInput = z.strictObject({
  requestId: id('provisionRequest'),
  email: z.email(),
  tokenLookup: z.string().regex(/^[0-9a-f]{64}$/),
});

const LINK_REFUSALS: Record<Extract<LinkResult, { ok: false }>['reason'], string> = {
  not_waiting: 'This request no longer waits for a token. Nothing was linked.',
  no_such_token: 'Truemed no longer lists this token. Nothing was linked.',
  token_of_another_customer: 'This token belongs to another customer. It is never moved between people.',
};

/** `Link this card`: gives a customer the token that Truemed has for them. */
export const linkTokenAction = staffAction('link_token', LinkInput, async (ctx, input) => {
  const result = await linkKnownToken(ctx, input);
  revalidatePath('/admin', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: LINK_REFUSALS[result.reason] };
  redirect(`/admin/provisioning/${input.requestId}?linked=1`);
});

const ReplayInput = z.strictObject({ webhookId: id('webhook') });

/** `Process again`: the next tick takes the delivery up as if it had just come. */
export const replayWebhookAction = staffAction('replay_webhook', ReplayInput, async (ctx, input) => {
  await replayWebhook(ctx, input);
  revalidatePath('/admin', 'layout');
  redirect(`/admin/webhooks/${input.webhookId}?replayed=1`);
});
