import { tryProgram } from './processes';
import { prepareRuntime } from './runtime';
import { webProgram } from './stack';
import { runCommand } from './teardown';

/** `npm start`: the production web server on PORT, after `npm run build`. */
await runCommand(async (teardown) => {
  const runtime = await prepareRuntime();
  teardown.add(runtime.stop);
  const web = webProgram('start', Number(process.env.PORT || 3000), {});
  const { code } = await tryProgram(web, { output: 'inherit', signal: teardown.signal });
  process.exitCode = code;
});
