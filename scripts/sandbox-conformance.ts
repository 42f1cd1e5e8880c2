import { parseArgs } from 'node:util';
import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { CHECKS } from '@/sandbox/conformance/checks';
import {
  type Conformance,
  openSandboxTarget,
  openTruemedTarget,
  runConformance,
  type Target,
} from '@/sandbox/conformance/run';

/**
 * `npm run sandbox:conformance`: every fact of the documents with the check that shows it, and every assumption. Status 1
 * where a fact is missing. `-- --json` prints counts. Against Truemed's own, where the variables point there, only what
 * reads is run, and with `--writes` what leaves sessions and requests behind that nobody pays; nothing charges.
 */
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, writes: { type: 'boolean', default: false } },
});
const target = await openTarget();
try {
  const found = await runConformance(target, progress());
  if (values.json) console.log(JSON.stringify(summaryOf(found)));
  else print(found);
  if (summaryOf(found).missing > 0) process.exitCode = 1;
} finally {
  await target.close();
}

async function openTarget(): Promise<Target> {
  const { TRUEMED_API_URL: url, TRUEMED_API_KEY: key } = process.env;
  if (!url || !key) return openSandboxTarget();
  const origin = url.replace(/\/$/, '');
  // A sandbox that is running is somebody's: its state stays as it is, and it can tell nothing of Truemed.
  if (await isSandbox(origin)) return openSandboxTarget();
  if (!values.json)
    console.log(
      `Against ${origin}, ${values.writes ? 'reading and writing' : 'reading'} only; ${API_KEY_HEADER} as it is set.\n`,
    );
  return openTruemedTarget({ url: origin, key, allowed: values.writes ? ['reads', 'writes'] : ['reads'] });
}

async function isSandbox(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/__sandbox/clock`, { signal: AbortSignal.timeout(10_000) });
    return response.ok && (response.headers.get('content-type') ?? '').includes('json');
  } catch (error) {
    throw new Error(`${origin} does not answer.`, { cause: error });
  }
}

function summaryOf({ rows, assumptions }: Conformance) {
  const rowsWith = (state: string) => rows.filter((row) => row.state === state).length;
  const assumed = (state: string) => assumptions.filter((row) => row.state === state).length;
  return {
    shown: rowsWith('shown'),
    missing: rowsWith('missing'),
    assumptions: { confirmed: assumed('confirmed'), refuted: assumed('refuted'), unknown: assumed('unknown') },
  };
}

/** A line that counts the checks, where a person looks on. */
function progress(): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (!process.stderr.isTTY) return;
    process.stderr.write(done < CHECKS.length ? `\r${done} of ${CHECKS.length} checks` : '\r\x1b[K');
  };
}

function print(found: Conformance): void {
  const words = { shown: '✓', missing: '✗', not_run: '·' } as const;
  let subject = '';
  for (const { fact, checks, state } of found.rows) {
    if (fact.subject !== subject) console.log(`\n${fact.subject}  (${fact.source})`);
    subject = fact.subject;
    const shownBy = checks.map(({ title }) => title);
    const more = shownBy.length > 1 ? ` (and ${shownBy.length - 1} more)` : '';
    console.log(`  ${words[state]} ${fact.kind.padEnd(7)} ${fact.name.padEnd(28)}  ${shownBy[0] ?? 'NO CHECK'}${more}`);
  }
  console.log('\nAssumptions: what the documents leave open');
  for (const { assumption, state } of found.assumptions) {
    const switched = assumption.switchName === null ? '' : `  [${assumption.switchName}]`;
    console.log(`  ${state.padEnd(9)}  section ${assumption.section.padEnd(6)}  ${assumption.text}${switched}`);
  }
  const failures = [...found.outcomes].flatMap(([{ title }, outcome]) =>
    outcome.kind === 'failed' ? [`  ✗ ${title}\n      ${outcome.why}`] : [],
  );
  if (failures.length > 0) console.log(`\nChecks that failed\n${failures.join('\n')}`);
  const { shown, missing, assumptions } = summaryOf(found);
  const notRun = found.rows.length - shown - missing;
  console.log(
    `\n${shown} facts shown, ${missing} missing${notRun > 0 ? `, ${notRun} not run here` : ''}; assumptions: ${assumptions.confirmed} confirmed, ${assumptions.refuted} refuted, ${assumptions.unknown} unknown.`,
  );
}
