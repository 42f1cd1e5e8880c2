import type { Context } from '@/lib/context';
import { type AskResult, askTruemed } from './ask-truemed';

/**
 * A customer connects a card and moves nothing: create payment token with the items of every order that goes on (truemed-api.md
 * section 4.1, "store a payment method"). Nothing is charged to it until a subscription is moved; one whose items it was asked
 * for then moves without another survey, as far as Truemed's letter covers them.
 */
export function storePaymentMethod(ctx: Context, input: { embedded: boolean }): Promise<AskResult> {
  return askTruemed(ctx, { purpose: 'store', embedded: input.embedded });
}
