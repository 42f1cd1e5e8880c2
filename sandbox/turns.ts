import type { Store } from './store';

/** Counts how often something happened: 1 the first time, and so on; kept like everything else. */
export function takeTurn(store: Store, ...what: readonly string[]): number {
  const name = JSON.stringify(what);
  const count = (store.turns.get(name)?.count ?? 0) + 1;
  store.turns.put({ name, count });
  return count;
}
