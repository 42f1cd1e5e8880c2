import { TOOLS, tryProgram } from './processes';
import { Progress } from './progress';
import { checkSources } from './static-checks';
import { runCommand } from './teardown';

/** `npm run verify`: format, lint, types and pure tests. Needs no database and less than half a minute. */
await runCommand(async ({ signal }) => {
  const progress = new Progress();
  const results = await progress.step('format, lint, types', 'Checked: format, lint, types', () =>
    checkSources(signal),
  );
  const failed = results.filter((result) => result.problems !== '');
  for (const { name, problems } of failed) progress.line(`\n✗ ${name}\n${problems}\n`);
  const pureTests = { name: 'pure tests', file: TOOLS.vitest, args: ['run', '--project', 'pure'] };
  const { code } = await tryProgram(pureTests, { output: 'inherit', signal });
  process.exitCode = failed.length === 0 && code === 0 ? 0 : 1;
});
