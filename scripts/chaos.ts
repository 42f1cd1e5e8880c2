import { parseArgs } from 'node:util';
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
const { kills, crashes, renewals, captured_twice, lost, resends, seconds } = report.figures;
if (values.json) {
  console.log(JSON.stringify(report.figures));
} else {
  console.log(`${kills} workers killed and ${crashes} stops of PostgreSQL during ${renewals} renewals, ${seconds} s`);
  console.log(`  captured twice  ${captured_twice}`);
  console.log(`  lost            ${lost}`);
  console.log(`  sent again      ${resends}, where ${report.inFlight} charges were in flight when somebody was killed`);
  console.log(`  taken up again  ${report.recoverySeconds} s after the lease of a dead worker, at the latest`);
  for (const broken of report.brokenInvariants) console.log(`  broken: ${broken}`);
}
if (captured_twice > 0 || lost > 0 || report.brokenInvariants.length > 0 || resends > report.inFlight) {
  process.exitCode = 1;
}

function count(name: 'kills' | 'crashes'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`--${name} must be a whole number.`);
  process.exit(1);
}
