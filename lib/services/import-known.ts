import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, inArray, or } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { importRows } from '@/db/schema/imports';
import { customers, formerEmails } from '@/db/schema/people';
import { paymentTokens, provisionRequests } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import {
  type Fingerprint,
  fingerprintOf,
  type Known,
  parseFingerprint,
  type TokenStanding,
} from '@/lib/core/subscriber-change';
import type { FileSubscription } from '@/lib/core/subscriber-gather';

export type CustomerRow = typeof customers.$inferSelect;
export type SubscriptionRow = typeof subscriptions.$inferSelect;
type TokenRow = Pick<typeof paymentTokens.$inferSelect, 'id' | 'customerId' | 'status' | 'tokenLookup'>;

/** What we have beside a batch of subscriptions of a file. */
export interface KnownBatch {
  /** By the merchant's id. */
  subscriptions: Map<string, SubscriptionRow>;
  /** Those that the file names, by e-mail: the one that they have, or had before. */
  customersByEmail: Map<string, CustomerRow>;
  /** Those, and the ones to whom the batch's subscriptions belong here. */
  customersById: Map<Id<'customer'>, CustomerRow>;
  about(file: FileSubscription): Known;
}

/** Reads what we have beside a batch: a handful of look-ups, however long it is. To write, it locks what differs first. */
export async function loadKnown(
  tx: Queryable,
  ctx: Pick<Context, 'vault'>,
  batch: readonly FileSubscription[],
  options: { isLocking: boolean },
): Promise<KnownBatch> {
  const lastImported = await loadLastImported(tx, batch);
  if (options.isLocking) await lockChanged(tx, batch, lastImported);
  const rows = await tx
    .select()
    .from(subscriptions)
    .where(inArray(subscriptions.externalId, idsOf(batch)));
  const people = await tx
    .select()
    .from(customers)
    .where(
      or(
        inArray(customers.email, emailsOf(batch)),
        inArray(
          customers.id,
          rows.map((row) => row.customerId),
        ),
      ),
    );
  const formerly = await tx
    .select({ email: formerEmails.email, customer: customers })
    .from(formerEmails)
    .innerJoin(customers, eq(customers.id, formerEmails.customerId))
    .where(inArray(formerEmails.email, emailsOf(batch)));
  const tokens = await loadTokens(tx, ctx, batch, [...people, ...formerly.map(({ customer }) => customer)]);
  const moving = await loadMoving(tx, rows);
  const byExternalId = new Map(rows.map((row) => [row.externalId, row]));
  const byEmail = new Map(people.map((person) => [person.email, person]));
  // Who has an address now comes before who had it.
  for (const { email, customer } of formerly) if (!byEmail.has(email)) byEmail.set(email, customer);
  return {
    subscriptions: byExternalId,
    customersByEmail: byEmail,
    customersById: new Map(
      [...people, ...formerly.map(({ customer }) => customer)].map((person) => [person.id, person]),
    ),
    about: (file) => {
      const row = byExternalId.get(file.subscriptionId);
      const named = byEmail.get(file.terms.email)?.id;
      const isOwned = row?.billingMethod === 'hsa_fsa';
      return {
        subscription:
          row === undefined
            ? null
            : {
                isOwned,
                status: row.status,
                isSameCustomer: row.customerId === named,
                hasProvisionRequest: moving.has(row.id),
              },
        lastImported: lastImported.get(file.subscriptionId) ?? null,
        ...tokens.about(file.paymentToken, isOwned ? row.customerId : named),
      };
    },
  };
}

/**
 * Locks what differs from the row last imported, customers before subscriptions as all verbs do, so that nobody moves or
 * charges it between the decision and the write. What is equal is not locked, and so not touched.
 */
async function lockChanged(
  tx: Queryable,
  batch: readonly FileSubscription[],
  lastImported: ReadonlyMap<string, Fingerprint>,
): Promise<void> {
  const changed = batch.filter(
    (file) => !isDeepStrictEqual(lastImported.get(file.subscriptionId), fingerprintOf(file)),
  );
  if (changed.length === 0) return;
  await tx
    .select({ id: customers.id })
    .from(customers)
    .where(inArray(customers.email, emailsOf(changed)))
    .orderBy(asc(customers.id))
    .for('no key update');
  await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(inArray(subscriptions.externalId, idsOf(changed)))
    .orderBy(asc(subscriptions.id))
    .for('no key update');
}

async function loadLastImported(tx: Queryable, batch: readonly FileSubscription[]): Promise<Map<string, Fingerprint>> {
  const rows = await tx
    .select({ externalId: importRows.externalId, sha256: importRows.sha256 })
    .from(importRows)
    .where(inArray(importRows.externalId, idsOf(batch)));
  return new Map(rows.map((row) => [row.externalId, parseFingerprint(row.sha256)]));
}

interface KnownTokens {
  about(token: string | null, customerId: Id<'customer'> | undefined): Pick<Known, 'token' | 'hasAnotherToken'>;
}

async function loadTokens(
  tx: Queryable,
  { vault }: Pick<Context, 'vault'>,
  batch: readonly FileSubscription[],
  people: readonly CustomerRow[],
): Promise<KnownTokens> {
  const claimed = batch.flatMap((file) => (file.paymentToken === null ? [] : [file.paymentToken]));
  const owners = people.map((person) => person.id);
  const isLive = eq(paymentTokens.status, 'live');
  const rows: TokenRow[] = await tx
    .select({
      id: paymentTokens.id,
      customerId: paymentTokens.customerId,
      status: paymentTokens.status,
      tokenLookup: paymentTokens.tokenLookup,
    })
    .from(paymentTokens)
    .where(
      or(
        inArray(
          paymentTokens.tokenLookup,
          claimed.flatMap((token) => vault.lookups(token)),
        ),
        and(inArray(paymentTokens.customerId, owners), isLive),
      ),
    );
  const byLookup = new Map(rows.map((row) => [row.tokenLookup, row]));
  const liveOf = new Map(rows.filter((row) => row.status === 'live').map((row) => [row.customerId, row]));
  return {
    about: (token, customerId) => {
      if (token === null) return { token: 'none', hasAnotherToken: false };
      const known = vault
        .lookups(token)
        .map((lookup) => byLookup.get(lookup))
        .find((row) => row !== undefined);
      const live = customerId === undefined ? undefined : liveOf.get(customerId);
      return { token: standing(known, customerId), hasAnotherToken: live !== undefined && live.id !== known?.id };
    },
  };
}

function standing(known: TokenRow | undefined, customerId: Id<'customer'> | undefined): TokenStanding {
  if (known === undefined) return 'unknown';
  return known.customerId === customerId ? known.status : 'of_another_customer';
}

async function loadMoving(tx: Queryable, rows: readonly SubscriptionRow[]): Promise<Set<Id<'subscription'> | null>> {
  const requests = await tx
    .selectDistinct({ subscriptionId: provisionRequests.subscriptionId })
    .from(provisionRequests)
    .where(
      inArray(
        provisionRequests.subscriptionId,
        rows.map((row) => row.id),
      ),
    );
  return new Set(requests.map((request) => request.subscriptionId));
}

function idsOf(batch: readonly FileSubscription[]): string[] {
  return batch.map((file) => file.subscriptionId);
}

function emailsOf(batch: readonly FileSubscription[]): string[] {
  return [...new Set(batch.map((file) => file.terms.email))];
}
