/** Where a fault of reliability.md section 4 is shown: in every run of the simulator, or by a suite of its own. */
export interface FaultPlace {
  what: string;
  /** Injected here; null where one process on a virtual clock cannot have it. */
  simulated: string | null;
  /** Tests that show it by itself. */
  suites: readonly string[];
}

const PROVIDER = "the sandbox's chaos";
const WIRE = 'network.ts';

/** Faults F1 to F38. */
export const FAULT_PLACES: Readonly<Record<string, FaultPlace>> = {
  F1: { what: 'response lost after the charge', simulated: WIRE, suites: ['tests/renewal.db.test.ts'] },
  F2: { what: 'request lost', simulated: WIRE, suites: ['tests/truemed-client.test.ts'] },
  F3: { what: 'deadline of a call', simulated: WIRE, suites: ['tests/truemed-client.test.ts'] },
  F4: { what: '500 and ServerError', simulated: PROVIDER, suites: ['tests/renewal.db.test.ts'] },
  F5: { what: '500 that a key keeps', simulated: PROVIDER, suites: ['tests/janitor.db.test.ts'] },
  F6: { what: 'key forgotten by the provider', simulated: 'agenda.ts', suites: ['tests/janitor.db.test.ts'] },
  F7: { what: 'IdempotencyViolation', simulated: PROVIDER, suites: ['tests/renewal.db.test.ts'] },
  F8: { what: '422 that asks the customer', simulated: 'agenda.ts', suites: ['tests/renewal-repair.db.test.ts'] },
  F9: {
    what: 'redirect to a foreign place',
    simulated: PROVIDER,
    suites: ['lib/truemed/redirect.test.ts', 'tests/renewal-repair.db.test.ts'],
  },
  F10: { what: 'token deleted', simulated: 'agenda.ts', suites: ['tests/token-life.db.test.ts'] },
  F11: { what: 'SessionPending', simulated: 'agenda.ts', suites: ['tests/recovery.db.test.ts'] },
  F12: { what: '429', simulated: PROVIDER, suites: ['tests/renewal.db.test.ts'] },
  F13: { what: 'bodies that are malformed', simulated: PROVIDER, suites: ['tests/renewal.db.test.ts'] },
  F14: { what: 'webhook many times', simulated: `attacks.ts, ${PROVIDER}`, suites: ['tests/webhooks.db.test.ts'] },
  F15: { what: 'webhook before the response', simulated: WIRE, suites: ['tests/renewal.db.test.ts'] },
  F16: { what: 'webhooks out of order', simulated: `agenda.ts, ${PROVIDER}`, suites: ['tests/renewal.db.test.ts'] },
  F17: { what: 'webhook never sent', simulated: PROVIDER, suites: ['tests/exactly-once.db.test.ts'] },
  F18: { what: 'webhook after days', simulated: PROVIDER, suites: ['tests/webhooks.db.test.ts'] },
  F19: { what: 'delivery replayed', simulated: 'attacks.ts', suites: ['tests/webhooks.db.test.ts'] },
  F20: { what: 'secret rotated', simulated: 'agenda.ts', suites: ['tests/webhooks.db.test.ts'] },
  F21: {
    what: 'body changed on its way',
    simulated: `attacks.ts, ${PROVIDER}`,
    suites: ['lib/truemed/signature.test.ts'],
  },
  F22: { what: 'body too large', simulated: PROVIDER, suites: ['lib/receiver/answer-delivery.db.test.ts'] },
  F23: { what: 'worker killed', simulated: 'database.ts, network.ts, mailer.ts', suites: ['scripts/chaos.ts'] },
  F24: { what: 'worker stands still', simulated: 'faults.ts', suites: ['tests/exactly-once.db.test.ts'] },
  F25: { what: 'several schedulers', simulated: 'run.ts', suites: ['tests/exactly-once.db.test.ts'] },
  F26: {
    what: 'scheduler off for days',
    simulated: 'agenda.ts',
    suites: ['tests/renewal.db.test.ts', 'tests/catch-up.db.test.ts'],
  },
  F27: { what: 'connection lost around a commit', simulated: 'database.ts', suites: ['tests/reconnect.db.test.ts'] },
  F28: { what: 'serialization failure', simulated: 'database.ts', suites: ['db/client.db.test.ts'] },
  F29: { what: 'disk full', simulated: null, suites: ['tests/disk-full.db.test.ts'] },
  F30: { what: 'long snapshot', simulated: null, suites: ['db/claims-pinned.db.test.ts', 'bench/due.ts'] },
  F31: {
    what: 'clocks that differ, hard days',
    simulated: 'run.ts, run-seed.ts',
    suites: ['lib/core/calendar.test.ts'],
  },
  F32: { what: 'price changed after the plan', simulated: 'people.ts', suites: ['tests/renewal.db.test.ts'] },
  F33: {
    what: 'cancelled while a charge is out',
    simulated: 'people.ts',
    suites: ['tests/schedule-collecting.db.test.ts'],
  },
  F34: {
    what: 'success page never, twice, by others',
    simulated: null,
    suites: ['tests/move.db.test.ts', 'e2e/move.spec.ts'],
  },
  F35: {
    what: 'messages to the frame',
    simulated: null,
    suites: ['app/account/hsa-fsa/[id]/_components/frame-message.test.ts', 'e2e/move.spec.ts'],
  },
  F36: { what: 'mail server down', simulated: 'agenda.ts', suites: ['lib/services/mail.db.test.ts'] },
  F37: { what: 'event that always fails', simulated: 'attacks.ts', suites: ['tests/webhooks.db.test.ts'] },
  F38: { what: 'webhook and look-up at once', simulated: WIRE, suites: ['tests/late-look-up.db.test.ts'] },
};

/** What the sandbox's names for its faults are in reliability.md. */
const PROVIDER_FAULTS: Readonly<Record<string, string>> = {
  ServerError: 'F4',
  '500': 'F4',
  sticky500: 'F5',
  IdempotencyViolation: 'F7',
  foreign_redirect: 'F9',
  http_redirect: 'F9',
  javascript_redirect: 'F9',
  '429': 'F12',
  malformed: 'F13',
  not_json: 'F13',
  extra_fields: 'F13',
  missing_fields: 'F13',
  original_timestamp: 'F18',
  wrong_signature: 'F21',
  corrupt: 'F21',
  reencode: 'F21',
  oversized: 'F22',
};

/** The fault of reliability.md that the sandbox wrote down for a call or an attempt at a delivery; null for none of them. */
export function faultOf(name: string | null): string | null {
  return name === null ? null : (PROVIDER_FAULTS[name] ?? null);
}

/** The table as a person reads it. */
export function describeFaults(): string {
  return Object.entries(FAULT_PLACES)
    .map(([name, { what, simulated, suites }]) => {
      const places = [...(simulated === null ? [] : [`simulator: ${simulated}`]), ...suites];
      return `${name.padEnd(4)}${what.padEnd(38)}${places.join('; ')}`;
    })
    .join('\n');
}
