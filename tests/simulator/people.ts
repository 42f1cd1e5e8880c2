import { and, asc, desc, eq, inArray, ne } from 'drizzle-orm';
import { chargeAttempts, invoices, recoveryCases } from '@/db/schema/billing';
import { webhookInbox } from '@/db/schema/messages';
import { subscriptionItems, subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { addDays, localDateAt } from '@/lib/core/calendar';
import { AppError } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeInterval } from '@/lib/services/change-interval';
import { changeItems } from '@/lib/services/change-items';
import { chargeNow, tryAgain } from '@/lib/services/charge-now';
import { deleteAccount } from '@/lib/services/delete-account';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { moveNextCharge } from '@/lib/services/move-next-charge';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { replayWebhook } from '@/lib/services/process-webhook';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { refundInvoice } from '@/lib/services/refund-invoice';
import { refundedOf } from '@/lib/services/refund-status';
import { resumeSubscription } from '@/lib/services/resume-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { stopHsaFsa } from '@/lib/services/stop-hsa-fsa';
import { undoCancel } from '@/lib/services/undo-cancel';
import { writeOffInvoice } from '@/lib/services/write-off-invoice';
import { atTruemed } from '../at-truemed';
import type { Chance } from './chance';
import { isInjected } from './database';
import type { Ordered, Person } from './population';
import { type Story, THEMES, type Theme } from './story';

const STAFF: Principal = {
  kind: 'staff',
  staffId: 'stf_0000000000000000000000',
  role: 'owner',
  email: 'o@example.com',
};

/** What people do, and how often beside each other. */
const DEEDS = {
  pause: 8,
  resume: 6,
  skip: 5,
  cancel: 4,
  cancelAtEnd: 3,
  undoCancel: 2,
  reactivate: 4,
  interval: 2,
  moveDate: 2,
  quantity: 5,
  moveToHsaFsa: 8,
  stopHsaFsa: 2,
  deleteAccount: 1,
  repair: 16,
  tryAgain: 12,
  chargeNow: 6,
  refund: 8,
  writeOff: 3,
  price: 14,
  replay: 3,
} as const;

/** Something that people do. */
export type Deed = keyof typeof DEEDS;

/** What people do four times as often where it is the theme. */
const DEEDS_OF: Partial<Record<Theme, readonly Deed[]>> = {
  schedule: ['pause', 'resume', 'cancel', 'skip', 'reactivate', 'moveDate', 'interval'],
  recovery: ['repair', 'tryAgain', 'chargeNow'],
  moves: ['moveToHsaFsa', 'stopHsaFsa', 'quantity', 'repair'],
  'lost answers': ['price', 'tryAgain', 'chargeNow', 'cancel'],
  frozen: ['pause', 'cancel', 'tryAgain', 'chargeNow'],
};

/** What only somebody who is signed in can do. */
const SIGNED_IN: ReadonlySet<Deed> = new Set(['moveToHsaFsa', 'quantity', 'stopHsaFsa', 'deleteAccount', 'tryAgain']);

const HURRIED = { cancel: 4, pause: 3, price: 2, skip: 1, cancelAtEnd: 1 } as const;

/** What the simulator has written down about the deeds of people. */
export interface Noted {
  /** Told when a subscription was paused or canceled, after the commit, and until when nobody but a person lets it go on. */
  stopped(subscriptionId: Id<'subscription'>, untilMs: number): Promise<void>;
  /** Told when it goes on. */
  resumed(subscriptionId: Id<'subscription'>): void;
  /** Told of a fault of reliability.md section 4. */
  count(fault: string): void;
}

/** Whose subscription a deed is about. */
export interface About {
  person: Person;
  ordered: Ordered;
}

interface Scene {
  open: (principal: Principal) => Promise<Context>;
  people: readonly Person[];
  chance: Chance;
  noted: Noted;
  story: Story;
  /** Null: anybody's. */
  about: About | null;
  /** Who is in a hurry stops what is under way. */
  isHurried?: boolean;
  /** What they do, where that is not theirs to choose. */
  wanted?: Deed;
}

/** A person, customer or staff, does one thing. What they are refused they take; what is broken on purpose they leave. */
export async function doSomething(scene: Scene): Promise<string> {
  const { open, people, chance, noted, story, about, isHurried = false, wanted } = scene;
  const deed = wanted ?? (isHurried ? chance.weighed(HURRIED) : chance.weighed(likelyIn(story)));
  const person = about?.person ?? chance.pick(people);
  const ordered = about?.ordered ?? chance.pick(person.subscriptions);
  const isStaff = chance.hits(0.25) || person.isGone;
  if (person.isGone && SIGNED_IN.has(deed)) return `${deed} ${ordered.externalId}: gone`;
  const customer: Principal = { kind: 'customer', customerId: person.customerId };
  const who = isStaff ? STAFF : customer;
  try {
    const outcome = await act({ open, deed, person, ordered, chance, noted, customer, who });
    return `${deed} ${ordered.externalId}: ${outcome}`;
  } catch (error) {
    if (isInjected(error) || error instanceof AppError) return `${deed} ${ordered.externalId}: failed`;
    throw error;
  }
}

function likelyIn({ themes }: Story): Record<Deed, number> {
  const often = new Set<string>(THEMES.flatMap((theme) => (themes.has(theme) ? (DEEDS_OF[theme] ?? []) : [])));
  const weights: Record<Deed, number> = { ...DEEDS };
  for (const deed of Object.keys(DEEDS) as Deed[]) if (often.has(deed)) weights[deed] *= 4;
  return weights;
}

interface Act {
  open: (principal: Principal) => Promise<Context>;
  deed: Deed;
  person: Person;
  ordered: Ordered;
  chance: Chance;
  noted: Noted;
  customer: Principal;
  who: Principal;
}

async function act({ open, deed, person, ordered, chance, noted, customer, who }: Act): Promise<string> {
  const ctx = await open(who);
  const { id: subscriptionId } = ordered;
  const said = (result: { ok: boolean; reason?: string }) => (result.ok ? 'done' : (result.reason ?? 'refused'));
  const today = localDateAt(ctx.now, ordered.timeZone);
  switch (deed) {
    case 'pause': {
      const until = chance.hits(0.7) ? addDays(today, chance.between(1, 40)) : null;
      const result = await pauseSubscription(ctx, { subscriptionId, until });
      const untilMs = until === null ? Number.POSITIVE_INFINITY : Date.parse(until);
      if (result.ok) await noted.stopped(subscriptionId, untilMs);
      return said(result);
    }
    case 'cancel': {
      const result = await cancelSubscription(ctx, { subscriptionId, when: 'now' });
      if (result.ok) await noted.stopped(subscriptionId, Number.POSITIVE_INFINITY);
      return said(result);
    }
    case 'cancelAtEnd':
      return said(await cancelSubscription(ctx, { subscriptionId, when: 'period_end' }));
    case 'resume': {
      noted.resumed(subscriptionId);
      const result = await resumeSubscription(ctx, { subscriptionId });
      if (result.ok) noted.resumed(subscriptionId);
      return said(result);
    }
    case 'reactivate': {
      noted.resumed(subscriptionId);
      const result = await reactivateSubscription(ctx, { subscriptionId });
      if (result.ok) noted.resumed(subscriptionId);
      return said(result);
    }
    case 'undoCancel':
      return said(await undoCancel(ctx, { subscriptionId }));
    case 'skip':
      return said(await skipPeriod(ctx, { subscriptionId, nextChargeOn: await nextOf(ctx, ordered) }));
    case 'interval': {
      ordered.isMoved = true;
      const interval = { unit: 'week' as const, count: chance.between(2, 6) };
      return said(await changeInterval(ctx, { subscriptionId, nextChargeOn: await nextOf(ctx, ordered), interval }));
    }
    case 'moveDate': {
      ordered.isMoved = true;
      const to = addDays(today, chance.between(1, 25));
      const scope = chance.pick(['this_order', 'all_orders'] as const);
      return said(await moveNextCharge(ctx, { subscriptionId, nextChargeOn: await nextOf(ctx, ordered), to, scope }));
    }
    case 'moveToHsaFsa':
      return move(await open(customer), chance, ordered);
    case 'quantity':
      return changeQuantity(await open(customer), chance, ordered);
    case 'stopHsaFsa':
      return stop(await open(customer), chance, person, noted);
    case 'deleteAccount':
      return leave(await open(customer), chance, person, noted);
    case 'repair':
      return repair(open, person, chance);
    case 'tryAgain': {
      const caseId = await openCaseOf(ctx, person);
      if (caseId === null) return 'nothing to try';
      const asCustomer = await open(customer);
      const result = await tryAgain(asCustomer, { caseId });
      return result.ok ? result.status : result.reason;
    }
    case 'chargeNow': {
      const staff = await open(STAFF);
      const result = await chargeNow(staff, { subscriptionId, periodStart: await shownPeriod(staff, ordered) });
      return result.ok ? result.status : result.reason;
    }
    case 'refund':
      return refund(await open(STAFF), chance, ordered);
    case 'writeOff': {
      const staff = await open(STAFF);
      const [unpaid] = await staff.db
        .select({ id: invoices.id })
        .from(invoices)
        .where(and(eq(invoices.subscriptionId, subscriptionId), eq(invoices.status, 'open')));
      return unpaid === undefined
        ? 'nothing to write off'
        : said(await writeOffInvoice(staff, { invoiceId: unpaid.id }));
    }
    case 'price': {
      // The merchant changes a price in the catalog: what is planned already keeps its own.
      noted.count('F32');
      const unitPriceCents = chance.between(1_500, 9_900);
      await ctx.db
        .update(subscriptionItems)
        .set({ unitPriceCents })
        .where(eq(subscriptionItems.subscriptionId, subscriptionId));
      return String(unitPriceCents);
    }
    case 'replay': {
      const staff = await open(STAFF);
      const rows = await staff.db
        .select({ id: webhookInbox.id })
        .from(webhookInbox)
        .where(inArray(webhookInbox.status, ['quarantined', 'processed']))
        .orderBy(desc(webhookInbox.receivedAt), asc(webhookInbox.id))
        .limit(5);
      if (rows.length === 0) return 'nothing to replay';
      await replayWebhook(staff, { webhookId: chance.pick(rows).id });
      return 'done';
    }
  }
}

async function nextOf(ctx: Context, { id }: Ordered) {
  const [row] = await ctx.db
    .select({ nextChargeOn: subscriptions.nextChargeOn })
    .from(subscriptions)
    .where(eq(subscriptions.id, id));
  if (row === undefined) throw new Error(`No subscription ${id}.`);
  return row.nextChargeOn;
}

async function shownPeriod(ctx: Context, ordered: Ordered) {
  const open = await ctx.db
    .select({ status: invoices.status, periodStart: invoices.periodStart })
    .from(invoices)
    .where(eq(invoices.subscriptionId, ordered.id));
  return open.find(({ status }) => status === 'open')?.periodStart ?? nextOf(ctx, ordered);
}

/** Staff give back the order that was paid last: a part of it, or all that is left. */
async function refund(ctx: Context, chance: Chance, { id }: Ordered): Promise<string> {
  const [paid] = await ctx.db
    .select({ invoiceId: invoices.id, attemptId: chargeAttempts.id, amountCents: chargeAttempts.amountCents })
    .from(invoices)
    .innerJoin(chargeAttempts, eq(chargeAttempts.invoiceId, invoices.id))
    .where(and(eq(invoices.subscriptionId, id), eq(invoices.status, 'paid'), eq(chargeAttempts.status, 'captured')))
    .orderBy(desc(invoices.periodStart), asc(chargeAttempts.id));
  if (paid === undefined) return 'nothing to give back';
  const leftCents = paid.amountCents - (await refundedOf(ctx.db, paid.attemptId));
  const wish = chance.hits(0.2)
    ? { kind: 'full' as const }
    : { kind: 'amount' as const, amountCents: chance.between(1, 900) };
  const result = await refundInvoice(ctx, {
    invoiceId: paid.invoiceId,
    wish,
    reason: 'customer_request',
    leftCents,
  });
  return result.ok ? result.status : result.reason;
}

async function openCaseOf(ctx: Context, { customerId }: Person) {
  const rows = await ctx.db
    .select({ id: recoveryCases.id, status: recoveryCases.status })
    .from(recoveryCases)
    .where(eq(recoveryCases.customerId, customerId))
    .orderBy(desc(recoveryCases.openedAt), asc(recoveryCases.id));
  return rows.find(({ status }) => status === 'open')?.id ?? null;
}

async function move(ctx: Context, chance: Chance, ordered: Ordered): Promise<string> {
  const result = await moveToHsaFsa(ctx, { subscriptionId: ordered.id, embedded: chance.hits(0.5) });
  if (!result.ok) return result.reason;
  ordered.isMoved = true;
  if (result.next === 'waiting') return 'waits';
  return walkThrough(result.redirectUrl, chance);
}

/** A customer wants another number of each item, which Truemed is asked about. */
async function changeQuantity(ctx: Context, chance: Chance, { id }: Ordered): Promise<string> {
  const rows = await ctx.db
    .select({ itemId: subscriptionItems.id })
    .from(subscriptionItems)
    .where(eq(subscriptionItems.subscriptionId, id))
    .orderBy(asc(subscriptionItems.position));
  const items = rows.map(({ itemId }) => ({ itemId, quantity: chance.between(1, 4) }));
  const result = await changeItems(ctx, { subscriptionId: id, items, embedded: false });
  if (!result.ok) return result.reason;
  return result.next === 'truemed' ? walkThrough(result.redirectUrl, chance) : result.next;
}

/** A customer stops paying with HSA/FSA; every second one has the card deleted as well. */
async function stop(ctx: Context, chance: Chance, { customerId }: Person, noted: Noted): Promise<string> {
  const onCard = await ctx.db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        eq(subscriptions.billingMethod, 'hsa_fsa'),
        ne(subscriptions.status, 'canceled'),
      ),
    )
    .orderBy(asc(subscriptions.id));
  const choices = new Map(onCard.map(({ id }) => [id, chance.pick(['pause', 'cancel'] as const)]));
  const result = await stopHsaFsa(ctx, { choices, deleteCard: chance.hits(0.5) });
  if (!result.ok) return result.reason;
  for (const { id } of onCard) await noted.stopped(id, Number.POSITIVE_INFINITY);
  return result.isDeleted ? 'deleted' : 'stopped';
}

/** A customer deletes the account, with every subscription; every second one has the card deleted as well. */
async function leave(ctx: Context, chance: Chance, person: Person, noted: Noted): Promise<string> {
  const subscriptionIds = person.subscriptions.map(({ id }) => id);
  // Who never heard the answer may be gone.
  person.isGone = true;
  const result = await deleteAccount(ctx, { email: person.email, subscriptionIds, deletesToken: chance.hits(0.5) });
  if (!result.ok) {
    person.isGone = false;
    return result.reason;
  }
  for (const id of subscriptionIds) await noted.stopped(id, Number.POSITIVE_INFINITY);
  return 'done';
}

async function repair(
  open: (principal: Principal) => Promise<Context>,
  person: Person,
  chance: Chance,
): Promise<string> {
  const ctx = await open({ kind: 'system', name: 'mailed_link' });
  const caseId = await openCaseOf(ctx, person);
  if (caseId === null) return 'nothing to repair';
  const link = await followRepairLink(ctx, { caseId });
  return link.kind === 'truemed' ? walkThrough(link.redirectUrl, chance) : link.kind;
}

/** A customer on the hosted pages: most come to the end, some give up, some pages are closed by then. */
async function walkThrough(redirectUrl: string, chance: Chance): Promise<string> {
  const choice = chance.weighed({ completes: 85, cancels: 8, leaves: 7 });
  if (choice === 'leaves') return 'left';
  try {
    await atTruemed(redirectUrl)[choice]();
    return choice;
  } catch (error) {
    if (error instanceof Error && /asks for neither|without sending|do not end/.test(error.message))
      return 'page closed';
    throw error;
  }
}
