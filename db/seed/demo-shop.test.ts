import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { demoShop } from './demo-shop';

const shop = demoShop(localDate('2027-01-30'));
const rows = shop.csv.trim().split('\n').slice(1);

describe('the demo shop', () => {
  it('has forty subscribers, each with an address and an id of their own', () => {
    expect(rows).toHaveLength(40);
    expect(new Set(rows.map((row) => row.split(',')[0])).size).toBe(40);
    expect(new Set(rows.map((row) => row.split(',')[1])).size).toBe(40);
    for (const row of rows) expect(row.split(',')[1]).toMatch(/^[a-z]+(\.[a-z]+)+@example\.com$/);
  });

  it('counts next charges from today, across the end of a month', () => {
    expect(rows[1]).toContain(',2027-02-01,');
  });

  it('gives Truemed the token of every subscriber on HSA/FSA, and of nobody else', () => {
    const withToken = rows.filter((row) => row.includes(',hsa_fsa,')).map((row) => row.split(',').at(-1));
    expect(shop.tokens.map((token) => token.paymentToken)).toEqual(withToken);
  });

  it('offers plans at the prices that its subscribers pay, and says nothing of what they do for anybody', () => {
    const plans: { sku: string; unit_price_cents: number; description: string }[] = JSON.parse(shop.plans);
    expect(plans.length).toBeGreaterThan(3);
    for (const { sku, unit_price_cents, description } of plans) {
      expect(rows.some((row) => row.includes(`,${sku},`) && row.includes(`,${unit_price_cents},`))).toBe(true);
      expect(description).toMatch(/^[\w ,]+\.$/);
      expect(description).not.toMatch(/health|sleep|energy|immun|pain|stress|eligible/i);
    }
  });

  it('names people to sign in as who are in the file', () => {
    expect(shop.people.billedElsewhere.length).toBeGreaterThan(5);
    for (const email of shop.people.billedElsewhere)
      expect(rows.find((row) => row.includes(email))).toMatch(/,month,1,[-\d]+,active,external,$/);
    expect(rows.find((row) => row.includes(shop.people.onHsaFsa))).toContain(',hsa_fsa,');
  });
});
