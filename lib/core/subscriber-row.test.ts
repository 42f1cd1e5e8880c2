import { describe, expect, it } from 'vitest';
import { type Cells, COLUMNS, readSubscriberRow } from './subscriber-row';

const EMPTY = Object.fromEntries(COLUMNS.map((column) => [column, ''])) as Cells;

function aRow(cells: Partial<Cells> = {}): Cells {
  return {
    ...EMPTY,
    subscription_id: 'AH-1',
    email: 'maya@example.com',
    name: 'Maya Okafor',
    sku: 'VITD-60',
    item_name: 'Vitamin D3 60 ct',
    quantity: '2',
    unit_price_cents: '1850',
    interval_unit: 'month',
    interval_count: '1',
    next_charge_on: '2027-01-31',
    ...cells,
  };
}

function read(cells: Partial<Cells>) {
  const result = readSubscriberRow(aRow(cells));
  if (!result.ok) throw new Error(result.reason);
  return result.row;
}

describe('a row that can be taken', () => {
  it('leaves out what is optional and gets the defaults of the contract', () => {
    expect(read({})).toEqual({
      subscriptionId: 'AH-1',
      person: { name: 'Maya Okafor', state: null },
      terms: {
        email: 'maya@example.com',
        timeZone: null,
        interval: { unit: 'month', count: 1 },
        anchorDate: '2027-01-31',
        nextChargeOn: '2027-01-31',
        status: 'active',
        billingMethod: 'external',
        shippingCents: 0,
        taxCents: 0,
        discountCents: 0,
        letterExpiresOn: null,
      },
      paymentToken: null,
      item: { sku: 'VITD-60', name: 'Vitamin D3 60 ct', quantity: 2, unitPriceCents: 1850 },
    });
  });

  it('keeps its token and its letter with hsa_fsa only', () => {
    const token = { payment_token: ' pt_1 ', lmn_expires_on: '2027-06-30' };
    expect(read({ billing: 'hsa_fsa', ...token })).toMatchObject({
      paymentToken: 'pt_1',
      terms: { letterExpiresOn: '2027-06-30' },
    });
    expect(read({ billing: 'external', ...token })).toMatchObject({
      paymentToken: null,
      terms: { letterExpiresOn: null },
    });
  });

  it('may write its state in lower case, and its values with space around them', () => {
    const row = read({ state: ' ny ', name: '\u00a0Chloé Łukasiewicz  ', quantity: ' 3 ', status: ' paused ' });
    expect(row).toMatchObject({ person: { state: 'NY', name: 'Chloé Łukasiewicz' }, item: { quantity: 3 } });
  });

  it('has its line breaks and control characters made into spaces', () => {
    expect(read({ name: 'Maya\r\nOkafor\u0000' }).person.name).toBe('Maya Okafor');
  });

  it('keeps a name that a spreadsheet would take for a formula', () => {
    expect(read({ name: '=HYPERLINK("http://example.com","x")' }).person.name).toContain('=HYPERLINK');
  });

  it('may have a price of 0 and a letter that never ends', () => {
    const row = read({
      unit_price_cents: '0',
      billing: 'hsa_fsa',
      payment_token: 'pt_1',
      lmn_expires_on: '9999-12-31',
    });
    expect(row).toMatchObject({ item: { unitPriceCents: 0 }, terms: { letterExpiresOn: '9999-12-31' } });
  });
});

describe('a row that cannot be taken', () => {
  it.each([
    ['subscription_id_missing', { subscription_id: '  ' }],
    ['name_too_long', { subscription_id: 'x'.repeat(201) }],
    ['email_missing', { email: ' ' }],
    ['email_invalid', { email: 'a@b@c.com' }],
    ['name_missing', { name: '   ' }],
    ['name_missing', { item_name: '' }],
    ['name_too_long', { name: 'x'.repeat(201) }],
    ['name_too_long', { item_name: 'x'.repeat(201) }],
    ['name_too_long', { sku: 'x'.repeat(201) }],
    ['state_invalid', { state: 'California' }],
    ['state_invalid', { state: 'C1' }],
    ['state_invalid', { state: 'ß' }],
    ['time_zone_invalid', { time_zone: 'EST5EDT/Mars' }],
    ['time_zone_invalid', { time_zone: '+05:00' }],
    ['sku_missing', { sku: '' }],
    ['quantity_invalid', { quantity: '' }],
    ['quantity_invalid', { quantity: '0' }],
    ['quantity_invalid', { quantity: '-1' }],
    ['quantity_invalid', { quantity: '1.5' }],
    ['quantity_invalid', { quantity: 'two' }],
    ['quantity_invalid', { quantity: '1e3' }],
    ['quantity_invalid', { quantity: '2147483648' }],
    ['price_invalid', { unit_price_cents: '' }],
    ['price_invalid', { unit_price_cents: '29.00' }],
    ['price_invalid', { unit_price_cents: '$2900' }],
    ['price_invalid', { unit_price_cents: '1,000' }],
    ['price_invalid', { unit_price_cents: '-100' }],
    ['price_invalid', { unit_price_cents: '99999999999999999999' }],
    ['price_invalid', { unit_price_cents: '2000000000', quantity: '2000000000' }],
    ['amount_invalid', { shipping_cents: '-5' }],
    ['amount_invalid', { tax_cents: '4.12' }],
    ['amount_invalid', { discount_cents: '-500' }],
    ['interval_invalid', { interval_unit: 'fortnight' }],
    ['interval_invalid', { interval_unit: '' }],
    ['interval_invalid', { interval_count: '0' }],
    ['interval_invalid', { interval_count: '37' }],
    ['interval_invalid', { interval_count: '' }],
    ['date_invalid', { next_charge_on: '' }],
    ['date_invalid', { next_charge_on: '2027-02-30' }],
    ['date_invalid', { next_charge_on: '03/01/2027' }],
    ['date_invalid', { next_charge_on: '2027-1-5' }],
    ['date_invalid', { next_charge_on: '0000-01-01' }],
    ['date_invalid', { next_charge_on: '9999-12-31' }],
    ['date_invalid', { anchor_date: '31-01-2026' }],
    ['date_invalid', { lmn_expires_on: 'never' }],
    ['status_invalid', { status: 'lapsed' }],
    ['status_invalid', { status: 'past_due' }],
    ['billing_invalid', { billing: 'card' }],
    ['token_missing', { billing: 'hsa_fsa' }],
  ] as const)('is refused as %s: %j', (reason, cells) => {
    expect(readSubscriberRow(aRow(cells))).toEqual({ ok: false, reason });
  });

  it('is refused for what is wrong first, in the order of the columns', () => {
    expect(readSubscriberRow({ ...EMPTY, subscription_id: 'AH-1' })).toEqual({ ok: false, reason: 'email_missing' });
  });
});
