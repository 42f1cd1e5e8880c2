import { openRuntime } from '@/lib/context';
import { type Remaining, runOnce, runWorker } from '@/lib/jobs/worker';
import { withRuntime } from './runtime';

const isOnce = process.argv.includes('--once');

/** `npm run worker`: the tick loop. `-- --once` does what is due now, prints what remains and when, and ends. */
await withRuntime(async (env) => {
  const runtime = openRuntime(env, isOnce ? { logLevel: 'warn' } : {});
  try {
    if (isOnce) printRemaining(await runOnce(runtime));
    else await runWorker(runtime, stopSignal());
  } finally {
    await runtime.close();
  }
});

// The frame leaves a signal that has a listener of its own to it, so that the tick in hand is finished.
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopping.abort());
  return stopping.signal;
}

function printRemaining(remaining: Remaining[]): void {
  if (remaining.length === 0) console.log('Nothing waits.');
  for (const { queue, waiting, nextAt } of remaining) {
    console.log(`${queue}: ${waiting} waiting, the first is due at ${nextAt?.toISOString() ?? 'no time'}`);
  }
}
