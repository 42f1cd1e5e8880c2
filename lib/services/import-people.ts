import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { customers } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import type { SubscriberPerson } from '@/lib/core/subscriber-row';
import type { CustomerRow, KnownBatch } from './import-known';
import type { TakenSubscription } from './import-terms';

/** The customer of a taken subscription, and what its rows changed of their name and state: nothing for a new one. */
export interface SavedPerson {
  customerId: Id<'customer'>;
  change: Record<string, unknown>;
}

/** For each taken subscription, in the order of the file. */
export type SavedPeople = Map<TakenSubscription, SavedPerson>;

/**
 * Makes the customers that a batch names for the first time, and brings name and state of the others up to the file. Where
 * rows of one customer differ the last one that is new or changed counts, and an empty state leaves the known one. A deleted account is not filled again.
 */
export async function savePeople(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  taken: readonly TakenSubscription[],
  known: KnownBatch,
): Promise<SavedPeople> {
  const newIds = await insertCustomers(tx, ctx, taken, known);
  const saved: SavedPeople = new Map();
  const current = new Map<Id<'customer'>, SubscriberPerson>();
  const changed = new Set<Id<'customer'>>();
  for (const one of taken) {
    const customer = customerOf(one, known);
    if (customer === undefined) {
      const customerId = newIds.get(one.file.terms.email);
      if (customerId === undefined) throw new Error(`No customer was made for ${one.file.subscriptionId}.`);
      saved.set(one, { customerId, change: {} });
      continue;
    }
    const before = current.get(customer.id) ?? { name: customer.name, state: customer.state };
    const isGone = customer.deletedAt !== null;
    const after = one.hasNewPerson && !isGone ? merge(before, one.file.person) : before;
    const change = difference(before, after);
    if (Object.keys(change).length > 0) changed.add(customer.id);
    current.set(customer.id, after);
    saved.set(one, { customerId: customer.id, change });
  }
  for (const id of changed) {
    await tx
      .update(customers)
      .set({ ...current.get(id), updatedAt: ctx.now })
      .where(eq(customers.id, id));
  }
  return saved;
}

// Of a subscription that stays with its customer here, whatever e-mail the customer has by now.
function customerOf({ file, events }: TakenSubscription, known: KnownBatch): CustomerRow | undefined {
  const row = known.subscriptions.get(file.subscriptionId);
  if (row !== undefined && events === null) return known.customersById.get(row.customerId);
  return known.customersByEmail.get(file.terms.email);
}

async function insertCustomers(
  tx: Queryable,
  { now }: Pick<Context, 'now'>,
  taken: readonly TakenSubscription[],
  known: KnownBatch,
): Promise<Map<string, Id<'customer'>>> {
  const people = new Map<string, SubscriberPerson>();
  for (const one of taken) {
    if (customerOf(one, known) !== undefined) continue;
    const { terms, person } = one.file;
    people.set(terms.email, merge(people.get(terms.email) ?? person, person));
  }
  if (people.size === 0) return new Map();
  const rows = await tx
    .insert(customers)
    .values(
      [...people].map(([email, person]) => ({
        id: newId('customer'),
        email,
        ...person,
        createdAt: now,
        updatedAt: now,
      })),
    )
    // Somebody else may have made one since the batch was read: it is taken as it is.
    .onConflictDoUpdate({ target: customers.email, set: { email: sql`excluded.email` } })
    .returning({ id: customers.id, email: customers.email });
  return new Map(rows.map((row) => [row.email, row.id]));
}

function merge(before: SubscriberPerson, after: SubscriberPerson): SubscriberPerson {
  return { name: after.name, state: after.state ?? before.state };
}

function difference(before: SubscriberPerson, after: SubscriberPerson): Record<string, unknown> {
  // The log is for ever, so who somebody is does not stand in it.
  return {
    ...(before.name === after.name ? {} : { name: 'changed' }),
    ...(before.state === after.state ? {} : { state: 'changed' }),
  };
}
