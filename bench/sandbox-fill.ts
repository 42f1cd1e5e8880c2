import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { createSandboxControl } from '@/sandbox/control-client';
import { DEFAULT_OPTIONS } from '@/sandbox/options';
import { startSandbox } from '@/sandbox/server';
import { aChargeBody, CHARGE_PATH, tokenOf } from './sandbox-charge';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const BATCH = 2000;
const Line = z.object({ table: z.string(), put: z.object({ id: z.string().optional() }) });

/**
 * Writes the journal of a sandbox that has so many captured sessions. What one charge leaves behind is taken from a real
 * sandbox and repeated with other ids, so that it has everything that a charge really leaves. Returns its bytes.
 */
export async function fillJournal(wanted: { data: string; sessions: number; tokens: number }): Promise<number> {
  const { data, sessions, tokens } = wanted;
  const journal = join(data, 'journal.jsonl');
  const template = await linesOfOneCharge(data, tokens);
  // Every second part is an id; ids differ in their first halves, so the second ones can all count.
  const parts = template.split(UUID);
  const ids = template.match(UUID) ?? [];
  const out = createWriteStream(journal, { flags: 'a' });
  for (let first = 1; first < sessions; first += BATCH) {
    let text = '';
    for (let n = first; n < Math.min(first + BATCH, sessions); n += 1) {
      const end = n.toString(16).padStart(12, '0');
      text += parts
        .map((part, index) => (ids[index] === undefined ? part : `${part}${ids[index].slice(0, 24)}${end}`))
        .join('');
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return statSync(journal).size;
}

/** Starts the journal with tokens and switches, and returns the lines that one charge adds, each record in its last state. */
async function linesOfOneCharge(data: string, tokens: number): Promise<string> {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, data, webhookUrls: [] });
  const control = createSandboxControl(sandbox.url);
  const { captureDelayMs } = await control.switches();
  for (let n = 0; n < tokens; n += 1) {
    await control.seedToken({ email: `bench-${n}@example.com`, name: 'Bench', payment_token: tokenOf(n) });
  }
  await control.setSwitches({ captureDelayMs: 0 });
  const journal = join(data, 'journal.jsonl');
  const before = statSync(journal).size;
  const response = await fetch(sandbox.url + CHARGE_PATH, {
    method: 'POST',
    headers: { [API_KEY_HEADER]: DEFAULT_OPTIONS.apiKey },
    body: aChargeBody(0, randomUUID()),
  });
  if (!response.ok) throw new Error(`The charge was answered ${response.status}.`);
  const after = statSync(journal).size;
  await control.setSwitches({ captureDelayMs });
  await sandbox.close();
  const added = readFileSync(journal).subarray(before, after).toString('utf8');
  const last = new Map(
    added
      .split('\n')
      .filter(Boolean)
      .map((line) => [identityOf(line), line]),
  );
  return `${[...last.values()].join('\n')}\n`;
}

function identityOf(line: string): string {
  const { table, put } = Line.parse(JSON.parse(line));
  return `${table} ${put.id ?? ''}`;
}
