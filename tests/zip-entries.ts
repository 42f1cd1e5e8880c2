import { inflateRawSync } from 'node:zlib';

/** Reads a ZIP file by its central directory (APPNOTE 4.3.12): each entry's name and bytes, in order. Throws on what it cannot read. */
export function zipEntries(zip: Buffer): { name: string; bytes: Buffer }[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end === -1) throw new Error('Not a ZIP file, or one that was cut off.');
  const entries: { name: string; bytes: Buffer }[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed, length] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(start, start + packed);
    const bytes = method === 0 ? raw : inflateRawSync(raw);
    if (bytes.length !== length) throw new Error('An entry has another length than it says.');
    entries.push({ name: zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0)), bytes });
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (noteLength ?? 0);
  }
  return entries;
}
