import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../store';
import { type Endpoint, StoredEndpoints } from './endpoints';

/** Who is told of events: the endpoints of the set-up, unless the control API has set others. */
export class EndpointBook {
  readonly #store: Store;
  readonly #configured: readonly Endpoint[];
  #endpoints: readonly Endpoint[];

  constructor(store: Store, configured: readonly Endpoint[]) {
    this.#store = store;
    this.#configured = configured;
    this.#endpoints = this.#stored();
  }

  get all(): readonly Endpoint[] {
    return this.#endpoints;
  }

  set(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
    this.keep();
  }

  /** Writes the endpoints down, unless they are those of the set-up: part of a reset, which leaves them as they are. */
  keep(): void {
    const configured = this.#configured;
    if (this.#endpoints === configured) return;
    this.#store.settings.put({ name: 'endpoints', value: { configured, endpoints: this.#endpoints } });
  }

  /** Takes the endpoints that the store has now: part of restoring a snapshot. */
  reload(): void {
    this.#endpoints = this.#stored();
  }

  #stored(): readonly Endpoint[] {
    const stored = StoredEndpoints.safeParse(this.#store.settings.get('endpoints')?.value);
    // A start with another set-up means the new one.
    const isOfThisSetUp = stored.success && isDeepStrictEqual(stored.data.configured, this.#configured);
    return isOfThisSetUp ? stored.data.endpoints : this.#configured;
  }
}
