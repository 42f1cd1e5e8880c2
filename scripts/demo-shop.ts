import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoShop, demoShop } from '@/db/seed/demo-shop';
import { localDateAt } from '@/lib/core/calendar';
import { createSandboxControl } from '@/sandbox/control-client';
import { ProgramFailure, runProgram } from './processes';
import { DATA_FOLDER } from './runtime';

const FILE = join(DATA_FOLDER, 'demo-shop.csv');
const PLANS = join(DATA_FOLDER, 'demo-plans.json');

/** Whom to sign in as. `billedElsewhere` has not moved yet, also where others have in an earlier run. */
export interface DemoPeople {
  billedElsewhere: string;
  onHsaFsa: string;
  staff: string;
}

/**
 * Fills the demo's database and sandbox through the commands that a shop would use. The file of subscribers is written
 * once, so a later start imports the same one again, which changes nothing.
 */
export async function fillDemoShop(options: {
  sandboxUrl: string;
  timeZone: string;
  signal: AbortSignal;
}): Promise<DemoPeople> {
  const sandbox = createSandboxControl(options.sandboxUrl);
  const { now } = await sandbox.clock();
  const shop = demoShop(localDateAt(new Date(now), options.timeZone));
  if (!existsSync(FILE)) writeWhole(FILE, shop.csv);
  writeWhole(PLANS, shop.plans);
  await seedTokens(sandbox, shop);
  const run = (file: string, args: string[]) =>
    runProgram({ name: file, file, args }, { output: 'keep', signal: options.signal });
  await Promise.all([
    run('scripts/import.ts', [FILE]),
    run('scripts/plans.ts', [PLANS]),
    run('scripts/staff.ts', ['add', shop.people.staff, '--role', 'owner']),
  ]);
  return { ...shop.people, billedElsewhere: await firstWithoutToken(sandbox, shop.people.billedElsewhere) };
}

async function seedTokens(sandbox: ReturnType<typeof createSandboxControl>, shop: DemoShop): Promise<void> {
  const { tokens } = await sandbox.state();
  const known = new Set(tokens.map((token) => token.payment_token));
  for (const { email, name, paymentToken, skus } of shop.tokens) {
    if (!known.has(paymentToken)) await sandbox.seedToken({ email, name, payment_token: paymentToken, skus });
  }
}

async function firstWithoutToken(
  sandbox: ReturnType<typeof createSandboxControl>,
  emails: readonly string[],
): Promise<string> {
  const { tokens } = await sandbox.state();
  const known = new Set(tokens.map((token) => token.customer_email));
  const found = emails.find((email) => !known.has(email));
  if (found === undefined)
    throw new ProgramFailure('Everybody in the demo shop has moved. Remove .data to begin anew.');
  return found;
}

function writeWhole(file: string, text: string): void {
  mkdirSync(DATA_FOLDER, { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
