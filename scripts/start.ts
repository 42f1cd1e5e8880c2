import { tryProgram } from './processes';
import { withRuntime } from './runtime';
import { webProgram } from './stack';

/** `npm start`: the production web server on PORT, after `npm run build`. */
await withRuntime(async () => {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  const web = webProgram('start', Number(process.env.PORT || 3000), {});
  process.exitCode = (await tryProgram(web, { output: 'inherit', signal: stopping.signal })).code;
});
