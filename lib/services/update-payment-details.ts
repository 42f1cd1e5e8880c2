import type { Context } from '@/lib/context';
import { type AskResult, askTruemed } from './ask-truemed';

/**
 * A customer brings up to date what is connected: update payment token, for another card, or for the health survey, which Truemed
 * may or may not ask for (truemed-api.md section 4.5). Until they have finished, charges wait for a day at most; an order that
 * waited for it is tried again once Truemed has confirmed it.
 */
export function updatePaymentDetails(ctx: Context, input: { what: 'card' | 'survey' }): Promise<AskResult> {
  return askTruemed(ctx, { purpose: input.what, embedded: false });
}
