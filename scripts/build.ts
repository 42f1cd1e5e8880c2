import { buildApp } from './app-build';
import { ProgramFailure } from './processes';

/** `npm run build`: the production build of the web app. */
try {
  const outcome = await buildApp({ output: 'inherit' });
  if (outcome === 'unchanged') console.log('The web app is built already, and its sources are the same.');
} catch (error) {
  if (!(error instanceof ProgramFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
