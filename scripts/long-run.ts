import { createHash } from 'node:crypto';
import { type ChargeRequest, chargeUntilDecided } from './long-run-charge';
import { type LongRunWorld, openLongRunWorld } from './long-run-world';

/** How long a run is. The same size and seed give the same trace. */
export interface LongRunSize {
  subscribers: number;
  months: number;
  seed: number;
}

/** What a run did, and how many times each promise was broken. */
export interface LongRunReport extends LongRunSize {
  captured: number;
  calls: number;
  /** Outcomes of all calls by word, such as `accepted` or `unknown network`. */
  outcomes: Record<string, number>;
  told_by_webhook: number;
  found_by_asking: number;
  invariants: Record<string, number>;
  violations: number;
  seconds: number;
  /** SHA-256 of everything that happened, in the order of months and subscribers. */
  trace: string;
}

const AT_ONCE = 16;

/**
 * Charges every subscriber every month through the client, against a sandbox in this process that fails by the seed: calls
 * that break off before and after the charge, servers that fail, answers that cannot be read, webhooks that are lost,
 * doubled, late and forged, cards and letters that end. What is not known is asked again with the same key and bytes; what
 * needs the customer is repaired on the hosted page; what no webhook told is found by asking.
 */
export async function runLong(size: LongRunSize, onMonth: (month: number) => void = () => {}): Promise<LongRunReport> {
  const start = performance.now();
  const world = await openLongRunWorld(size);
  try {
    const trace = createHash('sha256');
    const outcomes: Record<string, number> = {};
    const accepted: ChargeRequest[] = [];
    const counts = { told: 0, found: 0 };
    for (let month = 0; month < size.months; month += 1) {
      if (month > 0) await world.control.advance({ months: 1 });
      const requests = Array.from({ length: size.subscribers }, (_, subscriber) => ({
        subscriber,
        month,
        sessionId: '',
      }));
      const stories = await inTurns(requests, (request) => chargeUntilDecided(world, request));
      await world.control.settle({ timeout_ms: 60_000 });
      const ends = await inTurns(requests, (request) => learnOutcome(world, request));
      for (const [index, story] of stories.entries()) {
        for (const word of story) outcomes[word] = (outcomes[word] ?? 0) + 1;
        trace.update(`${month} ${index} ${story.join(', ')}; ${ends[index]}\n`);
      }
      counts.told += ends.filter((end) => end === 'told').length;
      counts.found += ends.filter((end) => end === 'found').length;
      accepted.push(...requests);
      onMonth(month + 1);
    }
    const invariants = await world.checkInvariants(accepted);
    return {
      ...size,
      captured: counts.told + counts.found,
      calls: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
      outcomes,
      told_by_webhook: counts.told,
      found_by_asking: counts.found,
      invariants,
      violations: Object.values(invariants).reduce((sum, count) => sum + count, 0),
      seconds: Math.round((performance.now() - start) / 100) / 10,
      trace: trace.digest('hex'),
    };
  } finally {
    await world.close();
  }
}

/** How the merchant learns that the money was taken: by the webhook, or by asking where it was lost or is late. */
async function learnOutcome(world: LongRunWorld, request: ChargeRequest): Promise<'told' | 'found' | 'unknown'> {
  if (world.told.get(request.sessionId) === 'captured') return 'told';
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await world.client.retrievePaymentSession(request.sessionId);
    if (answer.kind === 'found' && answer.value.status === 'captured') return 'found';
  }
  return 'unknown';
}

/** Does it for all, a few at once, and returns the results in their order. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
