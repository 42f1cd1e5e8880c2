import { migrateDatabase } from '@/db/migrate';
import { withRuntime } from './runtime';

/** `npm run db:migrate`: brings DATABASE_URL, or the embedded database, up to date. */
await withRuntime(async (env) => {
  // Outside `live` this has happened already, as before every command.
  for (const name of await migrateDatabase(env.databaseUrl)) console.log(`Applied the migration ${name}.`);
  console.log('The database is up to date.');
});
