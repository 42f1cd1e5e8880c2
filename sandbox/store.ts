import { FileJournal, type Journal, MEMORY_JOURNAL } from './journal';
import type {
  ApiFault,
  CallSeen,
  CatalogItem,
  Charge,
  Delivery,
  DeliveryAttempt,
  DeliveryFault,
  DisputeStep,
  EmittedEvent,
  HostedRequest,
  Mail,
  PaymentSession,
  PaymentToken,
  QualificationSession,
  Refund,
  Setting,
  StoredAnswer,
  Turn,
} from './records';
import type { Schedule } from './schedule';
import { Table } from './table';

/** Everything that the sandbox knows. `charges`, `refunds`, `disputes`, `events`, `attempts` and `calls` are its ledger. */
export interface Store extends ReturnType<typeof makeTables> {
  /** The same tables by their names, for what does not care which one it is. */
  readonly tables: Readonly<Record<string, AnyTable>>;
  /** Gives every change so far to the operating system: whoever answers for one calls this first. */
  flush(): void;
  /** How much there is: records by table, and bytes of the journal, those among them that later lines made void. */
  measure(): StorageView;
  /** Forgets everything, in memory and in the journal. */
  clear(): void;
  close(): void;
}

/** A table of whatever records. */
export type AnyTable = Pick<Table<unknown>, 'size' | 'get' | 'keyOf' | 'oldestFirst' | 'newestFirst' | 'restore'>;

/** How much the sandbox keeps. */
export interface StorageView {
  records: Record<string, number>;
  journal_bytes: number;
  wasted_bytes: number;
}

/** What was read of an earlier run, before the ports are known to be free; `open` starts to write. */
export interface LoadedStore {
  open(): Store;
}

/**
 * Reads the journal of a folder, or nothing for `memory`; what waits for a moment is written into the schedule. Throws
 * where the journal cannot be read.
 */
export function loadStore(data: string, schedule: Schedule): LoadedStore {
  const file = data === 'memory' ? null : new FileJournal(data);
  const journal: Journal = file ?? MEMORY_JOURNAL;
  const tables = makeTables(journal, schedule);
  const byName: Record<string, Pick<Table<unknown>, 'replay'> | undefined> = tables;
  file?.replay((table, entry) => byName[table]?.replay(entry));
  return {
    open() {
      file?.open();
      return storeOf(tables, journal, schedule);
    },
  };
}

function storeOf(tables: ReturnType<typeof makeTables>, journal: Journal, schedule: Schedule): Store {
  return {
    ...tables,
    tables,
    flush: () => journal.flush(),
    measure: () => ({
      records: Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.size])),
      journal_bytes: journal.size,
      wasted_bytes: journal.wasted,
    }),
    clear() {
      journal.truncate();
      schedule.clear();
      for (const table of Object.values(tables)) table.clear();
    },
    close: () => journal.close(),
  };
}

function makeTables(journal: Journal, schedule: Schedule) {
  const appendOnly = true;
  return {
    tokens: new Table<PaymentToken, 'email' | 'owner' | 'live'>({
      name: 'tokens',
      journal,
      keyOf: (token) => token.payment_token,
      indexes: {
        email: (token) => (token.health === 'deleted' ? null : token.customer_email),
        owner: (token) => token.customer_email,
        live: (token) => (token.health === 'deleted' ? null : 'yes'),
      },
    }),
    requests: new Table<HostedRequest, 'verifying' | 'token'>({
      name: 'requests',
      journal,
      keyOf: (request) => request.id,
      indexes: {
        verifying: (request) => (request.status === 'verifying' ? request.customer_email : null),
        token: (request) => request.payment_token,
      },
      timers: {
        schedule,
        due: { review: (request) => (request.status === 'verifying' ? (request.review_ends_at ?? null) : null) },
      },
    }),
    sessions: new Table<PaymentSession, 'settling' | 'unfinished'>({
      name: 'sessions',
      journal,
      keyOf: (session) => session.id,
      indexes: {
        settling: (session) => (session.settles_as === null ? null : 'yes'),
        // By the token that comes out of a first checkout.
        unfinished: ({ tokenize, status, payment_token }) =>
          tokenize && (status === 'pending' || status === 'processing') ? payment_token : null,
      },
      timers: {
        schedule,
        due: {
          settle: (session) => (session.settles_as === null ? null : (session.settles_at ?? null)),
          hold: (session) => (session.status === 'processing' ? (session.hold_expires_at ?? null) : null),
        },
      },
    }),
    qualifications: new Table<QualificationSession, 'user'>({
      name: 'qualifications',
      journal,
      keyOf: (session) => session.id,
      indexes: { user: (session) => session.user_id },
      timers: {
        schedule,
        due: { review: (session) => (session.status === 'processing' ? session.review_ends_at : null) },
      },
    }),
    catalog: new Table<CatalogItem>({
      name: 'catalog',
      journal,
      keyOf: (item) => item.sku,
      timers: { schedule, due: { review: (item) => item.review_ends_at } },
    }),
    answers: new Table<StoredAnswer>({
      name: 'answers',
      journal,
      keyOf: (answer) => answer.scope,
      leadingKey: 'scope',
    }),
    charges: new Table<Charge>({
      name: 'charges',
      journal,
      keyOf: (charge) => charge.id,
      leadingKey: 'id',
      appendOnly,
    }),
    refunds: new Table<Refund, 'session'>({
      name: 'refunds',
      journal,
      keyOf: (refund) => refund.refund_id,
      indexes: { session: (refund) => refund.session_id },
      appendOnly,
    }),
    disputes: new Table<DisputeStep, 'session'>({
      name: 'disputes',
      journal,
      keyOf: (step) => step.id,
      indexes: { session: (step) => step.session_id },
      appendOnly,
    }),
    events: new Table<EmittedEvent>({
      name: 'events',
      journal,
      keyOf: (event) => event.id,
      leadingKey: 'id',
      appendOnly,
    }),
    deliveries: new Table<Delivery, 'status' | 'event' | 'overtaken'>({
      name: 'deliveries',
      journal,
      keyOf: (delivery) => delivery.id,
      indexes: {
        status: (delivery) => delivery.status,
        event: (delivery) => delivery.event_id,
        overtaken: (delivery) =>
          delivery.waits_for_next && delivery.status === 'pending' ? delivery.endpoint_id : null,
      },
      timers: {
        schedule,
        due: { attempt: (delivery) => (delivery.status === 'pending' ? delivery.next_attempt_at : null) },
      },
    }),
    attempts: new Table<DeliveryAttempt, 'delivery'>({
      name: 'attempts',
      journal,
      keyOf: (attempt) => attempt.id,
      indexes: { delivery: (attempt) => attempt.delivery_id },
      appendOnly,
    }),
    calls: new Table<CallSeen>({ name: 'calls', journal, keyOf: (call) => call.id, leadingKey: 'id', appendOnly }),
    mails: new Table<Mail>({ name: 'mails', journal, keyOf: (mail) => mail.id }),
    apiFaults: new Table<ApiFault>({ name: 'apiFaults', journal, keyOf: (fault) => fault.id }),
    deliveryFaults: new Table<DeliveryFault>({ name: 'deliveryFaults', journal, keyOf: (fault) => fault.id }),
    turns: new Table<Turn>({ name: 'turns', journal, keyOf: (turn) => turn.name }),
    settings: new Table<Setting>({ name: 'settings', journal, keyOf: (setting) => setting.name }),
  };
}
