import { and, desc, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { nextOrderLinesOf } from '@/db/next-order-lines';
import { runningDiscountsOf } from '@/db/running-discounts';
import { customers } from '@/db/schema/people';
import { paymentTokens, provisionRequests, type StoredCard } from '@/db/schema/provisioning';
import { subscriptions } from '@/db/schema/subscriptions';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { namedCard, payingCard } from '@/lib/core/payment-card';
import { type ProvisionStatus, waitingState } from '@/lib/core/provisioning';
import { type PaymentFacts, type SubscriptionFacts, subscriptionFacts } from './subscription-facts';

/** The frame of every page of a customer: whose shop it is, how to reach it, and who is signed in. */
export interface ShellFacts {
  merchant: { name: string; email: string };
  /** The first name. */
  person: string;
}

/** What a customer has with us: the card and letter behind the live token, and the subscriptions, the soonest charge first. */
export interface CustomerFile {
  shell: ShellFacts;
  payment: PaymentFacts | null;
  subscriptions: SubscriptionFacts[];
}

/** Reads a customer's file in one query. Throws `not_found` for an id that is nobody's. */
export async function readCustomerFile(ctx: Context, customerId: Id<'customer'>): Promise<CustomerFile> {
  const rows = await selectFile(ctx.db, customerId);
  const [first] = rows;
  if (first === undefined) throw notFound('This account');
  return {
    shell: { merchant: merchantOf(ctx), person: first.name.split(/\s+/)[0] ?? first.name },
    payment: first.token === null ? null : paymentFacts(first.token),
    subscriptions: rows
      .flatMap(({ subscription, lines, discounts, request }) => {
        if (subscription === null) return [];
        const move = unfinished(request, ctx.now);
        return [subscriptionFacts({ ...subscription, discounts }, lines ?? [], move, ctx.now)];
      })
      .sort(bySoonestCharge),
  };
}

/** The merchant's name, and the address of MAIL_FROM for questions. */
export function merchantOf({ env }: Pick<Context, 'env'>): ShellFacts['merchant'] {
  return { name: env.merchant.name, email: env.mailFrom.match(/<([^>]+)>/)?.[1] ?? env.mailFrom };
}

function selectFile(db: Queryable, customerId: Id<'customer'>) {
  const lines = nextOrderLinesOf(db);
  const discounts = runningDiscountsOf(db);
  const request = db
    .select({
      id: provisionRequests.id,
      status: provisionRequests.status,
      createdAt: provisionRequests.createdAt,
      returnedAt: provisionRequests.returnedAt,
      declinedAt: provisionRequests.declinedAt,
    })
    .from(provisionRequests)
    .where(
      and(
        eq(provisionRequests.customerId, subscriptions.customerId),
        eq(provisionRequests.subscriptionId, subscriptions.id),
      ),
    )
    .orderBy(desc(provisionRequests.createdAt), desc(provisionRequests.id))
    .limit(1)
    .as('request');
  return db
    .select({
      name: customers.name,
      token: {
        cards: paymentTokens.cards,
        letterExpiresOn: paymentTokens.letterExpiresOn,
        refreshedAt: paymentTokens.refreshedAt,
      },
      subscription: {
        id: subscriptions.id,
        status: subscriptions.status,
        billingMethod: subscriptions.billingMethod,
        intervalUnit: subscriptions.intervalUnit,
        intervalCount: subscriptions.intervalCount,
        anchorDate: subscriptions.anchorDate,
        timeZone: subscriptions.timeZone,
        nextChargeOn: subscriptions.nextChargeOn,
        nextChargeAt: subscriptions.nextChargeAt,
        pauseUntil: subscriptions.pauseUntil,
        cancelOn: subscriptions.cancelOn,
        formerChargeOn: subscriptions.formerChargeOn,
        shippingCents: subscriptions.shippingCents,
        taxCents: subscriptions.taxCents,
        discountCents: subscriptions.discountCents,
      },
      lines: lines.list,
      discounts: discounts.list,
      request: {
        id: request.id,
        status: request.status,
        createdAt: request.createdAt,
        returnedAt: request.returnedAt,
        declinedAt: request.declinedAt,
      },
    })
    .from(customers)
    .leftJoin(paymentTokens, and(eq(paymentTokens.customerId, customers.id), eq(paymentTokens.status, 'live')))
    .leftJoin(subscriptions, eq(subscriptions.customerId, customers.id))
    .leftJoinLateral(lines, sql`true`)
    .leftJoinLateral(discounts, sql`true`)
    .leftJoinLateral(request, sql`true`)
    .where(eq(customers.id, customerId));
}

interface RequestRow {
  id: Id<'provisionRequest'>;
  status: ProvisionStatus;
  createdAt: Date;
  returnedAt: Date | null;
  declinedAt: Date | null;
}

function unfinished(request: RequestRow | null, now: Date): SubscriptionFacts['move'] {
  if (request === null || request.status === 'connected') return null;
  return { requestId: request.id, state: waitingState(request, now) };
}

/** What is shown of the cards and the letter behind a token. */
export function paymentFacts(
  token: { cards: StoredCard[] } & Pick<PaymentFacts, 'letterExpiresOn' | 'refreshedAt'>,
): PaymentFacts {
  const card = payingCard(token.cards);
  const other = card?.isHsaFsa ? token.cards.find(({ isHsaFsa }) => !isHsaFsa) : undefined;
  const { letterExpiresOn, refreshedAt } = token;
  return {
    card: namedCard(token.cards),
    cardExpires: card?.expires ?? null,
    otherCard: other === undefined ? null : { last4: other.last4, expires: other.expires },
    letterExpiresOn,
    refreshedAt,
  };
}

// Subscriptions without a next charge stand last.
function bySoonestCharge(a: SubscriptionFacts, b: SubscriptionFacts): number {
  const [first, second] = [a.nextChargeOn ?? '9999', b.nextChargeOn ?? '9999'];
  return first === second ? a.name.localeCompare(b.name, 'en') : first < second ? -1 : 1;
}
