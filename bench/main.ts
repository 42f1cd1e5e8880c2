import { arch, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import { benchClient } from './client';
import { benchDue } from './due';
import { benchInvariants } from './invariants';
import type { Report } from './pairs';
import { benchRenewals } from './renewals';
import { benchSandbox } from './sandbox';
import { benchWebhook } from './webhook';

/** `npm run bench [-- NAME] [--json]`: each benchmark prints ratios taken in one run; `client --only history,settings` measures those pages. */
const BENCHMARKS: Record<
  string,
  (options: { only: readonly string[] }) => Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>>
> = {
  webhook: benchWebhook,
  renewals: benchRenewals,
  due: benchDue,
  sandbox: benchSandbox,
  client: benchClient,
  invariants: benchInvariants,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const unknown = positionals.filter((name) => BENCHMARKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There is: ${Object.keys(BENCHMARKS).join(', ')}.`);
  process.exit(1);
}
const machine: Report['machine'] = {
  cpus: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  node: process.version,
  platform: `${platform()} ${arch()}`,
};
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
  const measured = await BENCHMARKS[name]?.({ only: values.only?.split(',') ?? [] });
  if (measured === undefined) continue;
  const report: Report = { name, ...measured, machine };
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
}

function print(report: Report): void {
  console.log(report.name);
  for (const [name, ratio] of Object.entries(report.ratios)) console.log(`  ${name}  ${inWords(ratio)}`);
  for (const [name, figures] of Object.entries(report.raw))
    console.log(`  ${name} per second: ${figures.map(Math.round).join(', ')}`);
  for (const note of report.notes ?? []) console.log(`  ${note}`);
  console.log(`  ${machine.cpus} x ${machine.model}, ${machine.platform}, Node ${machine.node}`);
}

function inWords(ratio: Report['ratios'][string]): string {
  if (ratio === null) return 'not measured';
  if (typeof ratio === 'number') return String(ratio);
  return Object.entries(ratio)
    .map(([name, figure]) => `${name} ${figure}`)
    .join(', ');
}
