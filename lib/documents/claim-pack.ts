import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { ZipFile } from 'yazl';
import { claimRow, packEntryName } from '@/lib/core/claim-pack';
import type { Receipt } from '@/lib/core/receipt';
import { type RenderOptions, renderReceipt } from './receipt-pdf';

/**
 * A ZIP file of receipts, with a list of them as `claims.csv`. It is made while it is read: a receipt is rendered when those
 * before it are on their way, so a pack of any size holds one in memory, and one that nobody reads on is not made any further.
 */
export function claimPack(receipts: readonly Receipt[], { createdAt }: RenderOptions): ReadableStream<Uint8Array> {
  const zip = new ZipFile();
  const mtime = createdAt;
  zip.addBuffer(Buffer.from(claimCsv(receipts)), 'claims.csv', { mtime });
  for (const receipt of receipts) {
    // A PDF is packed already.
    zip.addReadStreamLazy(packEntryName(receipt), { mtime, compress: false }, (done) => {
      renderReceipt(receipt, { createdAt }).then(
        (pdf) => done(null, Readable.from([pdf], { objectMode: false })),
        (error: unknown) => done(error, Readable.from([])),
      );
    });
  }
  zip.end();
  const out = new Readable().wrap(zip.outputStream);
  zip.on('error', (error: Error) => out.destroy(error));
  return Readable.toWeb(out) as ReadableStream<Uint8Array>;
}

/** The list of a pack: a row for each order. Starts with a byte-order mark, for spreadsheets; no cell can start a formula (CWE-1236). */
export function claimCsv(receipts: readonly Receipt[]): string {
  return stringify(receipts.map(claimRow), { header: true, bom: true, escape_formulas: true });
}
