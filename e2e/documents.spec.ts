import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { parse } from 'csv-parse/sync';
import { readPdf } from '@/tests/pdf-text';
import { zipEntries } from '@/tests/zip-entries';
import { expect, expectAccessible, test } from './scenario';

/** Takes what a link leads to as the browser keeps it: its name and its bytes. */
async function download(page: Page, link: string): Promise<{ name: string; bytes: Buffer }> {
  const kept = page.waitForEvent('download');
  await page.getByRole('link', { name: link }).press('Enter');
  const file = await kept;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test.describe('a customer’s history and documents', () => {
  test('leads from the history to the receipt, as a page, as a PDF and as a claim pack', async ({
    page,
    context,
    people,
  }) => {
    const hong = await people.aCustomer({ paymentToken: true, dueInDays: 0, name: 'Nguyễn Thị Hồng' });
    await people.truemed.advance({ hours: 30 });
    await expect(async () => expect(await people.chargesOf(hong)).toEqual([4830])).toPass();
    await people.signIn(context, hong);
    await page.goto('/account');
    await page.getByRole('link', { name: 'History' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'History', level: 1 })).toBeVisible();
    await expect(async () => {
      await page.reload();
      await expect(page.getByText(/^Paid \d/)).toBeVisible();
    }).toPass();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Daily Essentials' }).press('Enter');
    await expectAccessible(page);
    const pack = zipEntries((await download(page, 'Claim pack')).bytes);
    expect(pack.map(({ name }) => name)).toEqual(['claims.csv', expect.stringMatching(/^receipts\/.*\.pdf$/)]);
    await page.getByRole('link', { name: /^Receipt With|^Receipt Number/ }).press('Enter');
    await expect(page.getByText('Nguyễn Thị Hồng')).toBeVisible();
    await expectAccessible(page);
    const { name, bytes } = await download(page, 'Download as a PDF');
    expect(name).toMatch(/^alder-health-receipt-.+\.pdf$/);
    const pdf = readPdf(bytes);
    expect(pdf.pages).toBe(1);
    expect(pdf.embeddedFonts).toContain('HankenGrotesk-Regular');
    expect(pdf.text).toContain('ForNguyễn Thị Hồng');
    expect(pdf.text).toContain('Amount paid$48.30');
  });

  test('says what a plan year holds before its pack is taken, and that another year is empty', async ({
    page,
    context,
    people,
  }) => {
    const maya = await people.aCustomer({ paymentToken: true, dueInDays: 0 });
    await people.truemed.advance({ hours: 30 });
    await people.signIn(context, maya);
    await page.goto('/account/history');
    await page.getByRole('link', { name: 'Claim packs' }).press('Enter');
    await expect(async () => {
      await page.reload();
      await expect(page.getByText('$48.30')).toBeVisible();
    }).toPass();
    await expectAccessible(page);
    const { name, bytes } = await download(page, 'Download the claim pack');
    expect(name).toMatch(/^alder-health-claim-pack-\d{4}-01-01-to-\d{4}-12-31\.zip$/);
    const [list, ...receipts] = zipEntries(bytes);
    const rows = parse(list?.bytes ?? '', { bom: true, columns: true }) as Record<string, string>[];
    expect(rows).toMatchObject([{ paid_usd: '48.30', file: receipts[0]?.name }]);
    await page.getByLabel('First day of your plan year').fill('2001-07-01');
    await page.getByRole('button', { name: 'Show this year' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'No paid orders in this plan year' })).toBeVisible();
    await expectAccessible(page);
    const empty = await page.request.get('/account/history/claims/pack.zip?from=2001-07-01');
    expect(empty.url()).toContain('/account/history/claims?from=2001-07-01');
    await page.goto('/account/history/claims?from=2001-02-30');
    await expect(page.getByText('Give a day, such as 1 January 2026.')).toBeVisible();
  });

  test('knows no documents of somebody else’s order, nor of one that is not paid', async ({
    page,
    context,
    people,
  }) => {
    const [maya, priya] = [
      await people.aCustomer({ paymentToken: true, dueInDays: 0 }),
      await people.aCustomer({ paymentToken: true, dueInDays: 0 }),
    ];
    await people.truemed.setTokenHealth({ email: priya.email, health: 'needs_survey' });
    await people.truemed.advance({ hours: 30 });
    await expect(async () => expect(await people.chargesOf(maya)).toEqual([4830])).toPass();
    const orderOf = async (who: typeof maya) => {
      await people.signIn(context, who);
      await page.goto('/account/history');
      return page.getByRole('link', { name: 'Daily Essentials' }).getAttribute('href');
    };
    const [hers, own] = [await orderOf(maya), await orderOf(priya)];
    for (const order of [hers, own]) {
      for (const file of ['receipt', 'receipt.pdf', 'claim-pack.zip']) {
        const response = await page.request.get(`${order}/${file}`);
        expect(response.status(), `${order}/${file}`).toBe(404);
      }
    }
    await context.clearCookies();
    const signedOut = await page.request.get(`${hers}/receipt.pdf`);
    expect(signedOut.url()).toContain('/sign-in');
  });
});
