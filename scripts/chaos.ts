import { parseArgs } from 'node:util';
import type { TakeOvers } from './chaos-figures';
import { runChaos } from './chaos-run';

/**
 * `npm run chaos`: kills workers with SIGKILL and stops PostgreSQL at once, again and again, during renewals, and compares
 * the sandbox's ledger with our tables afterwards. `-- --kills N --crashes M --json`. Status 1 where a promise is broken.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    crashes: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const report = await runChaos({ kills: count('kills'), crashes: count('crashes') }, (line) => {
  if (!values.json) console.error(line);
});
const { brokenInvariants, inFlight, takenUp, ...figures } = report;
if (values.json) {
  console.log(JSON.stringify({ ...figures, in_flight: inFlight, taken_up: takenUp }));
} else {
  const { kills, crashes, renewals, seconds, captured_twice, lost, resends } = figures;
  console.log(`${kills} workers killed and ${crashes} stops of PostgreSQL during ${renewals} renewals, ${seconds} s`);
  console.log(`  captured twice  ${captured_twice}`);
  console.log(`  lost            ${lost}`);
  console.log(`  sent again      ${resends}, where ${inFlight} charges were in flight when somebody was killed`);
  console.log(`  taken up again  ${inWords(takenUp.running)} after the lease of a dead worker`);
  if (takenUp.stopped.count > 0)
    console.log(
      `                  ${inWords(takenUp.stopped)} after PostgreSQL was back, where it was stopped at that time`,
    );
  if (figures.left > 0)
    console.log(`  ended by itself ${figures.left} workers when PostgreSQL was stopped, and were started again`);
  for (const broken of brokenInvariants) console.log(`  broken: ${broken}`);
}
if (figures.captured_twice > 0 || figures.lost > 0 || brokenInvariants.length > 0 || figures.resends > inFlight) {
  process.exitCode = 1;
}

function inWords({ count, median, p99, longest }: TakeOvers): string {
  return `${count} charges, median ${median} s, p99 ${p99} s, at the latest ${longest} s`;
}

function count(name: 'kills' | 'crashes'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`--${name} must be a whole number.`);
  process.exit(1);
}
