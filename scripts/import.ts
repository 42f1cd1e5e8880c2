import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { contextFor, openRuntime } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { describeProblem } from '@/lib/core/subscriber-csv';
import { REFUSAL_WORDS } from '@/lib/core/subscriber-refusal';
import { type ImportReport, importSubscribers } from '@/lib/services/import-subscribers';
import { withRuntime } from './runtime';

const USAGE = 'Usage: npm run import -- FILE.csv [--dry-run] [--json]';

interface Arguments {
  path: string;
  isDryRun: boolean;
  isJson: boolean;
}

/** `npm run import -- FILE.csv`: existing subscribers in. The report goes to stdout, all else to stderr. */
const given = readArguments();
await requireFile(given.path);
await withRuntime(async (env) => {
  const runtime = openRuntime(env, { poolSize: 1 });
  try {
    const outcome = await importSubscribers(await contextFor(runtime, { kind: 'system', name: 'import' }), {
      fileName: basename(given.path),
      bytes: createReadStream(given.path),
      isDryRun: given.isDryRun,
      onProgress: process.stderr.isTTY ? showProgress : undefined,
    });
    if (outcome.kind === 'unreadable') {
      throw new AppError('configuration', `${given.path} cannot be imported. ${describeProblem(outcome.problem)}`);
    }
    console.log(given.isJson ? JSON.stringify(asJson(outcome)) : asText(outcome, given.isDryRun));
  } finally {
    await runtime.close();
  }
});

function readArguments(): Arguments {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    });
    const [path, ...rest] = positionals;
    if (path !== undefined && rest.length === 0) return { path, isDryRun: values['dry-run'], isJson: values.json };
    console.error(USAGE);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
  process.exit(1);
}

async function requireFile(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? 'there is no such file' : error instanceof Error ? error.message : error;
    console.error(`${path} cannot be read: ${why}.\n${USAGE}`);
    process.exit(1);
  }
}

function showProgress(done: number, total: number): void {
  process.stderr.write(`\r${done} of ${total} subscriptions${done === total ? '\n' : ''}`);
}

/** The object that contract.md promises for `--json`. */
function asJson({ created, updated, unchanged, refused }: ImportReport) {
  return {
    created,
    updated,
    unchanged,
    refused: refused.map(({ line, subscriptionId, reason }) => ({ line, subscription_id: subscriptionId, reason })),
  };
}

function asText({ created, updated, unchanged, refused }: ImportReport, isDryRun: boolean): string {
  const lines = [
    isDryRun ? 'Dry run: nothing was written. An import would do this (subscriptions):' : 'Imported (subscriptions):',
    `  created    ${created}`,
    `  updated    ${updated}`,
    `  unchanged  ${unchanged}`,
    `  refused    ${refusedSubscriptions(refused)}`,
  ];
  if (refused.length > 0) lines.push('', `Refused rows (${refused.length}):`);
  for (const { line, subscriptionId, reason } of refused) {
    lines.push(`  line ${line}  ${subscriptionId || '(no id)'}  ${reason}: ${REFUSAL_WORDS[reason]}`);
  }
  return lines.join('\n');
}

// A row without an id stands for a subscription of its own.
function refusedSubscriptions(refused: ImportReport['refused']): number {
  return new Set(refused.map(({ line, subscriptionId }) => subscriptionId || line)).size;
}
