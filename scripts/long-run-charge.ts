import type { RenewalSessionBody } from '@/lib/truemed/schemas';
import { card, sendForm, survey } from '@/sandbox/test-forms';
import type { LongRunWorld } from './long-run-world';

/** One period of one subscriber; the session is filled in once the charge was accepted. */
export interface ChargeRequest {
  subscriber: number;
  month: number;
  sessionId: string;
}

const MOST_CALLS = 40;

/** The n-th subscriber's e-mail and token. */
export const emailOf = (subscriber: number) => `subscriber-${subscriber}@example.com`;
export const tokenOf = (subscriber: number) => `pt_subscriber_${subscriber}`;
/** The reference by which the ledger knows whose charge it is. */
export const referenceOf = ({ subscriber, month }: Pick<ChargeRequest, 'subscriber' | 'month'>) =>
  `period-${subscriber}-${month}`;
/** What a subscriber pays in a month, in cents: prices differ, so that a swapped charge would show. */
export const amountOf = ({ subscriber, month }: Pick<ChargeRequest, 'subscriber' | 'month'>) =>
  1000 + (subscriber % 97) * 10 + month;

/**
 * Charges one period until it is decided, and returns every outcome on the way. The bytes are made once for each key;
 * there is a new key only after the customer has repaired what a 422 asked for.
 */
export async function chargeUntilDecided(world: LongRunWorld, request: ChargeRequest): Promise<string[]> {
  const story: string[] = [];
  let attempt = 1;
  let bytes = bodyOf(request, attempt);
  while (story.length < MOST_CALLS) {
    const answer = await world.client.createPaymentSession(bytes);
    switch (answer.kind) {
      case 'accepted':
        request.sessionId = answer.sessionId;
        return [...story, 'accepted'];
      case 'unknown':
        story.push(`unknown ${answer.reason}`);
        break;
      case 'action_required':
        story.push(answer.action);
        // An address that is not Truemed's is not followed: the same key tells the right one.
        if (!answer.redirectUrl.startsWith(`${world.url}/`)) break;
        await sendForm(answer.redirectUrl, answer.action === 'take_health_survey' ? survey() : card());
        attempt += 1;
        bytes = bodyOf(request, attempt);
        break;
      default:
        return [...story, answer.kind];
    }
  }
  return [...story, 'given up'];
}

function bodyOf(request: ChargeRequest, attempt: number): Uint8Array {
  const price = amountOf(request);
  const body: RenewalSessionBody = {
    total_amount: price + 330 - 100,
    amount_details: { total_additional_charges: 330, total_discounts: -100 },
    order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 1, price }],
    customer_email: emailOf(request.subscriber),
    customer_name: 'Ada Park',
    success_url: 'https://shop.example/done',
    failure_url: 'https://shop.example/stopped',
    idempotency_key: `${referenceOf(request)}-${attempt}`,
    metadata: referenceOf(request),
    payment_token: tokenOf(request.subscriber),
  };
  return Buffer.from(JSON.stringify(body));
}
