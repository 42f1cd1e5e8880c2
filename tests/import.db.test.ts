import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/id';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { anImportShop, aRow, aStream, HEADER, type ImportShop } from './import-shop';

const FIXTURES = join(import.meta.dirname, 'fixtures');

let shop: ImportShop;

async function openShop(): Promise<void> {
  shop = await anImportShop();
}

async function closeShop(): Promise<void> {
  await shop.close();
}

describe("the shop's export", () => {
  const csv = readFileSync(join(FIXTURES, 'subscribers.csv'));
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'subscribers.expected.json'), 'utf8'));
  beforeAll(openShop);
  afterAll(closeShop);

  it('by a dry run gives the whole report and writes nothing, not even a record of the run', async () => {
    const before = await shop.everything();
    const report = await shop.importFile(csv, { isDryRun: true });
    expect(report).toMatchObject({ created: 369, updated: 0, unchanged: 0 });
    expect(report.refused).toHaveLength(expected.refused.length);
    expect(await shop.everything()).toBe(before);
    expect(await shop.sql`select 1 from import_runs`).toHaveLength(0);
  });

  it('imported by two at once ends in one set of rows', async () => {
    const reports = await Promise.all([shop.importFile(csv), shop.importFile(csv)]);
    expect(reports.map(({ created }) => created).reduce((sum, created) => sum + created)).toBe(expected.subscriptions);
    expect(reports.map(({ unchanged }) => unchanged).reduce((sum, count) => sum + count)).toBe(expected.subscriptions);
  });

  it('holds what it must: subscriptions, customers, items, tokens, statuses', async () => {
    const [counts] = await shop.sql`
      select (select count(*)::int from subscriptions) as subscriptions,
             (select count(*)::int from customers) as customers,
             (select count(*)::int from subscription_items) as items,
             (select count(*)::int from subscriptions where billing_method = 'hsa_fsa') as hsa_fsa,
             (select count(*)::int from payment_tokens where status = 'live' and source = 'import') as tokens,
             (select jsonb_object_agg(status, n) from (select status, count(*) as n from subscriptions group by status) s) as by_status`;
    expect(counts).toEqual({
      subscriptions: expected.subscriptions,
      customers: expected.customers,
      items: expected.items,
      hsa_fsa: expected.hsa_fsa,
      tokens: expected.hsa_fsa,
      by_status: expected.by_status,
    });
  });

  it('imported again changes nothing', async () => {
    const before = await shop.everything();
    const report = await shop.importFile(csv, { ctx: { now: new Date('2027-01-20T14:00:00.000Z') } });
    expect(report).toMatchObject({ created: 0, updated: 0, unchanged: expected.subscriptions });
    expect(
      report.refused.map(({ line, subscriptionId, reason }) => ({ line, subscription_id: subscriptionId, reason })),
    ).toEqual(expected.refused);
    expect(await shop.everything()).toBe(before);
  });

  it('leaves one audit entry for each subscription, and a record of each run', async () => {
    const entries =
      await shop.sql`select count(distinct subject)::int as n, count(*)::int as rows from audit_log where action = 'subscription.imported'`;
    expect(entries).toEqual([{ n: expected.subscriptions, rows: expected.subscriptions }]);
    const runs = await shop.sql`
      select file_name, actor, created + updated + unchanged as taken, jsonb_array_length(refused) as refused from import_runs`;
    expect(runs).toEqual(
      Array.from({ length: 3 }, () => ({
        file_name: 'shop.csv',
        actor: 'system:import',
        taken: expected.subscriptions,
        refused: expected.refused.length,
      })),
    );
  });

  it('leaves no token in clear', async () => {
    expect(await shop.everything()).not.toContain('pt_import_');
  });

  it('is due at the billing hour of each zone with hsa_fsa, and never where it is billed elsewhere or canceled', async () => {
    expect((await shop.subscription('AH-10001')).next_charge_at).toEqual(new Date('2027-01-28T17:00:00.000Z'));
    expect((await shop.subscription('AH-10005')).next_charge_at).toEqual(new Date('2027-01-29T13:00:00.000Z'));
    expect((await shop.subscription('AH-10000')).next_charge_at).toBeNull();
    expect((await shop.subscription('AH-10066')).next_charge_at).toBeNull();
  });

  it("keeps the anchor of the file, and the merchant's zone where a row has none", async () => {
    expect(await shop.subscription('AH-10129')).toMatchObject({
      anchor_date: '2026-01-31',
      next_charge_on: '2027-02-28',
    });
    expect(await shop.subscription('AH-10009')).toMatchObject({
      time_zone: 'America/New_York',
      anchor_date: '2027-08-28',
    });
  });
});

describe('an import', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('is for the import and the command only', async () => {
    const input = { fileName: 'shop.csv', bytes: aStream(''), isDryRun: true };
    const people = [
      { kind: 'customer', customerId: newId('customer') },
      { kind: 'system', name: 'worker' },
    ] as const;
    for (const principal of people) {
      await expect(importSubscribers({ ...shop.ctx, principal }, input)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('of a file that cannot be read says why, and leaves no trace', async () => {
    const outcome = await importSubscribers(shop.ctx, {
      fileName: 'shop.csv',
      bytes: aStream('email,name\n'),
      isDryRun: false,
    });
    expect(outcome).toMatchObject({ kind: 'unreadable', problem: { reason: 'header_incomplete' } });
    expect(await shop.sql`select 1 from import_runs`).toHaveLength(0);
  });

  it('takes a file of many batches, one subscription of thousands of items, and tells how far it is', async () => {
    const rows = Array.from({ length: 1_200 }, (_, n) => aRow(`S${n}`));
    const items = Array.from({ length: 3_000 }, (_, n) => aRow('BIG', { item: `Item ${n}` }));
    const told: number[] = [];
    const outcome = await importSubscribers(shop.ctx, {
      fileName: 'long.csv',
      bytes: aStream([HEADER, ...rows, ...items].join('\n')),
      isDryRun: false,
      onProgress: (done) => told.push(done),
    });
    expect(outcome).toMatchObject({ created: 1_201, refused: [] });
    expect(told).toEqual([500, 1_000, 1_201]);
    expect(await shop.sql`select count(*)::int as n from subscription_items`).toEqual([{ n: 4_200 }]);
  });
});
