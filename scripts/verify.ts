import { TOOLS, tryProgram } from './processes';
import { Progress } from './progress';
import { type CheckResult, checkSources } from './static-checks';
import { Teardown } from './teardown';

/** `npm run verify`: format, lint, types and pure tests. Needs no database and less than half a minute. */
const teardown = new Teardown();
const progress = new Progress();
const words = (results: CheckResult[]) => `Checked ${results.map((result) => result.name).join(', ')}`;
const results = await progress.step('format, lint and types', words, () => checkSources(teardown.signal));
const failed = results.filter((result) => result.problems !== '');
for (const { name, problems } of failed) progress.line(`\n${name} failed:\n${problems}\n`);
const tests = await tryProgram(
  { name: 'pure tests', file: TOOLS.vitest, args: ['run', '--project', 'pure'] },
  { output: 'inherit', signal: teardown.signal },
);
process.exitCode = failed.length === 0 && tests.code === 0 ? 0 : 1;
