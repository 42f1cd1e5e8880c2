'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { buyerAction } from '@/lib/action';
import { isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { type Id, isId } from '@/lib/core/id';
import { intervalOf } from '@/lib/core/plan';
import { startCheckout } from '@/lib/services/start-checkout';
import { CHECKOUT_REFUSALS, checkoutProblems } from './_components/checkout-refusals';

const Whole = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const OrderInput = z.strictObject({
  checkoutId: z.custom<Id<'checkout'>>((value) => isId('checkout', value)),
  planId: z.custom<Id<'plan'>>((value) => isId('plan', value)),
  quantity: Whole,
  every: z.string().transform((text, check) => {
    const interval = intervalOf(text);
    if (interval !== null) return interval;
    check.addIssue('no interval');
    return z.NEVER;
  }),
  totalCents: Whole,
  dueNowCents: Whole,
  firstChargeOn: z.custom<LocalDate>((value) => typeof value === 'string' && isLocalDate(value)),
  consentVersion: z.string().max(50),
  name: z.string().max(200),
  line1: z.string().max(200),
  line2: z.string().max(200),
  city: z.string().max(200),
  state: z.string().max(2),
  postalCode: z.string().max(20),
  consent: z.literal('yes').optional(),
});

/** `Continue to Truemed`: makes the order, and leads to Truemed or to the page that says what happened. */
export const orderAction = buyerAction(OrderInput, async (ctx, input) => {
  const { checkoutId, planId, quantity, every: interval, name, ...rest } = input;
  const { line1, line2, city, state, postalCode } = rest;
  const sentTo = { line1, line2, city, state, postalCode };
  const { totalCents, dueNowCents, firstChargeOn, consentVersion } = rest;
  const shown = { totalCents, dueNowCents, firstChargeOn, consentVersion };
  const isAgreed = rest.consent === 'yes';
  const result = await startCheckout(ctx, { checkoutId, planId, quantity, interval, name, sentTo, isAgreed, shown });
  if (!result.ok) {
    const problems = result.reason === 'form_incomplete' ? { problems: checkoutProblems(result.problems) } : {};
    return { kind: 'refused', reason: result.reason, message: CHECKOUT_REFUSALS[result.reason], ...problems };
  }
  redirect(result.next === 'truemed' ? result.redirectUrl : `/account/checkout/${result.checkoutId}`);
});
