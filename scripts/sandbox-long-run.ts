import { parseArgs } from 'node:util';
import { runLong } from './long-run';

/**
 * `npm run sandbox:long-run`: a thousand subscribers for two years through the client, under seeded faults; prints the
 * invariants and the trace. `-- --subscribers N --months M --seed S --json`. Status 1 where a promise is broken.
 */
const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '1000' },
    months: { type: 'string', default: '24' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const size = { subscribers: count('subscribers'), months: count('months'), seed: count('seed') };
const report = await runLong(size, (month) => {
  if (process.stderr.isTTY)
    process.stderr.write(month < size.months ? `\rmonth ${month} of ${size.months}` : '\r\x1b[K');
});
if (values.json) {
  console.log(JSON.stringify(report));
} else {
  console.log(
    `${report.captured} charges captured in ${report.calls} calls and ${report.seconds} s; ${report.told_by_webhook} told by webhook, ${report.found_by_asking} found by asking`,
  );
  for (const [outcome, times] of Object.entries(report.outcomes).sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(times).padStart(7)}  ${outcome}`);
  }
  console.log('Broken promises');
  for (const [name, times] of Object.entries(report.invariants)) console.log(`  ${String(times).padStart(7)}  ${name}`);
  console.log(`seed ${report.seed}, trace ${report.trace}`);
}
if (report.violations > 0 || report.captured !== size.subscribers * size.months) process.exitCode = 1;

function count(name: 'subscribers' | 'months' | 'seed'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  console.error(`--${name} must be a whole number of at least 1.`);
  process.exit(1);
}
