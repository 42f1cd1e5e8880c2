import { inflateSync } from 'node:zlib';

/** What a PDF file holds, as far as tests ask: its pages, the names of the fonts inside it, and its words. */
export interface ReadPdf {
  pages: number;
  embeddedFonts: string[];
  /** The words of all pages, in the order in which they were written, without what lies between them. */
  text: string;
  /** The document's own entries, such as `/Lang`. */
  source: string;
}

/** Reads a PDF as our documents are written: compressed streams, two-byte letters, a map to Unicode in each font. */
export function readPdf(bytes: Buffer): ReadPdf {
  const source = bytes.toString('latin1');
  const objects = new Map<string, { head: string; stream: string }>();
  for (const [, id = '', body = ''] of source.matchAll(/\n(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const at = body.indexOf('stream\n');
    const head = at === -1 ? body : body.slice(0, at);
    objects.set(id, { head, stream: at === -1 ? '' : unpack(head, body.slice(at + 7)) });
  }
  const all = [...objects.values()];
  const letters = new Map<string, Map<string, string>>();
  for (const { head } of all) {
    for (const [, name = '', id = ''] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id)?.head ?? '')?.[1];
      if (map !== undefined) letters.set(name, lettersOf(objects.get(map)?.stream ?? ''));
    }
  }
  return {
    pages: all.filter(({ head }) => /\/Type \/Page\n/.test(head)).length,
    embeddedFonts: all.flatMap(({ head }) =>
      /\/FontFile2 /.test(head) ? [/\/FontName \/[A-Z]+\+(\S+)/.exec(head)?.[1] ?? '?'] : [],
    ),
    text: all.map(({ stream }) => textOf(stream, letters)).join(''),
    source,
  };
}

function unpack(head: string, stream: string): string {
  const bytes = Buffer.from(stream, 'latin1');
  return (head.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1');
}

function lettersOf(map: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, from = '', list = ''] of map.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/g)) {
    [...list.matchAll(/<([0-9a-f ]*)>/g)].forEach(([, hex = ''], index) => {
      const code = (Number.parseInt(from, 16) + index).toString(16).padStart(4, '0');
      found.set(code, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
    });
  }
  return found;
}

function textOf(content: string, letters: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  let font: ReadonlyMap<string, string> | undefined;
  let text = '';
  for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = letters.get(name);
    for (const [, hex = ''] of (shown ?? '').matchAll(/<([0-9a-f]+)>/g))
      text += (hex.match(/.{4}/g) ?? []).map((code) => font?.get(code) ?? '\ufffd').join('');
  }
  return text;
}
