import { asc, eq } from 'drizzle-orm';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import { checkouts } from '@/db/schema/checkouts';
import { customers } from '@/db/schema/people';
import { paymentTokens } from '@/db/schema/provisioning';
import { refunds } from '@/db/schema/refunds';
import { subscriptions } from '@/db/schema/subscriptions';
import { localDateAt } from '@/lib/core/calendar';
import { checkoutTerms } from '@/lib/core/checkout';
import { CONSENT_VERSION } from '@/lib/core/checkout-consent';
import { type Id, newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { offerPlan } from '@/lib/services/offer-plan';
import { type OfferedPlan, planFor } from '@/lib/services/offered-plan';
import { setPrice } from '@/lib/services/set-price';
import { type CheckoutInput, type CheckoutResult, startCheckout } from '@/lib/services/start-checkout';
import { checkInvariants } from '@/lib/views/check-invariants';
import { Ledger } from '@/lib/views/ledger-invariants';
import { offeredPlan } from '@/lib/views/plans';
import type { TestWorld } from './world';

/** Somebody who orders, and what our database and Truemed's ledger hold about them. */
export interface Buyer {
  email: string;
  principal: Principal;
}

/** A shop that takes orders, in a test world. */
export function checkoutShop(world: () => TestWorld) {
  const db = () => world().runtime.db;
  const customerOf = async ({ email }: Buyer) => {
    const [customer] = await db().select().from(customers).where(eq(customers.email, email));
    if (customer === undefined) throw new Error(`${email} is no customer.`);
    return customer;
  };
  const shop = {
    /** $19.50 each and $5.95 shipping, every month or every two. */
    async aPlan(facts: { trialDays?: number; unitPriceCents?: number } = {}): Promise<OfferedPlan> {
      const owner = await world().as(world().aStaffMember());
      const sku = `SKU-${newId('plan').slice(4, 12)}`;
      const { planId } = await setPrice(owner, {
        sku,
        name: 'Magnesium',
        unitPriceCents: facts.unitPriceCents ?? 1950,
      });
      const intervals = [
        { unit: 'month', count: 1 },
        { unit: 'month', count: 2 },
      ] as const;
      const terms = { description: 'One bottle.', intervals, trialDays: facts.trialDays ?? 0, shippingCents: 595 };
      await offerPlan(owner, { sku, ...terms });
      const plan = await offeredPlan(world().runtime, { planId });
      if (plan === null) throw new Error('The plan is not offered.');
      return plan;
    },
    aNewcomer(tag = ''): Buyer {
      const email = `ada-${newId('customer').slice(4, 12)}${tag}@example.com`;
      return { email, principal: { kind: 'newcomer', email } };
    },
    /** What the form of the page would send now. */
    async form(buyer: Buyer, plan: OfferedPlan, wanted: Partial<CheckoutInput> = {}): Promise<CheckoutInput> {
      const { principal } = buyer;
      const offered = await planFor(db(), plan, principal.kind === 'customer' ? principal.customerId : null);
      const { now, env } = await world().system();
      const order = {
        quantity: wanted.quantity ?? 1,
        interval: wanted.interval ?? { unit: 'month', count: 1 },
      } as const;
      const terms = checkoutTerms(offered, order, localDateAt(now, env.merchant.timeZone));
      return {
        checkoutId: newId('checkout'),
        planId: plan.id,
        sentTo: { line1: '12 Elm Street', line2: '', city: 'Fresno', state: 'CA', postalCode: '93701' },
        name: 'Ada Park',
        isAgreed: true,
        shown: {
          totalCents: terms.order.totalCents,
          dueNowCents: terms.dueNowCents,
          firstChargeOn: terms.nextCharges[0],
          consentVersion: CONSENT_VERSION,
        },
        ...order,
        ...wanted,
      };
    },
    async press(buyer: Buyer, input: CheckoutInput): Promise<CheckoutResult> {
      return startCheckout(await world().as(buyer.principal), input);
    },
    async order(buyer: Buyer, plan: OfferedPlan, wanted: Partial<CheckoutInput> = {}) {
      const result = await shop.press(buyer, await shop.form(buyer, plan, wanted));
      if (!result.ok || result.next !== 'truemed') throw new Error(`The order ended as ${JSON.stringify(result)}.`);
      return result;
    },
    customerOf,
    async asCustomer(buyer: Buyer): Promise<Buyer & { customerId: Id<'customer'> }> {
      const { id: customerId } = await customerOf(buyer);
      return { ...buyer, customerId, principal: { kind: 'customer', customerId } };
    },
    async checkoutOf(id: Id<'checkout'>) {
      const [row] = await db().select().from(checkouts).where(eq(checkouts.id, id));
      if (row === undefined) throw new Error(`There is no checkout ${id}.`);
      return row;
    },
    async recordsOf(buyer: Buyer) {
      const { id } = await customerOf(buyer);
      const theirs = await db()
        .select()
        .from(subscriptions)
        .where(eq(subscriptions.customerId, id))
        .orderBy(asc(subscriptions.createdAt));
      const orders = await db()
        .select()
        .from(invoices)
        .where(eq(invoices.customerId, id))
        .orderBy(asc(invoices.periodStart));
      const attempts = await db()
        .select({ attempt: chargeAttempts })
        .from(chargeAttempts)
        .innerJoin(invoices, eq(invoices.id, chargeAttempts.invoiceId))
        .where(eq(invoices.customerId, id));
      const tokens = await db().select().from(paymentTokens).where(eq(paymentTokens.customerId, id));
      const given = await db().select().from(refunds).where(eq(refunds.customerId, id));
      const placed = await db().select().from(checkouts).where(eq(checkouts.customerId, id));
      return {
        subscriptions: theirs,
        invoices: orders,
        attempts: attempts.map(({ attempt }) => attempt),
        tokens,
        refunds: given,
        checkouts: placed,
      };
    },
    /** Charges that the provider really made, in cents. */
    async chargesOf({ email }: Buyer): Promise<number[]> {
      const { charges } = await world().truemed.ledger();
      return charges.filter((charge) => charge.customer_email === email).map(({ amount }) => amount);
    },
    /** The invariants that do not hold, with the sandbox's ledger as the judge. */
    async broken(): Promise<string[]> {
      const ctx = await world().as({ kind: 'system', name: 'command' });
      const results = await checkInvariants(ctx, async () => Ledger.parse(await world().truemed.ledger()));
      return results.flatMap(({ number, title, violations }) =>
        violations !== null && violations > 0 ? [`${number} ${title}: ${violations}`] : [],
      );
    },
  };
  return shop;
}
