import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '@/db/schema/operations';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import type { PlanTerms } from '@/lib/core/plan';
import { offerPlan, withdrawPlan } from '@/lib/services/offer-plan';
import { setPrice } from '@/lib/services/set-price';
import { offeredPlan, offeredPlans } from '@/lib/views/plans';
import { aWorld, type TestWorld } from './world';

const TERMS: PlanTerms = {
  description: 'One bottle of 120 capsules.',
  intervals: [
    { unit: 'month', count: 1 },
    { unit: 'month', count: 2 },
  ],
  trialDays: 0,
  shippingCents: 595,
};

let world: TestWorld;
let owner: Context;
beforeAll(async () => {
  world = await aWorld();
  owner = await world.as(world.aStaffMember());
});
afterAll(() => world.close());

async function aPlan(unitPriceCents = 1950): Promise<string> {
  const sku = `SKU-${newId('plan').slice(4, 10)}`;
  await setPrice(owner, { sku, name: `Magnesium ${sku}`, unitPriceCents });
  return sku;
}

const shown = async (sku: string) => (await offeredPlans(world.runtime)).find((plan) => plan.sku === sku);

describe('what can be subscribed to', () => {
  it('is a plan from when it is offered, at the price of today, until it is withdrawn', async () => {
    const sku = await aPlan();
    expect(await shown(sku)).toBeUndefined();
    expect(await offerPlan(owner, { sku, ...TERMS })).toMatchObject({ ok: true, outcome: 'offered' });
    await setPrice(owner, { sku, name: 'Magnesium', unitPriceCents: 2100 });
    const plan = await shown(sku);
    expect(plan).toMatchObject({ unitPriceCents: 2100, ...TERMS });
    if (plan === undefined) throw new Error('It is offered.');
    expect(await offeredPlan(world.runtime, { planId: plan.id })).toEqual(plan);
    expect(await withdrawPlan(owner, { sku })).toEqual({ ok: true, outcome: 'withdrawn' });
    expect(await shown(sku)).toBeUndefined();
    expect(await offeredPlan(world.runtime, { planId: plan.id })).toBeNull();
  });

  it('is offered once, and again only on other terms; each change is on record', async () => {
    const sku = await aPlan();
    const first = await offerPlan(owner, { sku, ...TERMS });
    expect(await offerPlan(owner, { sku, ...TERMS })).toMatchObject({ ok: true, outcome: 'unchanged' });
    expect(await offerPlan(owner, { sku, ...TERMS, trialDays: 14 })).toMatchObject({ ok: true, outcome: 'offered' });
    expect((await shown(sku))?.trialDays).toBe(14);
    if (!first.ok) throw new Error('It is offered.');
    const entries = await world.runtime.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.subject, first.planId), eq(auditLog.action, 'plan.offered')));
    expect(entries).toHaveLength(2);
  });

  it('is nothing without a price, and nothing on terms that nobody can keep', async () => {
    expect(await offerPlan(owner, { sku: 'NOBODYS', ...TERMS })).toEqual({ ok: false, reason: 'no_such_plan' });
    const sku = await aPlan();
    expect(await offerPlan(owner, { sku, ...TERMS, intervals: [] })).toEqual({ ok: false, reason: 'no_interval' });
    expect(await shown(sku)).toBeUndefined();
  });

  it('is decided by owners, admins and the shop’s own command', async () => {
    const sku = await aPlan();
    const command = await world.as({ kind: 'system', name: 'command' });
    expect(await offerPlan(command, { sku, ...TERMS })).toMatchObject({ ok: true });
    const maya = await world.aSubscriber();
    const viewer = { kind: 'staff', staffId: newId('staff'), role: 'viewer', email: 'v@alderhealth.example' } as const;
    for (const [principal, code] of [
      [viewer, 'forbidden'],
      [maya.principal, 'not_found'],
      [{ kind: 'system', name: 'worker' }, 'not_found'],
    ] as const) {
      await expect(offerPlan(await world.as(principal), { sku, ...TERMS })).rejects.toMatchObject({ code });
      await expect(withdrawPlan(await world.as(principal), { sku })).rejects.toMatchObject({ code });
    }
    expect(await shown(sku)).toBeDefined();
  });
});
