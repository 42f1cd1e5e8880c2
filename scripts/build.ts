import { buildApp } from './app-build';
import { runCommand } from './teardown';

/** `npm run build`: the production build of the web app. */
await runCommand(async ({ signal }) => {
  const outcome = await buildApp({ output: 'inherit', signal });
  if (outcome === 'unchanged') console.log('The web app is built already, and its sources are the same.');
});
