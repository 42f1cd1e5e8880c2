import { eq } from 'drizzle-orm';
import { chargeAttempts } from '@/db/schema/billing';
import { type Id, newId } from '@/lib/core/id';
import { recordsOf } from './records';
import type { Subscriber, TestWorld } from './world';

/** Another session took the money of a paid order: $48.30, which Truemed has captured. Its attempt, and the session's id. */
export async function aSecondCapture(
  world: TestWorld,
  maya: Subscriber,
): Promise<{ attemptId: Id<'chargeAttempt'>; sessionId: string }> {
  const { attemptsOf } = recordsOf(() => world);
  const [first] = await attemptsOf(maya);
  const other = await world.aCharged();
  await world.settle();
  const [second] = await attemptsOf(other);
  if (first === undefined || second?.paymentSessionId == null) throw new Error('There is no payment.');
  const { db } = world.runtime;
  await db.update(chargeAttempts).set({ paymentSessionId: null }).where(eq(chargeAttempts.id, second.id));
  const attemptId = newId('chargeAttempt');
  await db.insert(chargeAttempts).values({
    ...first,
    id: attemptId,
    number: 2,
    amountCents: second.amountCents,
    idempotencyKey: attemptId,
    paymentSessionId: second.paymentSessionId,
    duplicateOf: first.id,
  });
  return { attemptId, sessionId: second.paymentSessionId };
}
