import type { Chaos, ChaosInput } from './chaos';
import type {
  ApiFaultInput,
  CatalogReviewInput,
  ClockInput,
  DecisionInput,
  DisputeInput,
  EndpointsInput,
  QualificationReviewInput,
  ResetInput,
  ReviewInput,
  SeedTokenInput,
  SettleInput,
  TokenHealthInput,
} from './control/inputs';
import type { TablePage } from './control/tables';
import type { LedgerView, StateView } from './control/views';
import type { DeliveryFaultInput, DeliveryInput, FireInput, ReleaseInput, ReplayInput } from './control/webhook-inputs';
import type { MagicValue } from './magic-values';
import type {
  ApiFault,
  CatalogItem,
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
} from './records';
import type { Appointment } from './schedule';
import type { SnapshotView } from './snapshots';
import type { StorageView } from './store';
import type { SwitchValues } from './switches';

/** The sandbox's time and how it passes. */
export interface ClockView {
  now: string;
  mode: 'real' | 'accelerated' | 'manual';
  /** Of `accelerated`: how many times as fast as real time it is. */
  rate?: number;
}

/** What `createSandboxControl` gives. */
export type SandboxControl = ReturnType<typeof createSandboxControl>;

/**
 * A client of the control API of the sandbox at `url`. Every method throws with the sandbox's own message where it
 * refuses, and where it cannot be reached.
 */
export function createSandboxControl(url: string) {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/__sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    // Both ends are of one version and share their types.
    return JSON.parse(text) as T;
  };
  return {
    url,
    clock: () => call<ClockView>('GET', 'clock'),
    moveClock: (input: ClockInput) => call<ClockView>('POST', 'clock', input),
    /** Shorthand for the most common move. */
    advance: (advance: NonNullable<ClockInput['advance']>) => call<ClockView>('POST', 'clock', { advance }),
    /** What waits for the clock, soonest first. */
    schedule: () => call<Appointment[]>('GET', 'schedule'),
    reset: (input: ResetInput = {}) => call<ClockView>('POST', 'reset', input),
    /** Waits until every due delivery was tried and every accepted charge has its outcome. Throws when it takes too long. */
    settle: async (input: SettleInput = {}) => {
      const { idle } = await call<{ idle: boolean }>('POST', 'settle', input);
      if (!idle) throw new Error('The sandbox did not come to rest in time.');
    },
    snapshots: () => call<SnapshotView[]>('GET', 'snapshots'),
    /** Writes the whole state down under a name, in the place of an earlier one. */
    saveSnapshot: (name: string) => call<SnapshotView>('POST', 'snapshots', { name }),
    /** Puts a snapshot in the place of everything, the clock included. */
    restoreSnapshot: (name: string) => call<ClockView>('POST', 'snapshots/restore', { name }),
    removeSnapshot: (name: string) => call<SnapshotView[]>('POST', 'snapshots/remove', { name }),
    /** How many records each table has. */
    tables: () => call<Record<string, number>>('GET', 'tables'),
    /** A page of a table, newest first; `filters` beside `limit`, `after` and `order` are those of control/tables.ts. */
    table: <T = Record<string, unknown>>(name: string, filters: Record<string, string> = {}) =>
      call<TablePage & { rows: T[] }>('GET', `tables/${name}${query(filters)}`),
    state: (email?: string) => call<StateView>('GET', `state${query({ email })}`),
    ledger: () => call<LedgerView>('GET', 'ledger'),
    /** How much the sandbox keeps, and the memory of its process. */
    storage: () => call<StorageView & { memory_bytes: number }>('GET', 'storage'),
    review: (input: ReviewInput) => call<HostedRequest>('POST', 'review', input),
    reviewQualification: (input: QualificationReviewInput) =>
      call<QualificationSession>('POST', 'qualifications/review', input),
    reviewItem: (input: CatalogReviewInput) => call<CatalogItem>('POST', 'catalog/review', input),
    seedToken: (input: SeedTokenInput) => call<PaymentToken>('POST', 'tokens', input),
    setTokenHealth: (input: TokenHealthInput) => call<PaymentToken>('POST', 'tokens/health', input),
    disputeSession: (input: DisputeInput) => call<DisputeStep>('POST', 'sessions/dispute', input),
    decideSession: (input: DecisionInput) => call<PaymentSession>('POST', 'sessions/decision', input),
    faults: () => call<ApiFault[]>('GET', 'faults'),
    addFault: (input: ApiFaultInput) => call<ApiFault>('POST', 'faults', input),
    clearFaults: () => call<[]>('DELETE', 'faults'),
    deliveryFaults: () => call<DeliveryFault[]>('GET', 'delivery-faults'),
    addDeliveryFault: (input: DeliveryFaultInput) => call<DeliveryFault>('POST', 'delivery-faults', input),
    clearDeliveryFaults: () => call<[]>('DELETE', 'delivery-faults'),
    /** Sends deliveries now, whatever became of them. */
    resend: (input: DeliveryInput) => call<{ resent: number }>('POST', 'deliveries/resend', input),
    hold: (input: DeliveryInput) => call<{ held: number }>('POST', 'deliveries/hold', input),
    drop: (input: DeliveryInput) => call<{ dropped: number }>('POST', 'deliveries/drop', input),
    /** Sends deliveries one after the other in this order. */
    release: (deliveryIds: ReleaseInput['delivery_ids']) =>
      call<Delivery[]>('POST', 'deliveries/release', { delivery_ids: deliveryIds }),
    /** Sends an earlier attempt again, byte for byte. */
    replay: (input: ReplayInput) => call<DeliveryAttempt>('POST', 'attempts/replay', input),
    /** Emits an event by hand. */
    fire: (input: FireInput) => call<EmittedEvent>('POST', 'events', input),
    chaos: () => call<{ chaos: Chaos | null }>('GET', 'chaos'),
    setChaos: (chaos: ChaosInput) => call<{ chaos: Chaos | null }>('PUT', 'chaos', chaos),
    clearChaos: () => call<{ chaos: null }>('DELETE', 'chaos'),
    magicValues: () => call<{ emails: MagicValue[]; cards: MagicValue[] }>('GET', 'magic-values'),
    switches: () => call<SwitchValues>('GET', 'switches'),
    setSwitches: (input: Partial<SwitchValues>) => call<SwitchValues>('PATCH', 'switches', input),
    endpoints: () => call<EndpointsInput>('GET', 'endpoints'),
    setEndpoints: (endpoints: EndpointsInput['endpoints']) => call<EndpointsInput>('PUT', 'endpoints', { endpoints }),
    /** Messages to an address, or all of them, newest first. */
    mail: (to?: string) => call<Mail[]>('GET', `mail${query({ to })}`),
    clearMail: () => call<[]>('DELETE', 'mail'),
  };
}

function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
