import { and, asc, desc, eq, isNull, or } from 'drizzle-orm';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { outbox } from '@/db/schema/messages';
import { provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Subscriber, TestWorld } from './world';

/** What a world's database and the sandbox's ledger hold about one subscriber, in the order in which it happened. */
export function recordsOf(world: () => TestWorld) {
  const db = () => world().runtime.db;
  const invoicesOf = (who: Subscriber) =>
    db()
      .select()
      .from(invoices)
      .where(eq(invoices.subscriptionId, who.subscriptionId))
      .orderBy(asc(invoices.periodStart));
  return {
    invoicesOf,
    attemptsOf: (who: Subscriber) =>
      db()
        .select()
        .from(chargeAttempts)
        .where(eq(chargeAttempts.subscriptionId, who.subscriptionId))
        .orderBy(asc(chargeAttempts.createdAt), asc(chargeAttempts.number)),
    /** Throws where there is none. */
    caseOf: async (who: Subscriber) => {
      const [row] = await db().select().from(recoveryCases).where(eq(recoveryCases.subscriptionId, who.subscriptionId));
      return present(row, 'recovery case');
    },
    subscriptionOf: async (who: Subscriber) => {
      const [row] = await db().select().from(subscriptions).where(eq(subscriptions.id, who.subscriptionId));
      return present(row, 'subscription');
    },
    /** The latest for this subscription, or for none in particular. Throws where there is none. */
    requestOf: async (who: Subscriber) => {
      const [row] = await db()
        .select()
        .from(provisionRequests)
        .where(
          and(
            eq(provisionRequests.customerId, who.customerId),
            or(eq(provisionRequests.subscriptionId, who.subscriptionId), isNull(provisionRequests.subscriptionId)),
          ),
        )
        .orderBy(desc(provisionRequests.createdAt));
      return present(row, 'provision request');
    },
    templatesOf: async (who: Subscriber) => {
      const mails = await db()
        .select({ template: outbox.template })
        .from(outbox)
        .where(eq(outbox.customerId, who.customerId))
        .orderBy(asc(outbox.createdAt));
      return mails.map(({ template }) => template);
    },
    /** The subjects of what they were written, in order. */
    subjectsOf: async (who: Subscriber) => {
      const mails = await db()
        .select()
        .from(outbox)
        .where(eq(outbox.customerId, who.customerId))
        .orderBy(asc(outbox.createdAt), asc(outbox.id));
      const { vault } = world().runtime;
      return mails.map(
        ({ id, message }): string => JSON.parse(`${vault.open(message, `outbox.message:${id}`)}`).subject,
      );
    },
    /** Charges that the provider really made. */
    chargesOf: async (who: Subscriber) => {
      const ids = new Set((await invoicesOf(who)).map((invoice): string => invoice.id));
      const { charges } = await world().truemed.ledger();
      return charges.filter(({ metadata }) => metadata !== null && ids.has(metadata));
    },
  };
}

function present<T>(row: T | undefined, name: string): T {
  if (row === undefined) throw new Error(`There is no ${name}.`);
  return row;
}
