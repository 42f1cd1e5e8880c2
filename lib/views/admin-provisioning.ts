import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests, type StoredCard } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import type { LocalDate } from '@/lib/core/calendar';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { staffMay } from '@/lib/core/principal';
import { type ProvisionStatus, type WaitingState, waitingState } from '@/lib/core/provisioning';
import { withDeadline } from '@/lib/deadline';
import { callTruemed } from '@/lib/services/call-truemed';
import { PROVISION_NEEDS_STAFF, readStaffShell, type StaffShellFacts } from './admin-shell';
import { cutPage, formatCursor, PAGE_SIZE, parseCursor } from './page-cursor';

/** What a list of requests may be narrowed to. */
export const PROVISION_FILTERS = ['needs_staff', 'waiting', 'connected'] as const;
export type ProvisionFilter = (typeof PROVISION_FILTERS)[number];

/** One running or past attempt to get or change a payment token. */
export interface StaffProvisionRequest {
  id: Id<'provisionRequest'>;
  customer: { id: Id<'customer'>; name: string; email: string };
  subscriptionId: Id<'subscription'> | null;
  kind: 'create' | 'update';
  status: ProvisionStatus;
  /** What its customer sees. */
  state: WaitingState;
  errorCode: string | null;
  tries: number;
  embedded: boolean;
  createdAt: Date;
  returnedAt: Date | null;
  declinedAt: Date | null;
  lastAskedAt: Date | null;
  connectedAt: Date | null;
  dueAt: Date | null;
  truemedRequestId: string | null;
}

/** One page of requests, the latest first. */
export interface ProvisionList {
  shell: StaffShellFacts;
  rows: StaffProvisionRequest[];
  next: string | null;
}

/** A token that Truemed lists for an e-mail: masked, named by its keyed hash alone. */
export interface KnownToken {
  lookup: string;
  email: string | null;
  name: string | null;
  cards: StoredCard[];
  letterExpiresOn: LocalDate | null;
  /** Whose it is with us already: another customer's is never linked. */
  belongsTo: 'nobody' | 'this_customer' | 'another_customer';
}

/** One request. `known`: tokens to choose from, where one may be linked by hand; `no_answer`: Truemed did not list them. */
export interface ProvisionPage {
  shell: StaffShellFacts;
  request: StaffProvisionRequest;
  known: KnownToken[] | 'no_answer' | null;
}

/** A page does not wait longer than this for Truemed's list. */
const LIST_WITHIN_MS = 6_000;

/** Reads a page of requests, in two queries made at once. Throws `not_found` for everybody who is not staff. */
export async function provisionList(
  ctx: Context,
  input: { filter?: ProvisionFilter | undefined; after?: string | undefined },
): Promise<ProvisionList> {
  const [shell, rows] = await Promise.all([
    readStaffShell(ctx),
    selectRequests(ctx)
      .where(and(narrowed(input.filter), beyond(input.after)))
      .orderBy(desc(provisionRequests.createdAt), desc(provisionRequests.id))
      .limit(PAGE_SIZE + 1),
  ]);
  const page = cutPage(rows, ({ createdAt, id }) => formatCursor({ at: createdAt, id }));
  return { shell, next: page.next, rows: page.rows.map((row) => ({ ...row, state: waitingState(row, ctx.now) })) };
}

/**
 * Reads one request, and where staff may link a token to it also what Truemed lists for the customer's e-mail. Throws
 * `not_found` for an unknown id and for everybody who is not staff.
 */
export async function provisionPage(
  ctx: Context,
  input: { requestId: Id<'provisionRequest'> },
): Promise<ProvisionPage> {
  const [shell, [row]] = await Promise.all([
    readStaffShell(ctx),
    selectRequests(ctx).where(eq(provisionRequests.id, input.requestId)),
  ]);
  if (row === undefined) throw notFound('This request');
  const isLinkable = row.status === 'already_provisioned' || row.status === 'waiting_verification';
  return {
    shell,
    request: { ...row, state: waitingState(row, ctx.now) },
    known: isLinkable && staffMay(ctx.principal, 'link_token') ? await listKnownTokens(ctx, row.customer) : null,
  };
}

async function listKnownTokens(
  ctx: Context,
  customer: StaffProvisionRequest['customer'],
): Promise<KnownToken[] | 'no_answer'> {
  const listing = callTruemed(ctx, (truemed) => truemed.listPaymentTokens(customer.email));
  const listed = await withDeadline(LIST_WITHIN_MS, listing).catch((error) => {
    ctx.log.warn({ event: 'truemed.list_failed', error });
    return { kind: 'unavailable' as const };
  });
  if (listed.kind !== 'found') return 'no_answer';
  const owners = await readOwners(
    ctx,
    listed.value.flatMap(({ paymentToken }) => ctx.vault.lookups(paymentToken)),
  );
  return listed.value.map(({ paymentToken, email, name, cards, letterExpiresOn }) => {
    const owner = ctx.vault
      .lookups(paymentToken)
      .map((lookup) => owners.get(lookup))
      .find(Boolean);
    const belongsTo = owner === undefined ? 'nobody' : owner === customer.id ? 'this_customer' : 'another_customer';
    return { lookup: ctx.vault.lookup(paymentToken), email, name, cards, letterExpiresOn, belongsTo };
  });
}

async function readOwners(ctx: Context, lookups: string[]): Promise<Map<string, Id<'customer'>>> {
  if (lookups.length === 0) return new Map();
  const rows = await ctx.db
    .select({ lookup: paymentTokens.tokenLookup, customerId: paymentTokens.customerId })
    .from(paymentTokens)
    .where(inArray(paymentTokens.tokenLookup, lookups));
  return new Map(rows.map(({ lookup, customerId }) => [lookup, customerId]));
}

function selectRequests(ctx: Context) {
  return ctx.db
    .select({
      id: provisionRequests.id,
      customer: { id: customers.id, name: customers.name, email: customers.email },
      subscriptionId: provisionRequests.subscriptionId,
      kind: provisionRequests.kind,
      status: provisionRequests.status,
      errorCode: provisionRequests.errorCode,
      tries: provisionRequests.tries,
      embedded: provisionRequests.embedded,
      createdAt: provisionRequests.createdAt,
      returnedAt: provisionRequests.returnedAt,
      declinedAt: provisionRequests.declinedAt,
      lastAskedAt: provisionRequests.lastAskedAt,
      connectedAt: provisionRequests.connectedAt,
      dueAt: provisionRequests.dueAt,
      truemedRequestId: provisionRequests.truemedRequestId,
    })
    .from(provisionRequests)
    .innerJoin(customers, eq(customers.id, provisionRequests.customerId));
}

function narrowed(filter: ProvisionFilter | undefined): SQL | undefined {
  switch (filter) {
    case 'needs_staff':
      return PROVISION_NEEDS_STAFF;
    case 'waiting':
      return inArray(provisionRequests.status, ['planned', 'open', 'waiting_verification']);
    case 'connected':
      return eq(provisionRequests.status, 'connected');
    default:
      return undefined;
  }
}

function beyond(after: string | undefined): SQL | undefined {
  const cursor = parseCursor(after);
  if (cursor === null) return undefined;
  return sql`(${provisionRequests.createdAt}, ${provisionRequests.id}) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`;
}
