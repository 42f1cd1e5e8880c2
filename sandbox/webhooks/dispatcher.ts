import type { SandboxClock } from '../clock';
import { newUuid, uuidOf } from '../ids';
import type { Delivery, EmittedEvent } from '../records';
import type { Schedule } from '../schedule';
import type { Store } from '../store';
import type { Switches } from '../switches';
import { takeAttemptFault, takeDeliveryFault } from './delivery-faults';
import { type Endpoint, endpointId } from './endpoints';
import { nextAttemptAt } from './schedule';
import { sendOnce } from './send';

const MAX_IN_FLIGHT = 32;

/** `hold` keeps an event back until it is released, `drop` writes it down and never delivers it. */
export type EmitMode = 'send' | 'hold' | 'drop';

/** Emits events and brings them to every endpoint, again and again, until one of the two gives up (section 7.3). */
export class WebhookDispatcher {
  readonly #store: Store;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #schedule: Schedule;
  readonly #held = new Set<string>();
  readonly #inFlight = new Map<string, Promise<void>>();
  /** Deliveries that are due and wait for one of the others to end. */
  readonly #queue = new Map<string, () => void>();
  readonly #closing = new AbortController();
  #endpoints: readonly Endpoint[];

  constructor(parts: {
    store: Store;
    clock: SandboxClock;
    switches: Switches;
    schedule: Schedule;
    endpoints: readonly Endpoint[];
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#switches = parts.switches;
    this.#schedule = parts.schedule;
    this.#endpoints = parts.endpoints;
    parts.schedule.on('deliveries.attempt', (id) => this.#whenDue(id));
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  setEndpoints(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
  }

  /** Writes an event into the ledger, with one delivery for each endpoint. */
  emit(type: EmittedEvent['event_type'], data: Record<string, unknown>, mode: EmitMode = 'send'): EmittedEvent {
    const event = this.#store.events.put({ id: newUuid(), event_type: type, data, at: this.#clock.nowIso() });
    if (mode === 'hold') this.#held.add(event.id);
    for (const endpoint of this.#endpoints) this.#plan(event, endpoint, mode);
    return event;
  }

  /** Lets events go that were held back. */
  release(eventIds: readonly string[]): void {
    for (const id of eventIds) {
      if (!this.#held.delete(id)) continue;
      // Written again, they are in the schedule again.
      for (const delivery of this.#store.deliveries.find('event', id)) {
        if (delivery.status === 'pending') this.#store.deliveries.put(delivery);
      }
    }
    this.#schedule.catchUp();
  }

  /** Resolves once the attempts of this event that are under way have ended. */
  async attemptsOf(eventId: string): Promise<void> {
    this.#schedule.catchUp();
    const deliveries = this.#store.deliveries.find('event', eventId);
    await Promise.all(deliveries.map((delivery) => this.#inFlight.get(delivery.id)));
  }

  /** Sends a delivery once more, whatever became of it. */
  resend(delivery: Delivery): void {
    this.#store.deliveries.put({ ...delivery, status: 'pending', copies: 1, next_attempt_at: this.#clock.nowIso() });
    this.#schedule.catchUp();
  }

  /** Whether nothing is under way, due or held back. */
  get idle(): boolean {
    return this.#inFlight.size === 0 && this.#queue.size === 0 && this.#held.size === 0;
  }

  /** Forgets what is held and planned; attempts under way end by themselves. Part of a reset. */
  forget(): void {
    this.#held.clear();
    this.#queue.clear();
  }

  /** Ends everything; resolves once no attempt is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#inFlight.values());
  }

  #plan(event: EmittedEvent, endpoint: Endpoint, mode: EmitMode): void {
    const fault = takeDeliveryFault(this.#store, event.event_type);
    const dropped = mode === 'drop' || fault?.fault === 'drop';
    const delayMs = fault?.fault === 'delay' ? fault.delay_seconds * 1000 : 0;
    this.#store.deliveries.put({
      id: uuidOf('delivery', endpointId(endpoint), event.id),
      event_id: event.id,
      event_type: event.event_type,
      endpoint_id: endpointId(endpoint),
      url: endpoint.url,
      status: dropped ? 'dropped' : 'pending',
      attempts: 0,
      copies: fault?.fault === 'duplicate' ? fault.copies : 1,
      next_attempt_at: dropped ? null : new Date(this.#clock.now().getTime() + delayMs).toISOString(),
      created_at: event.at,
    });
  }

  #whenDue(id: string): Promise<void> | undefined {
    const delivery = this.#store.deliveries.get(id);
    // A reset, a drop or a close came first, or `release` brings it back.
    if (delivery?.status !== 'pending' || this.#closing.signal.aborted) return undefined;
    if (this.#held.has(delivery.event_id)) return undefined;
    const running = this.#inFlight.get(id);
    if (running !== undefined) return running.then(() => this.#whenDue(id));
    if (this.#inFlight.size < MAX_IN_FLIGHT) return this.#start(delivery);
    return new Promise((resolve) => {
      this.#queue.set(id, () => resolve(this.#whenDue(id)));
    });
  }

  #start(delivery: Delivery): Promise<void> {
    const attempt = this.#attempt(delivery).finally(() => {
      this.#inFlight.delete(delivery.id);
      const [next] = this.#queue;
      if (next === undefined) return;
      this.#queue.delete(next[0]);
      next[1]();
    });
    this.#inFlight.set(delivery.id, attempt);
    return attempt;
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const endpoint = this.#endpoints.find((candidate) => endpointId(candidate) === delivery.endpoint_id);
    const event = this.#store.events.get(delivery.event_id);
    if (endpoint === undefined || event === undefined) {
      this.#store.deliveries.put({ ...delivery, status: 'failed', next_attempt_at: null });
      return;
    }
    const number = delivery.attempts + 1;
    // Not the instant at which it was due: after an outage each attempt still carries a fresh timestamp.
    const at = this.#clock.present();
    const lost = takeAttemptFault(this.#store, event.event_type) !== null;
    this.#store.flush();
    const outcomes = await Promise.all(
      Array.from({ length: delivery.copies }, () =>
        sendOnce({ delivery, event, endpoint, at, lost, closing: this.#closing.signal }),
      ),
    );
    // A reset may have forgotten the delivery, and a closing sandbox leaves it to the next start.
    if (this.#closing.signal.aborted || this.#store.deliveries.get(delivery.id) === undefined) return;
    for (const outcome of outcomes) {
      this.#store.attempts.put({ id: newUuid(), delivery_id: delivery.id, number, at: at.toISOString(), ...outcome });
    }
    this.#settle(
      delivery,
      number,
      at,
      outcomes.some((outcome) => this.#counts(outcome.status)),
    );
  }

  #counts(status: number | null): boolean {
    if (status === null) return false;
    return this.#switches.values.webhookSuccess204Only ? status === 204 : status >= 200 && status < 300;
  }

  #settle(delivery: Delivery, attempts: number, at: Date, delivered: boolean): void {
    const { retryScheduleScale } = this.#switches.values;
    const now = this.#store.deliveries.get(delivery.id);
    // Sent again or dropped by hand while this attempt was under way: that stands.
    if (now !== undefined && (now.status !== 'pending' || now.next_attempt_at !== delivery.next_attempt_at)) {
      this.#store.deliveries.put({ ...now, attempts });
      return;
    }
    const next = delivered ? null : nextAttemptAt(new Date(delivery.created_at), attempts, at, retryScheduleScale);
    this.#store.deliveries.put({
      ...delivery,
      attempts,
      status: delivered ? 'delivered' : next === null ? 'failed' : 'pending',
      next_attempt_at: next?.toISOString() ?? null,
    });
  }
}
