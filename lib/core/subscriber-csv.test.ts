import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeProblem, readSubscribers, type SubscriberFile } from './subscriber-csv';
import { earliestLetters } from './subscriber-gather';

const FIXTURES = join(import.meta.dirname, '../../tests/fixtures');
const HEADER =
  'subscription_id,email,name,sku,item_name,quantity,unit_price_cents,interval_unit,interval_count,next_charge_on,discount_cents,billing,payment_token,lmn_expires_on';

/** A row of HEADER: a monthly order of $18.50. */
function aRow(
  id: string,
  cells: { email?: string; item?: string; discount?: string; token?: string; letter?: string } = {},
) {
  const { email = `${id}@example.com`, item = 'Vitamin D3', discount = '', token = '', letter = '' } = cells;
  const billing = token === '' ? '' : 'hsa_fsa';
  return `${id},${email},Maya Okafor,VITD-60,${item},1,1850,month,1,2027-01-31,${discount},${billing},${token},${letter}`;
}

async function* inPieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function read(content: string | Uint8Array, size = 64 * 1024): Promise<SubscriberFile> {
  return readSubscribers(inPieces(content, size));
}

async function readable(content: string, size?: number) {
  const file = await read(content, size);
  if (file.kind === 'unreadable') throw new Error(describeProblem(file.problem));
  return file;
}

async function refusals(...lines: string[]) {
  return (await readable([HEADER, ...lines].join('\n'))).refused.map(({ line, reason }) => [line, reason]);
}

describe('the export of a shop, with the mess that exports have', () => {
  const path = join(FIXTURES, 'subscribers.csv');
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'subscribers.expected.json'), 'utf8'));

  it('gives the subscriptions that can be taken, and refuses the rest by line and reason', async () => {
    const file = await readSubscribers(createReadStream(path));
    if (file.kind === 'unreadable') throw new Error(describeProblem(file.problem));
    const { subscriptions } = file;
    expect(subscriptions).toHaveLength(expected.subscriptions);
    expect(new Set(subscriptions.map(({ terms }) => terms.email)).size).toBe(expected.customers);
    expect(subscriptions.flatMap(({ items }) => items)).toHaveLength(expected.items);
    expect(subscriptions.filter(({ paymentToken }) => paymentToken !== null)).toHaveLength(expected.hsa_fsa);
    expect(
      file.refused.map(({ line, subscriptionId, reason }) => ({ line, subscription_id: subscriptionId, reason })),
    ).toEqual(expected.refused);
  });

  it('reads the same in pieces of any size, through every letter and line end', async () => {
    const whole = await readSubscribers(createReadStream(path));
    expect(await readSubscribers(createReadStream(path, { highWaterMark: 7 }))).toEqual(whole);
  });
});

describe('records and their lines', () => {
  it('begin where their first line begins, whatever line breaks the values hold', async () => {
    const note = '"called twice\r\nasked for ""HSA"", soon"';
    const file = await readable(`${HEADER},note\r\n${aRow('A')},${note}\r\n\r\n${aRow('B')},\r\n`, 3);
    expect(file.subscriptions.map(({ subscriptionId, lines }) => [subscriptionId, lines])).toEqual([
      ['A', [2]],
      ['B', [5]],
    ]);
  });

  it.each(['\n', '\r\n', '\r'])('may end in %j', async (end) => {
    const file = await readable([HEADER, aRow('A'), aRow('B')].join(end), 1);
    expect(file.subscriptions.map(({ lines }) => lines)).toEqual([[2], [3]]);
  });

  it('may end differently within one file', async () => {
    const file = await readable(`${HEADER}\r\n${aRow('A')}\n${aRow('B')}\r${aRow('C')}`);
    expect(file.subscriptions.map(({ lines }) => lines)).toEqual([[2], [3], [4]]);
  });

  it('that are blank, or have nothing but commas, are passed over and counted', async () => {
    const file = await readable(`\n${HEADER}\n   \n${','.repeat(13)}\n${aRow('A')}\n`);
    expect(file).toMatchObject({ subscriptions: [{ lines: [5] }], refused: [] });
  });

  it('that are too short are refused alone; cells beyond the header are unknown columns', async () => {
    const file = await readable(`${HEADER}\nA,a@example.com,Too Few\n${aRow('B')},extra,cells\n`);
    expect(file.refused).toEqual([{ line: 2, subscriptionId: 'A', reason: 'columns_missing' }]);
    expect(file.subscriptions.map(({ subscriptionId }) => subscriptionId)).toEqual(['B']);
  });

  it('may hold a quotation mark inside a value that is not quoted', async () => {
    const file = await readable(
      `${HEADER}\n${aRow('A', { item: '5" roller' })}\n${aRow('B', { item: ' "Kit, small"' })}`,
    );
    expect(file.subscriptions.map(({ items }) => items[0]?.name)).toEqual(['5" roller', 'Kit, small']);
  });
});

describe('rows that share a subscription_id', () => {
  it('make one subscription with an item each, also when they are apart', async () => {
    const file = await readable([HEADER, aRow('A', { item: 'One' }), aRow('B'), aRow('A', { item: 'Two' })].join('\n'));
    expect(file.subscriptions).toMatchObject([
      { subscriptionId: 'A', lines: [2, 4], items: [{ name: 'One' }, { name: 'Two' }] },
      { subscriptionId: 'B', lines: [3] },
    ]);
  });

  it('refuse it whole where they disagree', async () => {
    expect(await refusals(aRow('A'), aRow('A', { email: 'other@example.com' }), aRow('B'))).toEqual([
      [2, 'rows_disagree'],
      [3, 'rows_disagree'],
    ]);
  });

  it('refuse it whole where one of them cannot be taken: it would be billed without that item', async () => {
    expect(await refusals(aRow('A'), aRow('A', { item: '' }))).toEqual([
      [2, 'rows_disagree'],
      [3, 'name_missing'],
    ]);
  });

  it('are summed before the discount is judged', async () => {
    expect(await refusals(aRow('A', { discount: '2000' }))).toEqual([[2, 'total_not_positive']]);
    expect(await refusals(aRow('A', { discount: '2000' }), aRow('A', { discount: '2000' }))).toEqual([]);
  });

  it('are refused where the total is more than a charge can be', async () => {
    const dear = aRow('A').replace(',1,1850,', ',1,2000000000,');
    expect(await refusals(dear, dear)).toEqual([
      [2, 'amount_invalid'],
      [3, 'amount_invalid'],
    ]);
  });
});

describe('payment tokens in a file', () => {
  it('that two customers claim refuse the subscriptions of both', async () => {
    expect(await refusals(aRow('A', { token: 'pt_1' }), aRow('B', { token: 'pt_1' }))).toEqual([
      [2, 'token_of_another_customer'],
      [3, 'token_of_another_customer'],
    ]);
  });

  it('refuse the subscriptions of a customer with two, but not the one that is billed elsewhere', async () => {
    const email = 'maya@example.com';
    const rows = [aRow('A', { email, token: 'pt_1' }), aRow('B', { email, token: 'pt_2' }), aRow('C', { email })];
    expect(await refusals(...rows)).toEqual([
      [2, 'customer_has_another_token'],
      [3, 'customer_has_another_token'],
    ]);
  });

  it('may pay for several subscriptions of one customer, and keep the earliest end of a letter', async () => {
    const file = await readable(
      [
        HEADER,
        aRow('A', { email: 'MAYA@example.com', token: 'pt_1', letter: '2027-11-01' }),
        aRow('B', { email: 'maya@example.com', token: 'pt_1', letter: '2027-06-30' }),
        aRow('C', { email: 'maya@example.com', token: 'pt_1' }),
      ].join('\n'),
    );
    expect(file.refused).toEqual([]);
    expect([...earliestLetters(file.subscriptions)]).toEqual([['pt_1', '2027-06-30']]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['is empty', '', 'empty'],
    ['holds blank lines only', '\ufeff\n\n', 'empty'],
    ['is not UTF-8', Buffer.from(`${HEADER}\nA,a@example.com,Chlo\xe9`, 'latin1'), 'not_utf8'],
    ['is UTF-16', Buffer.from(`\ufeff${HEADER}`, 'utf16le'), 'not_utf8'],
    ['ends within a letter', Buffer.from(`${HEADER}\né`).subarray(0, -1), 'not_utf8'],
    ['lacks a column', HEADER.replace('sku,', ''), 'header_incomplete'],
    ['is separated by semicolons', HEADER.replaceAll(',', ';'), 'header_incomplete'],
    ['names a column twice', `${HEADER},email`, 'column_twice'],
    ['leaves a quotation mark open', `${HEADER}\nA,"a@example.com,`, 'quote_not_closed'],
    ['leaves one open for long', `${HEADER}\nA,"${`${aRow('B')}\n`.repeat(20_000)}`, 'record_too_long'],
  ])('%s', async (_fact, content, reason) => {
    const file = await read(content);
    expect(file).toMatchObject({ kind: 'unreadable', problem: { reason } });
    if (file.kind === 'unreadable') expect(describeProblem(file.problem)).toMatch(/^[A-Z].*\.$/s);
  });

  it('is not one with its columns in another order, in capitals, or with more of them', async () => {
    const header = HEADER.split(',').reverse().join(',').toUpperCase();
    const row = aRow('A').split(',').reverse().join(',');
    expect(await readable(`${header},legacy_note\n${row},\n`)).toMatchObject({
      subscriptions: [{ subscriptionId: 'A' }],
    });
  });
});

describe('any file', () => {
  const junk = fc.constantFrom('"', ',', '\n', '\r', '\r\n', '', ' ', 'é', '\u0000', '\u2028', 'A', '7', '""', 'pt_1');
  const cell = fc.array(junk, { maxLength: 4 }).map((parts) => parts.join(''));
  const quoted = cell.map((text) => `"${text.replaceAll('"', '""')}"`);

  it('of any bytes is read or refused, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, hasHeader) => {
        const file = await read(hasHeader ? Buffer.concat([Buffer.from(`${HEADER}\n`), bytes]) : bytes, 5);
        expect(['read', 'unreadable']).toContain(file.kind);
      }),
    );
  });

  it('of any text is read or refused, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(cell, fc.constant(aRow('A'))), { maxLength: 30 }), async (parts) => {
        const file = await read(`${HEADER}\n${parts.join('')}`, 11);
        expect(['read', 'unreadable']).toContain(file.kind);
      }),
    );
  });

  it('of whole records has each of them, on its line, either taken or refused', async () => {
    const mess = fc.array(quoted, { minLength: 1, maxLength: 20 }).map((cells) => `"x",${cells.join(',')}`);
    const good = fc.constantFrom('A', 'B', 'C').map((id) => aRow(id));
    const end = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(mess, good)), end, async (records, lineEnd) => {
        const text = [HEADER, ...records].join(lineEnd);
        const file = await readable(text, 13);
        let line = 2;
        const begins = records.map((record) => {
          const first = line;
          line += record.split(/\r\n|\r|\n/).length;
          return first;
        });
        const judged = [...file.refused.map((row) => row.line), ...file.subscriptions.flatMap((one) => one.lines)];
        expect(judged.sort((a, b) => a - b)).toEqual(begins);
      }),
    );
  });
});
