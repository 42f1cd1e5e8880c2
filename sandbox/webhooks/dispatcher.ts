import type { SandboxClock } from '../clock';
import { newUuid, uuidOf } from '../ids';
import type { Delivery, DeliveryAttempt, EmittedEvent } from '../records';
import type { Schedule } from '../schedule';
import type { Store } from '../store';
import type { Switches } from '../switches';
import { AttemptQueue } from './attempt-queue';
import { type Heading, planAttempt, planDelivery } from './delivery-faults';
import { EndpointBook } from './endpoint-book';
import { type Endpoint, endpointId } from './endpoints';
import { type WebhookRequest, writeRequest } from './request';
import { nextAttemptAt } from './schedule';
import { loseOnce, type Outcome, sendOnce } from './send';
import { subjectOf } from './subject';

/** `hold` keeps an event back until it is released, `drop` writes it down and never delivers it. */
export type EmitMode = 'send' | 'hold' | 'drop';

/** Emits events and brings them to every endpoint, again and again, until one of the two gives up (section 7.3). */
export class WebhookDispatcher {
  readonly #store: Store;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #schedule: Schedule;
  readonly #held = new Set<string>();
  readonly #queue = new AttemptQueue();
  readonly #closing = new AbortController();
  readonly book: EndpointBook;
  /** Of the state that an attempt belongs to: a reset or a snapshot begins another. */
  #generation = 0;

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
    this.book = new EndpointBook(parts.store, parts.endpoints);
    parts.schedule.on('deliveries.attempt', (id) => this.#whenDue(id));
  }

  get endpoints(): readonly Endpoint[] {
    return this.book.all;
  }

  /** Writes an event into the ledger, with one delivery for each endpoint. */
  emit(type: string, data: Record<string, unknown>, mode: EmitMode = 'send'): EmittedEvent {
    const event = this.#store.events.put({
      id: newUuid(),
      event_type: type,
      data,
      ...subjectOf(this.#store, data),
      at: this.#clock.nowIso(),
    });
    if (mode === 'hold') this.#held.add(event.id);
    this.endpoints.forEach((endpoint, position) => {
      this.#plan({ event, endpoint, position }, mode);
    });
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

  /** Lets everything go that is held back until an answer or a redirect is out: a move of the clock goes past that moment. */
  releaseAll(): void {
    this.release([...this.#held]);
  }

  /** Resolves once the attempts of this event that are under way have ended. */
  async attemptsOf(eventId: string): Promise<void> {
    this.#schedule.catchUp();
    const deliveries = this.#store.deliveries.find('event', eventId);
    await Promise.all(deliveries.map((delivery) => this.#queue.ended(delivery.id)));
  }

  /** Resolves once every attempt that is due or under way now has ended. */
  async allAttempts(): Promise<void> {
    this.#schedule.catchUp();
    await this.#queue.allEnded();
  }

  /** Sends a delivery now, whatever became of it; one that is held is released. */
  sendNow(delivery: Delivery): void {
    this.#store.deliveries.put({
      ...delivery,
      status: 'pending',
      copies: delivery.status === 'pending' || delivery.status === 'held' ? delivery.copies : 1,
      waits_for_next: false,
      next_attempt_at: this.#clock.present().toISOString(),
    });
    this.#schedule.catchUp();
  }

  /** Keeps a delivery back until it is sent by hand. */
  hold(delivery: Delivery): void {
    this.#store.deliveries.put({ ...delivery, status: 'held', next_attempt_at: null });
  }

  /** Takes a delivery back for good, unless it is sent by hand. */
  drop(delivery: Delivery): void {
    this.#store.deliveries.put({ ...delivery, status: 'dropped', next_attempt_at: null });
  }

  /** Sends a request of the ledger again, with the same bytes, timestamp and signature. */
  async replay(attempt: DeliveryAttempt, delivery: Delivery): Promise<DeliveryAttempt> {
    const at = this.#clock.present().toISOString();
    const outcome = await this.#send(delivery.url, attempt.request);
    const { delivery_id, number } = attempt;
    return this.#store.attempts.put({ id: newUuid(), delivery_id, number, at, fault: 'replay', ...outcome });
  }

  /** Whether nothing is under way, due or held back. */
  get idle(): boolean {
    return this.#queue.isEmpty && this.#held.size === 0;
  }

  /** Forgets what is held and planned; attempts under way end by themselves. Part of a reset. */
  forget(): void {
    this.#generation += 1;
    this.#held.clear();
  }

  /** Ends everything; resolves once no attempt is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue.allEnded();
  }

  #plan(heading: Heading, mode: EmitMode): void {
    const { event, endpoint } = heading;
    const plan = planDelivery(this.#store, heading);
    const status = mode === 'drop' ? 'dropped' : plan.status;
    const dueMs = this.#clock.now().getTime() + plan.delaySeconds * 1000;
    this.#store.deliveries.put({
      id: uuidOf('delivery', endpointId(endpoint), event.id),
      event_id: event.id,
      event_type: event.event_type,
      endpoint_id: endpointId(endpoint),
      url: endpoint.url,
      status,
      attempts: 0,
      copies: plan.copies,
      waits_for_next: plan.waitsForNext,
      fault: plan.fault,
      next_attempt_at: status === 'pending' ? new Date(dueMs).toISOString() : null,
      created_at: event.at,
    });
  }

  #whenDue(id: string): Promise<void> | undefined {
    const delivery = this.#store.deliveries.get(id);
    // A reset, a drop or a close came first, or `release` brings it back.
    if (delivery?.status !== 'pending' || this.#closing.signal.aborted) return undefined;
    if (this.#held.has(delivery.event_id)) return undefined;
    const before = this.#queue.ended(id);
    if (before !== undefined) return before.then(() => this.#whenDue(id));
    const generation = this.#generation;
    return this.#queue.run(id, delivery.endpoint_id, () => this.#attempt(id, generation));
  }

  async #attempt(id: string, generation: number): Promise<void> {
    const delivery = this.#store.deliveries.get(id);
    // It may have waited for its turn, and been taken back.
    if (delivery?.status !== 'pending' || this.#isOver(generation)) return;
    const position = this.endpoints.findIndex((candidate) => endpointId(candidate) === delivery.endpoint_id);
    const endpoint = this.endpoints[position];
    const event = this.#store.events.get(delivery.event_id);
    if (endpoint === undefined || event === undefined) {
      this.#store.deliveries.put({ ...delivery, status: 'failed', next_attempt_at: null });
      return;
    }
    const number = delivery.attempts + 1;
    // Not the instant at which it was due: after an outage each attempt still carries a fresh timestamp.
    const at = this.#clock.present();
    const fault = planAttempt(this.#store, { event, endpoint, position }, number);
    const switches = this.#switches.values;
    const request = writeRequest({ delivery, event, endpoint, at, fault, switches });
    this.#store.flush();
    const outcomes =
      fault?.kind === 'fail'
        ? [loseOnce(request)]
        : await Promise.all(Array.from({ length: delivery.copies }, () => this.#send(endpoint.url, request)));
    // A reset has forgotten the delivery, and a closing sandbox leaves it to the next start.
    if (this.#isOver(generation)) return;
    for (const outcome of outcomes) {
      this.#store.attempts.put({
        id: newUuid(),
        delivery_id: delivery.id,
        number,
        at: at.toISOString(),
        fault: fault?.kind ?? null,
        ...outcome,
      });
    }
    const delivered = outcomes.some((outcome) => this.#counts(outcome.status));
    this.#settle(delivery, number, at, delivered);
    this.#letOvertaken(delivery);
  }

  #send(url: string, request: WebhookRequest): Promise<Outcome> {
    return sendOnce(url, request, { timeoutMs: this.#switches.values.webhookTimeoutMs, closing: this.#closing.signal });
  }

  #isOver(generation: number): boolean {
    return this.#closing.signal.aborted || this.#generation !== generation;
  }

  /** After an attempt, those that waited to be overtaken by it are due. */
  #letOvertaken(delivery: Delivery): void {
    for (const waiting of this.#store.deliveries.find('overtaken', delivery.endpoint_id)) {
      if (waiting.id !== delivery.id && waiting.created_at <= delivery.created_at) this.sendNow(waiting);
    }
  }

  #counts(status: number | null): boolean {
    if (status === null) return false;
    return this.#switches.values.webhookSuccess204Only ? status === 204 : status >= 200 && status < 300;
  }

  #settle(delivery: Delivery, attempts: number, at: Date, delivered: boolean): void {
    const { retryScheduleScale } = this.#switches.values;
    const now = this.#store.deliveries.get(delivery.id);
    // Sent again, held or dropped by hand while this attempt was under way: that stands, unless it has arrived.
    const isChanged = now?.status !== 'pending' || now.next_attempt_at !== delivery.next_attempt_at;
    if (now !== undefined && isChanged && (!delivered || now.status === 'pending')) {
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
