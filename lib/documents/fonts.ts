import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { Font } from '@react-pdf/renderer';

/** The parts that the typeface comes in; for each letter the first part that has it is taken. */
const PARTS = ['latin', 'latin-ext', 'vietnamese'] as const;

/** The weights that documents are set in. */
export const REGULAR = 400;
export const STRONG = 600;

/** `fontFamily` of a document. */
export const FONT_FAMILY: string[] = PARTS.map((part) => `Hanken Grotesk ${part}`);

let isReady = false;

/** Makes the typeface known to the renderer, once for a process. Throws where its package is not installed. */
export function prepareFonts(): void {
  if (isReady) return;
  // Resolved from where the process runs, and not from this file: a built server has its code elsewhere.
  const require = createRequire(join(process.cwd(), 'package.json'));
  const folder = join(dirname(require.resolve('@fontsource/hanken-grotesk/package.json')), 'files');
  for (const part of PARTS) {
    const fonts = [REGULAR, STRONG].map((fontWeight) => {
      const woff = readFileSync(join(folder, `hanken-grotesk-${part}-${fontWeight}-normal.woff`));
      return { src: `data:font/ttf;base64,${unpackWoff(woff).toString('base64')}`, fontWeight };
    });
    Font.register({ family: `Hanken Grotesk ${part}`, fonts });
  }
  // Names and products are not broken inside a word.
  Font.registerHyphenationCallback((word) => [word]);
  isReady = true;
}

/**
 * A WOFF 1 file as the TrueType file that is packed in it (W3C WOFF 1.0, sections 3 to 5). The renderer takes WOFF too, but
 * inflates a table again for each letter, which made up more than half of its work.
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('Not a WOFF file.');
  const count = woff.readUInt16BE(12);
  const directory = Buffer.alloc(12 + 16 * count);
  woff.copy(directory, 0, 4, 8);
  directory.writeUInt16BE(count, 4);
  const tables: Buffer[] = [];
  let offset = directory.length;
  for (let index = 0; index < count; index += 1) {
    const entry = 44 + 20 * index;
    const [from, packed, length] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at)) as [number, number, number];
    const bytes = woff.subarray(from, from + packed);
    // A table starts at a multiple of four.
    const table = Buffer.alloc(Math.ceil(length / 4) * 4);
    (packed < length ? inflateSync(bytes) : bytes).copy(table);
    const record = 12 + 16 * index;
    woff.copy(directory, record, entry, entry + 4);
    woff.copy(directory, record + 4, entry + 16, entry + 20);
    directory.writeUInt32BE(offset, record + 8);
    directory.writeUInt32BE(length, record + 12);
    tables.push(table);
    offset += table.length;
  }
  return Buffer.concat([directory, ...tables]);
}

/** Text in letters that the typeface has: marks are joined to their letters, and what it cannot show becomes `?`. */
export function writable(text: string): string {
  return text.normalize('NFC').replace(UNKNOWN, '?');
}

// Latin with its extensions and Vietnamese, and ordinary punctuation.
const UNKNOWN =
  /[^\u0020-\u007e\u00a0-\u017f\u1ea0-\u1ef9\u0192\u01a0\u01a1\u01af\u01b0\u0218-\u021b\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac]/gu;
