import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '@/lib/core/id';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { renewDue } from '@/lib/services/renew-due';
import { changeSubscriptionStatus } from '@/lib/services/subscription-status';
import { openVault } from '@/lib/vault';
import { anImportShop, aRow, HEADER, type ImportShop, reasons } from './import-shop';

let shop: ImportShop;

async function openShop(): Promise<void> {
  shop = await anImportShop();
}

async function closeShop(): Promise<void> {
  await shop.close();
}

describe('a subscription that is billed elsewhere', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('takes over what its row changes, its items, and the status by its events', async () => {
    await shop.importRows(aRow('A', { item: 'One' }), aRow('A', { item: 'Two' }), aRow('B'));
    const report = await shop.importRows(
      aRow('A', { item: 'One', tax: '150', next: '2027-03-31', status: 'paused' }),
      aRow('B'),
    );
    expect(report).toMatchObject({ created: 0, updated: 1, unchanged: 1, refused: [] });
    expect(await shop.subscription('A')).toMatchObject({
      tax_cents: 150,
      next_charge_on: '2027-03-31',
      anchor_date: '2027-03-31',
      status: 'paused',
      next_charge_at: null,
    });
    const items = await shop.sql`
      select i.name from subscription_items i join subscriptions s on s.id = i.subscription_id where s.external_id = 'A'`;
    expect(items).toEqual([{ name: 'One' }]);
    const { id } = await shop.subscription('A');
    const entries = await shop.sql`select action from audit_log where subject = ${id} order by position`;
    expect(entries.map(({ action }) => action).sort()).toEqual([
      'subscription.imported',
      'subscription.status_changed',
      'subscription.updated',
    ]);
  });

  it('comes back from canceled', async () => {
    await shop.importRows(aRow('C', { status: 'canceled' }));
    expect(await shop.importRows(aRow('C', { status: 'paused' }))).toMatchObject({ updated: 1 });
    expect(await shop.subscription('C')).toMatchObject({ status: 'paused' });
  });

  it('stays canceled with us while its row stays the same', async () => {
    await shop.importRows(aRow('D'));
    const { id } = await shop.subscription('D');
    await changeSubscriptionStatus(shop.ctx.db, shop.ctx, id, 'canceled', null);
    expect(await shop.importRows(aRow('D'))).toMatchObject({ unchanged: 1 });
    expect(await shop.subscription('D')).toMatchObject({ status: 'canceled' });
  });

  it('passes to another customer with its e-mail', async () => {
    await shop.importRows(aRow('E', { email: 'old@example.com' }));
    expect(await shop.importRows(aRow('E', { email: 'New@example.com' }))).toMatchObject({ updated: 1 });
    expect(await shop.subscription('E')).toMatchObject({ email: 'new@example.com' });
  });

  it('becomes hsa_fsa by its file, with its token, and is due', async () => {
    await shop.importRows(aRow('F'));
    expect(await shop.importRows(aRow('F', { token: 'pt_f', letter: '2027-06-30' }))).toMatchObject({ updated: 1 });
    expect(await shop.subscription('F')).toMatchObject({
      billing_method: 'hsa_fsa',
      next_charge_at: new Date('2027-02-03T13:00:00.000Z'),
    });
    const tokens = await shop.sql`
      select t.letter_expires_on::text from payment_tokens t join customers c on c.id = t.customer_id where c.email = 'f@example.com'`;
    expect(tokens).toEqual([{ letter_expires_on: '2027-06-30' }]);
  });
});

describe('a customer', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('is one for all spellings of an e-mail, and has name and state from the last row that is new or changed', async () => {
    await shop.importRows(
      aRow('A', { email: 'maya@example.com', name: 'Maya', state: 'ny' }),
      aRow('B', { email: 'MAYA@Example.com', name: 'Maya Okafor', state: 'CA' }),
    );
    expect(await shop.subscription('A')).toMatchObject({ customer_name: 'Maya Okafor', customer_state: 'CA' });
    await shop.importRows(
      aRow('A', { email: 'maya@example.com', name: 'Maya', state: 'ny', tax: '5' }),
      aRow('B', { email: 'maya@example.com', name: 'Maya Okafor', state: 'CA' }),
    );
    expect(await shop.subscription('A')).toMatchObject({
      customer_name: 'Maya Okafor',
      customer_state: 'CA',
      tax_cents: 5,
    });
  });

  it('keeps a known state where a row names none', async () => {
    await shop.importRows(aRow('C', { state: 'AK' }));
    expect(await shop.importRows(aRow('C', { name: 'Kai Okafor' }))).toMatchObject({ updated: 1 });
    expect(await shop.subscription('C')).toMatchObject({ customer_name: 'Kai Okafor', customer_state: 'AK' });
  });
});

describe('a subscription that is hsa_fsa with us', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('takes a name and a state, and refuses all else as owned_by_perennial', async () => {
    await shop.importRows(aRow('A', { token: 'pt_a' }));
    expect(await shop.importRows(aRow('A', { token: 'pt_a', name: 'Maya Cohen', state: 'WA' }))).toMatchObject({
      updated: 1,
    });
    const before = await shop.everything();
    expect(reasons(await shop.importRows(aRow('A', { token: 'pt_a', tax: '5' })))).toEqual([[2, 'owned_by_perennial']]);
    expect(reasons(await shop.importRows(aRow('A')))).toEqual([[2, 'owned_by_perennial']]);
    expect(reasons(await shop.importRows(aRow('A', { token: 'pt_other' })))).toEqual([[2, 'owned_by_perennial']]);
    expect(await shop.everything()).toBe(before);
    expect(await shop.subscription('A')).toMatchObject({
      customer_name: 'Maya Cohen',
      customer_state: 'WA',
      tax_cents: 0,
    });
  });

  it('because its customer moved it, is unchanged while its file still says external', async () => {
    await shop.importRows(aRow('B'));
    await shop.sql`update subscriptions set billing_method = 'hsa_fsa', moved_at = now() where external_id = 'B'`;
    expect(await shop.importRows(aRow('B'))).toMatchObject({ unchanged: 1 });
    expect(await shop.importRows(aRow('B', { name: 'Maya Cohen' }))).toMatchObject({ updated: 1 });
    expect(reasons(await shop.importRows(aRow('B', { next: '2027-03-03' })))).toEqual([[2, 'owned_by_perennial']]);
    expect(await shop.subscription('B')).toMatchObject({ billing_method: 'hsa_fsa', customer_name: 'Maya Cohen' });
  });

  it('whose token Truemed has replaced is unchanged by the row with the old one', async () => {
    await shop.importRows(aRow('C', { token: 'pt_c' }));
    await shop.sql`
      update payment_tokens set status = 'revoked' where customer_id = (select customer_id from subscriptions where external_id = 'C')`;
    expect(await shop.importRows(aRow('C', { token: 'pt_c' }))).toMatchObject({ unchanged: 1 });
  });

  it('with a next_charge_on in the past is due now, and makes one invoice, for the latest period that began', async () => {
    await shop.importRows(aRow('D', { token: 'pt_d', next: '2026-10-05' }));
    expect((await shop.subscription('D')).next_charge_at).toEqual(new Date('2026-10-05T12:00:00.000Z'));
    await renewDue({ ...shop.ctx, principal: { kind: 'system', name: 'worker' } }, 10);
    const { id } = await shop.subscription('D');
    const invoices = await shop.sql`
      select period_start::text, status from invoices where subscription_id = ${id} order by period_start`;
    expect(invoices).toEqual([
      { period_start: '2026-10-05', status: 'skipped' },
      { period_start: '2026-11-05', status: 'skipped' },
      { period_start: '2026-12-05', status: 'skipped' },
      { period_start: '2027-01-05', status: 'open' },
    ]);
  });
});

describe('a payment token', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('of a customer whom we know is refused to another', async () => {
    await shop.importRows(aRow('A', { token: 'pt_a' }));
    expect(reasons(await shop.importRows(aRow('B', { token: 'pt_a' })))).toEqual([[2, 'token_of_another_customer']]);
    expect(await shop.sql`select 1 from customers where email = 'b@example.com'`).toHaveLength(0);
  });

  it('beside the one that a customer has is refused; the same one pays for more', async () => {
    const email = 'a@example.com';
    expect(reasons(await shop.importRows(aRow('C', { email, token: 'pt_c' })))).toEqual([
      [2, 'customer_has_another_token'],
    ]);
    expect(await shop.importRows(aRow('D', { email, token: 'pt_a' }))).toMatchObject({ created: 1 });
    expect(await shop.sql`select 1 from payment_tokens`).toHaveLength(1);
  });

  it('is sealed for its row and found under every key of the vault', async () => {
    const { vault, env } = shop.ctx;
    const [token] = await shop.sql`select id, token from payment_tokens`;
    expect(vault.open(token?.token, `payment_tokens.token:${token?.id}`).toString()).toBe('pt_a');
    const rotated = openVault(`k2:${Buffer.alloc(32, 8).toString('base64')},${env.vaultKeys}`);
    const file = [HEADER, aRow('A', { token: 'pt_a' })].join('\n');
    expect(await shop.importFile(file, { ctx: { vault: rotated } })).toMatchObject({ unchanged: 1 });
  });
});

describe('a customer whose card was deleted between two orders', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('is charged again for what they had, once a file brings another card of theirs', async () => {
    const maya = { email: 'maya@example.com' };
    await shop.importRows(aRow('OLD', { ...maya, token: 'pt_import_old' }));
    const { id, customer_id } = await shop.subscription('OLD');
    const customerId = customer_id as Id<'customer'>;
    await deletePaymentToken({ ...shop.ctx, principal: { kind: 'customer', customerId } }, { customerId });
    expect(await shop.subscription('OLD')).toMatchObject({ id, status: 'past_due' });
    const report = await shop.importRows(aRow('NEW', { ...maya, token: 'pt_import_new' }));
    expect(report).toMatchObject({ created: 1, refused: [] });
    expect(await shop.subscription('OLD')).toMatchObject({ status: 'active', next_charge_on: '2027-02-03' });
    expect(await shop.subscription('NEW')).toMatchObject({ status: 'active' });
  });
});
