import { openRuntime } from '@/lib/context';
import { readEnv } from '@/lib/env';
import { runWorker } from '@/lib/jobs/worker';

/** A worker whose settings are complete and whose database is up to date: nothing but its loop, which is what dies. */
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
const runtime = openRuntime(readEnv(process.env));
await runWorker(runtime, stopping.signal);
await runtime.close();
