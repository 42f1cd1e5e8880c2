import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { receiptFacts } from '@/lib/core/receipt';
import { aReceipt } from '@/lib/core/test-receipt';
import { readPdf } from '@/tests/pdf-text';
import { zipEntries } from '@/tests/zip-entries';
import { claimCsv, claimPack } from './claim-pack';
import { writable } from './fonts';
import { renderReceipt } from './receipt-pdf';

const createdAt = new Date('2027-03-01T12:00:00Z');
const AWAITED = { on: localDate('2027-02-05'), amountCents: 1000, isDone: false };

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a receipt as a PDF', () => {
  it('has its typeface inside, a title, a language, and the words of the page', async () => {
    const receipt = aReceipt({ refunds: [AWAITED] });
    const pdf = await renderReceipt(receipt, { createdAt });
    expect(pdf.toString('latin1', 0, 5)).toBe('%PDF-');
    const { pages, embeddedFonts, text, source } = readPdf(pdf);
    expect(pages).toBe(1);
    expect(new Set(embeddedFonts)).toEqual(new Set(['HankenGrotesk-Regular', 'HankenGrotesk-SemiBold']));
    expect(source).not.toMatch(/Helvetica|\/JavaScript/);
    expect(source).toContain('/Lang (en-US)');
    expect(source).toContain('\n(Receipt of Alder Health, number 2027-31)\n');
    expect(source).toContain('/DisplayDocTitle true');
    for (const { term, value } of receiptFacts(receipt)) expect(text).toContain(`${term}${value}`);
    for (const words of ['Daily Essentials1 at $49.00$49.00', 'Shipping$5.00', 'Taken off-$9.00', 'Total$48.30'])
      expect(text).toContain(words);
    expect(text).toContain('up to 15 business days');
    expect(text).toContain('Page 1 of 1.');
  });

  it.each(['Nguyễn Thị Hồng', 'Łukasz Żółć', 'José Ñuñez-O’Brien', 'Đỗ Ưu Ợ'])(
    'writes the name of %s',
    async (customer) => {
      // As some systems send it: marks apart from their letters.
      const pdf = await renderReceipt(aReceipt({ customer: customer.normalize('NFD') }), { createdAt });
      expect(readPdf(pdf).text).toContain(`For${customer}`);
    },
  );

  it('writes no letters of another kind for those that the typeface lacks', () => {
    expect(writable('Maya 王 😀')).toBe('Maya ? ?');
  });

  it('goes on over pages where an order is long, and numbers them', async () => {
    const lines = Array.from({ length: 60 }, (_, position) => ({
      position,
      name: `Item number ${position}`,
      quantity: 1,
      unitPriceCents: 100,
    }));
    const extras = { shippingCents: 0, taxCents: 0, discountCents: 0 };
    const { pages, text } = readPdf(await renderReceipt(aReceipt({ lines, extras, totalCents: 6000 }), { createdAt }));
    expect(pages).toBeGreaterThan(1);
    for (const { name } of lines) expect(text).toContain(`${name}1 at $1.00`);
    expect(text).toContain(`Page ${pages} of ${pages}.`);
  });
});

describe('a claim pack', () => {
  const receipts = [
    aReceipt({ refunds: [{ ...AWAITED, isDone: true }] }),
    aReceipt({ invoiceId: 'inv_0000000000000000000002', number: null, totalCents: 4831 }),
  ];

  it('holds a receipt for each order, and a list that names their files', async () => {
    const entries = zipEntries(await bytesOf(claimPack(receipts, { createdAt })));
    const [list, ...pdfs] = entries;
    expect(list?.name).toBe('claims.csv');
    const rows = parse(list?.bytes ?? '', { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.map(({ file }) => file)).toEqual(pdfs.map(({ name }) => name));
    expect(rows).toMatchObject([
      { receipt: '2027-31', paid_usd: '48.30', returned_usd: '10.00', paid_after_refunds_usd: '38.30' },
      { receipt: '', paid_usd: '48.31', returned_usd: '0.00' },
    ]);
    expect(pdfs.map(({ bytes }) => readPdf(bytes).pages)).toEqual([1, 1]);
    expect(readPdf(pdfs[1]?.bytes ?? Buffer.alloc(0)).text).toContain('Total$48.31');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'has no cell that a spreadsheet would reckon with: %j',
    (evil) => {
      const lines = [{ position: 0, name: evil, quantity: 1, unitPriceCents: 4900 }];
      const csv = claimCsv([aReceipt({ customer: evil, lines, merchant: { name: evil, email: 'a@b.example' } })]);
      const [row = {}] = parse(csv, { bom: true, columns: true }) as Record<string, string>[];
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      expect(row).toMatchObject({ for: `'${evil}` });
    },
  );

  it('is made no further than it is read', async () => {
    const drawn = new Set<number>();
    const many = Array.from({ length: 40 }, (_, index) => {
      const receipt = aReceipt({ number: `2027-${index}`, invoiceId: `inv_${String(index).padStart(22, '0')}` });
      return Object.defineProperty(receipt, 'lines', { get: () => drawn.add(index) && [] });
    });
    const reader = claimPack(many, { createdAt }).getReader();
    // The list is made at the start, and reads them all.
    drawn.clear();
    for (let bytes = 0; bytes < 10_000; ) bytes += (await reader.read()).value?.byteLength ?? Number.POSITIVE_INFINITY;
    await reader.cancel();
    expect(drawn.size).toBeGreaterThan(0);
    expect(drawn.size).toBeLessThan(10);
  });
});
