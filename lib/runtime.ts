import { openRuntime, type Runtime } from '@/lib/context';
import { readEnv } from '@/lib/env';

// A reload in development loads this module again, and must find the pool that is open already.
const kept = globalThis as typeof globalThis & { perennialRuntime?: Runtime };

/**
 * The web process's runtime, opened on first use and kept until the process ends. For the edges only: services and views
 * are handed a Context. Throws `configuration` where a setting is wrong or missing.
 */
export function webRuntime(): Runtime {
  kept.perennialRuntime ??= openRuntime(readEnv(process.env));
  return kept.perennialRuntime;
}
