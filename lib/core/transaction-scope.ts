import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<true>();

/** Runs a function as the inside of a database transaction: nothing in it may call over the network. */
export function insideTransaction<T>(run: () => Promise<T>): Promise<T> {
  return scope.run(true, run);
}

/** Throws when called inside a transaction: a lock must never be held across the wire (reliability.md invariant 8). */
export function assertOutsideTransaction(what: string): void {
  if (scope.getStore() === true) throw new Error(`${what} was called inside a database transaction.`);
}
