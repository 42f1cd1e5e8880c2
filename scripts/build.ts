import { buildApp } from './app-build';

/** `npm run build`: the production build of the web app. */
await buildApp({ output: 'inherit' });
