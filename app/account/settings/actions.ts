'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { customerAction, type FormState } from '@/lib/action';
import { type Id, isId } from '@/lib/core/id';
import { NOTICE_LEADS } from '@/lib/core/notification-choices';
import { askEmailChange } from '@/lib/services/ask-email-change';
import { type ChangeAddressResult, changeAddress } from '@/lib/services/change-address';
import { changeProfile } from '@/lib/services/change-profile';
import { changeTimeZone } from '@/lib/services/change-time-zone';
import { chooseNotifications } from '@/lib/services/choose-notifications';
import { deleteAccount } from '@/lib/services/delete-account';
import { signOutEverywhere } from '@/lib/services/sign-out-everywhere';
import { withdrawEmailChange } from '@/lib/services/withdraw-email-change';
import {
  ADDRESS_REFUSALS,
  addressProblems,
  DELETE_REFUSALS,
  EMAIL_REFUSALS,
  NOT_CHANGED,
  PROFILE_REFUSALS,
  WITHDRAW_REFUSAL,
  ZONE_REFUSAL,
} from '../_words/settings-words';

const Text = z.string().max(1_000);

/** Saves name and state. */
export const profileAction = customerAction(z.strictObject({ name: Text, state: Text }), async (ctx, input) => {
  const result = await changeProfile(ctx, input);
  if (!result.ok) return wrongFields(result.reason, PROFILE_REFUSALS[result.reason]);
  redirect('/account/settings?saved=1');
});

/** Moves every subscription to another time zone. */
export const timeZoneAction = customerAction(z.strictObject({ timeZone: Text }), async (ctx, input) => {
  const result = await changeTimeZone(ctx, input);
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: ZONE_REFUSAL };
  redirect('/account/settings?saved=1');
});

const Lead = z.enum(NOTICE_LEADS.map(String) as [string, ...string[]]).transform((text, check) => {
  const lead = NOTICE_LEADS.find((one) => String(one) === text);
  if (lead !== undefined) return lead;
  check.addIssue('not a number of days that is offered');
  return z.NEVER;
});

/** Saves what we write about. */
export const notificationsAction = customerAction(
  z.strictObject({ upcomingNoticeDays: Lead, reminders: z.enum(['yes', 'no']) }),
  async (ctx, { upcomingNoticeDays, reminders }) => {
    await chooseNotifications(ctx, { upcomingNoticeDays, wantsReminders: reminders === 'yes' });
    redirect('/account/settings?saved=1');
  },
);

/** Ends every session, this one too. */
export const signOutEverywhereAction = customerAction(z.strictObject({}), async (ctx) => {
  await signOutEverywhere(ctx);
  redirect('/sign-in');
});

/** Deletes the account. What the page said of it is sent along. */
export const deleteAccountAction = customerAction(
  z.strictObject({ email: Text, subscriptionIds: z.string().max(10_000), token: z.enum(['keep', 'delete']) }),
  async (ctx, { email, subscriptionIds, token }) => {
    const result = await deleteAccount(ctx, {
      email,
      subscriptionIds: subscriptionIds.split(','),
      deletesToken: token === 'delete',
    });
    if (!result.ok) {
      const { reason } = result;
      const message = DELETE_REFUSALS[reason];
      return reason === 'other_email'
        ? { ...wrongFields(reason, { email: message }), message: 'Nothing was deleted. Correct what is marked above.' }
        : { kind: 'refused', reason, message };
    }
    redirect('/account-deleted');
  },
);

/** Asks both addresses to confirm a change of e-mail. */
export const emailAction = customerAction(z.strictObject({ newEmail: Text }), async (ctx, input) => {
  const result = await askEmailChange(ctx, input);
  if (!result.ok) {
    const { reason } = result;
    const message = EMAIL_REFUSALS[reason];
    return reason === 'too_many' ? { kind: 'refused', reason, message } : wrongFields(reason, { newEmail: message });
  }
  redirect('/account/settings/email?asked=1');
});

/** Takes a change of e-mail back that waits for its confirmations. */
export const withdrawEmailAction = customerAction(z.strictObject({}), async (ctx) => {
  const result = await withdrawEmailChange(ctx);
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: WITHDRAW_REFUSAL };
  redirect('/account/settings?saved=email_kept');
});

/** What is wrong stands at the fields, and below that nothing was changed. */
function wrongFields(reason: string, problems: Record<string, string>): Extract<FormState, { kind: 'refused' }> {
  return { kind: 'refused', reason, message: NOT_CHANGED, problems };
}

function addressRefusal(result: Extract<ChangeAddressResult, { ok: false }>): FormState {
  const { reason } = result;
  return reason === 'not_an_address'
    ? wrongFields(reason, addressProblems(result.problems))
    : { kind: 'refused', reason, message: ADDRESS_REFUSALS[reason] };
}

const Address = z.strictObject({ line1: Text, line2: Text, city: Text, state: Text, postalCode: Text });
const Own = z.custom<Id<'subscription'>>((value) => isId('subscription', value));

/** Saves where all orders are sent. */
export const addressAction = customerAction(Address, async (ctx, typed) => {
  const result = await changeAddress(ctx, { subscriptionId: null, typed });
  if (!result.ok) return addressRefusal(result);
  redirect('/account/settings?saved=1');
});

/** Sends one subscription to an address of its own. */
export const subscriptionAddressAction = customerAction(
  Address.extend({ subscriptionId: Own }),
  async (ctx, { subscriptionId, ...typed }) => {
    const result = await changeAddress(ctx, { subscriptionId, typed });
    if (!result.ok) return addressRefusal(result);
    redirect(`/account/subscriptions/${subscriptionId}?changed=address`);
  },
);

/** Sends one subscription to the account's address again. */
export const ordinaryAddressAction = customerAction(
  z.strictObject({ subscriptionId: Own }),
  async (ctx, { subscriptionId }) => {
    const result = await changeAddress(ctx, { subscriptionId, typed: null });
    if (!result.ok) return addressRefusal(result);
    redirect(`/account/subscriptions/${subscriptionId}?changed=address`);
  },
);
