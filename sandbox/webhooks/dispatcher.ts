import type { SandboxClock } from '../clock';
import { newUuid, uuidOf } from '../ids';
import type { Delivery, EmittedEvent } from '../records';
import type { Store } from '../store';
import type { Switches } from '../switches';
import { takeAttemptFault, takeDeliveryFault } from './delivery-faults';
import { type Endpoint, endpointId } from './endpoints';
import { nextAttemptAt } from './schedule';
import { sendOnce } from './send';

const MAX_IN_FLIGHT = 32;
/** Timers cannot wait longer than this; an earlier wake-up finds nothing to do and sleeps again. */
const LONGEST_SLEEP_MS = 86_400_000;

/** `hold` keeps an event back until it is released, `drop` writes it down and never delivers it. */
export type EmitMode = 'send' | 'hold' | 'drop';

/** Emits events and brings them to every endpoint, again and again, until one of the two gives up (section 7.3). */
export class WebhookDispatcher {
  readonly #store: Store;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #held = new Set<string>();
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #endpoints: readonly Endpoint[];
  #alarm: NodeJS.Timeout | undefined;

  constructor(parts: { store: Store; clock: SandboxClock; switches: Switches; endpoints: readonly Endpoint[] }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#switches = parts.switches;
    this.#endpoints = parts.endpoints;
    parts.clock.onMove(() => this.pump());
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
    for (const endpoint of this.#endpoints) this.#plan(event, endpoint, mode);
    if (mode === 'send') this.pump();
    return event;
  }

  /** Lets events go that were held back. */
  release(eventIds: readonly string[]): void {
    for (const id of eventIds) this.#held.delete(id);
    this.pump();
  }

  /** Resolves once the attempts of this event that are under way have ended. */
  async attemptsOf(eventId: string): Promise<void> {
    const deliveries = this.#store.deliveries.find('event', eventId);
    await Promise.all(deliveries.map((delivery) => this.#inFlight.get(delivery.id)));
  }

  /** Sends a delivery once more, whatever became of it. */
  resend(delivery: Delivery): void {
    this.#store.deliveries.put({ ...delivery, status: 'pending', copies: 1, next_attempt_at: this.#clock.nowIso() });
    this.pump();
  }

  /** Starts every attempt that is due, and sets an alarm for the next one. */
  pump(): void {
    clearTimeout(this.#alarm);
    if (this.#closing.signal.aborted) return;
    const now = this.#clock.nowIso();
    let earliest = '';
    for (const delivery of this.#waiting()) {
      const due = delivery.next_attempt_at;
      if (due === null || this.#inFlight.has(delivery.id)) continue;
      if (due > now) earliest = earliest === '' || due < earliest ? due : earliest;
      else if (this.#inFlight.size < MAX_IN_FLIGHT) this.#start(delivery);
    }
    if (earliest !== '' && this.#clock.state.mode === 'real') this.#sleepUntil(earliest);
  }

  /** Whether nothing is under way, due or held back. */
  get idle(): boolean {
    if (this.#inFlight.size > 0 || this.#held.size > 0) return false;
    const now = this.#clock.nowIso();
    return this.#waiting().every((delivery) => delivery.next_attempt_at === null || delivery.next_attempt_at > now);
  }

  /** Forgets what is held and planned; attempts under way end by themselves. Part of a reset. */
  forget(): void {
    this.#held.clear();
    clearTimeout(this.#alarm);
  }

  /** Ends everything; resolves once no attempt is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#alarm);
    await Promise.all(this.#inFlight.values());
  }

  #waiting(): Delivery[] {
    return this.#store.deliveries.find('status', 'pending').filter((delivery) => !this.#held.has(delivery.event_id));
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
    if (mode === 'hold') this.#held.add(event.id);
  }

  #start(delivery: Delivery): void {
    const attempt = this.#attempt(delivery).finally(() => {
      this.#inFlight.delete(delivery.id);
      this.pump();
    });
    this.#inFlight.set(delivery.id, attempt);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const endpoint = this.#endpoints.find((candidate) => endpointId(candidate) === delivery.endpoint_id);
    const event = this.#store.events.get(delivery.event_id);
    if (endpoint === undefined || event === undefined) {
      this.#store.deliveries.put({ ...delivery, status: 'failed', next_attempt_at: null });
      return;
    }
    const number = delivery.attempts + 1;
    const lost = takeAttemptFault(this.#store, event.event_type) !== null;
    const at = this.#clock.now();
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
      outcomes.some((outcome) => this.#counts(outcome.status)),
    );
  }

  #counts(status: number | null): boolean {
    if (status === null) return false;
    return this.#switches.values.webhookSuccess204Only ? status === 204 : status >= 200 && status < 300;
  }

  #settle(delivery: Delivery, attempts: number, delivered: boolean): void {
    const { retryScheduleScale } = this.#switches.values;
    const next = delivered
      ? null
      : nextAttemptAt(new Date(delivery.created_at), attempts, this.#clock.now(), retryScheduleScale);
    this.#store.deliveries.put({
      ...delivery,
      attempts,
      status: delivered ? 'delivered' : next === null ? 'failed' : 'pending',
      next_attempt_at: next?.toISOString() ?? null,
    });
  }

  #sleepUntil(instant: string): void {
    const ms = Math.max(1, new Date(instant).getTime() - this.#clock.now().getTime());
    this.#alarm = setTimeout(() => this.pump(), Math.min(ms, LONGEST_SLEEP_MS));
  }
}
