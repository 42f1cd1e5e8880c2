import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { invoices } from '@/db/schema/billing';
import { localDate } from '@/lib/core/calendar';
import { newId } from '@/lib/core/id';
import { numberInvoices } from '@/lib/services/number-invoices';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

/** Invoices of one subscription, in the order of their periods; `null`: never paid. */
async function invoicesPaidAt(instants: (string | null)[], status: 'open' | 'void' | 'skipped' = 'open') {
  const maya = await world.aSubscriber();
  const createdAt = new Date('2026-01-01T00:00:00Z');
  await world.runtime.db.insert(invoices).values(
    instants.map((paidAt, place) => ({
      id: newId('invoice'),
      subscriptionId: maya.subscriptionId,
      customerId: maya.customerId,
      status: paidAt === null ? status : ('paid' as const),
      periodStart: localDate(`${1900 + place}-01-01`),
      periodEnd: localDate(`${1901 + place}-01-01`),
      shippingCents: 0,
      taxCents: 0,
      discountCents: 0,
      totalCents: 0,
      paidAt: paidAt === null ? null : new Date(paidAt),
      createdAt,
    })),
  );
  return async () => {
    const rows = await world.runtime.db
      .select()
      .from(invoices)
      .where(eq(invoices.subscriptionId, maya.subscriptionId))
      .orderBy(asc(invoices.periodStart));
    return rows.map(({ numberYear, yearNumber }) => (numberYear === null ? null : [numberYear, yearNumber]));
  };
}

it('numbers are given to paid invoices only, in order of payment, from 1 in each year of the merchant’s zone', async () => {
  const numbers = await invoicesPaidAt([
    '2025-03-01T12:00:00Z',
    null,
    '2025-02-01T12:00:00Z',
    // Half past three in the morning of the new year in London, and still the old one in New York.
    '2026-01-01T03:30:00Z',
    '2026-01-01T05:30:00Z',
  ]);
  const skipped = await invoicesPaidAt([null], 'skipped');
  const ctx = await world.system();
  expect(await numberInvoices(ctx, 2)).toBe(2);
  expect(await numbers()).toEqual([[2025, 2], null, [2025, 1], null, null]);
  expect(await numberInvoices(ctx, 100)).toBe(2);
  expect(await numbers()).toEqual([[2025, 2], null, [2025, 1], [2025, 3], [2026, 1]]);
  expect(await skipped()).toEqual([null]);
  expect(await numberInvoices(ctx, 100)).toBe(0);
});

it('several workers at once leave no gap and give nothing twice', async () => {
  const many = Array.from({ length: 120 }, (_, place) => new Date(Date.UTC(2024, 0, 2, 12, place)).toISOString());
  const numbers = await invoicesPaidAt(many);
  const ctx = await world.system();
  for (let given = -1; given !== 0; ) {
    const rounds = await Promise.all(Array.from({ length: 6 }, () => numberInvoices(ctx, 7)));
    given = rounds.reduce((sum, count) => sum + count, 0);
  }
  expect(await numbers()).toEqual(many.map((_, place) => [2024, place + 1]));
});

it('while one process gives numbers no other does, so that a number that was given stays', async () => {
  const numbers = await invoicesPaidAt(['2023-03-01T12:00:00Z']);
  const ctx = await world.system();
  await ctx.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(7302)`);
    expect(await numberInvoices(ctx, 10)).toBe(0);
  });
  expect(await numbers()).toEqual([null]);
  expect(await numberInvoices(ctx, 10)).toBe(1);
  expect(await numbers()).toEqual([[2023, 1]]);
});
