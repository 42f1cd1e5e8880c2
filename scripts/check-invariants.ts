import { contextFor, openRuntime } from '@/lib/context';
import type { Env } from '@/lib/env';
import { checkInvariants, type InvariantResult } from '@/lib/views/check-invariants';
import { Ledger } from '@/lib/views/ledger-invariants';
import { withRuntime } from './runtime';

/** `npm run check:invariants`: one line each, `--json` for one object; status 1 if any count is not 0. */
await withRuntime(async (env) => {
  const runtime = openRuntime(env, { logLevel: 'warn', poolSize: 2 });
  try {
    const ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
    const invariants = await checkInvariants(ctx, env.appEnv === 'live' ? null : () => readLedger(env));
    const broken = invariants.filter(({ violations }) => violations !== null && violations > 0).length;
    if (process.argv.includes('--json')) console.log(JSON.stringify({ broken, invariants }));
    else print(invariants, broken);
    if (broken > 0) process.exitCode = 1;
  } finally {
    await runtime.close();
  }
});

/** The sandbox's ledger; null where the provider is not one, or does not answer. */
async function readLedger(env: Env): Promise<Ledger | null> {
  try {
    const response = await fetch(`${env.truemed.apiUrl}/__sandbox/ledger`, { signal: AbortSignal.timeout(30_000) });
    return response.ok ? Ledger.parse(await response.json()) : null;
  } catch (error) {
    console.error(`The provider's ledger could not be read (${error instanceof Error ? error.message : 'no error'}).`);
    return null;
  }
}

function print(invariants: InvariantResult[], broken: number): void {
  const width = Math.max(...invariants.map(({ title }) => title.length));
  for (const { number, title, violations, checkedAgainst, shownBy } of invariants) {
    const none = shownBy === undefined ? 'not checked' : `shown by tests: ${shownBy.join('; ')}`;
    const count = violations === null ? none : String(violations);
    const against = checkedAgainst === 'tables and ledger' ? '   with the ledger' : '';
    console.log(`${String(number).padStart(2)}  ${title.padEnd(width)}  ${count}${against}`);
  }
  console.log(broken === 0 ? 'Every invariant that was checked holds.' : `${broken} invariants do not hold.`);
}
