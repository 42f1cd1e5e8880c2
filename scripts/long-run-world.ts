import { once } from 'node:events';
import { createServer } from 'node:http';
import { openTruemed, type TruemedClient } from '@/lib/truemed/client';
import { SessionEventData, WebhookEnvelope } from '@/lib/truemed/schemas';
import { SIGNATURE_HEADER, verifySignature } from '@/lib/truemed/signature';
import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import { DEFAULT_OPTIONS } from '@/sandbox/options';
import type { CallSeen, Charge, Delivery, EmittedEvent } from '@/sandbox/records';
import { startSandbox } from '@/sandbox/server';
import type { LongRunSize } from './long-run';
import { amountOf, type ChargeRequest, emailOf, referenceOf, tokenOf } from './long-run-charge';

/** A merchant and a sandbox in one process: the client, and what webhooks have told of each session. */
export interface LongRunWorld {
  url: string;
  client: TruemedClient;
  control: SandboxControl;
  /** The last status that a verified webhook told of a session; captured is never left. */
  told: Map<string, string>;
  checkInvariants(requests: readonly ChargeRequest[]): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** Every run begins here, so that letters and cards end in the same months. */
const BEGINNING = '2030-01-15T13:00:00.000Z';
const PAGE = '1000';

/** Starts a sandbox with a token for each subscriber, and with chaos by the seed. */
export async function openLongRunWorld({ subscribers, seed }: LongRunSize): Promise<LongRunWorld> {
  const told = new Map<string, string>();
  const receiver = await startEndpoint(told);
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, data: 'memory', webhookUrls: [receiver.url] });
  const control = createSandboxControl(sandbox.url);
  await control.setSwitches({ captureDelayMs: 0 });
  await control.moveClock({ mode: 'manual' });
  await control.moveClock({ to: BEGINNING });
  for (let subscriber = 0; subscriber < subscribers; subscriber += 1) {
    await control.seedToken({
      email: emailOf(subscriber),
      name: 'Ada Park',
      payment_token: tokenOf(subscriber),
      // One in ten has a card that ends within the first year.
      card_expires: subscriber % 10 === 3 ? `2030-${String((subscriber % 9) + 2).padStart(2, '0')}` : '2059-12',
    });
  }
  await control.setChaos({
    seed,
    calls: {
      ServerError: 0.02,
      '500': 0.02,
      '429': 0.01,
      reset_before: 0.02,
      reset_after: 0.03,
      malformed: 0.01,
      not_json: 0.01,
      missing_fields: 0.01,
      extra_fields: 0.02,
      foreign_redirect: 0.02,
      javascript_redirect: 0.01,
    },
    deliveries: { drop: 0.05, duplicate: 0.05, delay: 0.05, fail: 0.02, wrong_signature: 0.02, corrupt: 0.02 },
  });
  return {
    url: sandbox.url,
    client: openTruemed({ apiUrl: sandbox.url, apiKey: DEFAULT_OPTIONS.apiKey }),
    control,
    told,
    checkInvariants: (requests) => checkInvariants(control, told, requests),
    async close() {
      await sandbox.close();
      receiver.close();
    },
  };
}

/** An endpoint that takes what is signed, whatever its age, and refuses the rest. */
async function startEndpoint(told: Map<string, string>) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const header = String(request.headers[SIGNATURE_HEADER] ?? '');
    const verdict = verifySignature(header, body, [DEFAULT_OPTIONS.signingSecret], new Date(BEGINNING));
    if (!verdict.ok && (verdict.reason === 'malformed' || verdict.reason === 'no_match')) {
      response.writeHead(401).end();
      return;
    }
    const { event_type, data } = WebhookEnvelope.parse(JSON.parse(body.toString('utf8')));
    if (event_type === 'payment_session.updated') {
      const { payment_id, status } = SessionEventData.parse(data);
      const id = payment_id ?? '';
      if (told.get(id) !== 'captured') told.set(id, status);
    }
    response.writeHead(204).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Compares the ledger with what the merchant believes; each promise with how often it is broken. */
async function checkInvariants(
  control: SandboxControl,
  told: ReadonlyMap<string, string>,
  requests: readonly ChargeRequest[],
): Promise<Record<string, number>> {
  const charges = await readAll<Charge>(control, 'charges');
  const calls = await readAll<CallSeen>(control, 'calls');
  const events = await readAll<EmittedEvent>(control, 'events');
  const deliveries = await readAll<Delivery>(control, 'deliveries');
  const perReference = new Map<string, number>();
  for (const { metadata } of charges) perReference.set(metadata ?? '', (perReference.get(metadata ?? '') ?? 0) + 1);
  const chargeOf = new Map(charges.map((charge) => [charge.session_id, charge]));
  const capturedSessions = new Set(chargeOf.keys());
  return {
    'captured twice': [...perReference.values()].filter((count) => count > 1).length,
    'period without a charge': requests.filter((request) => !perReference.has(referenceOf(request))).length,
    'charge without a period':
      charges.length - requests.filter(({ sessionId }) => capturedSessions.has(sessionId)).length,
    'charge with another amount': requests.filter(
      (request) => (chargeOf.get(request.sessionId)?.amount ?? 0) !== amountOf(request) + 230,
    ).length,
    'told of money that was not taken': [...told].filter(
      ([id, status]) => status === 'captured' && !capturedSessions.has(id),
    ).length,
    'key with two bodies': calls.filter(({ error }) => error === 'IdempotencyViolation').length,
    'delivery id used twice': deliveries.length - new Set(deliveries.map(({ id }) => id)).size,
    'event without its delivery': events.length - new Set(deliveries.map(({ event_id }) => event_id)).size,
    'period whose outcome is not known': requests.filter(({ sessionId }) => sessionId === '').length,
  };
}

async function readAll<T>(control: SandboxControl, table: string): Promise<T[]> {
  const rows: T[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: { rows: T[]; next: string | null } = await control.table<T>(table, {
      limit: PAGE,
      order: 'oldest',
      ...(after === '' ? {} : { after }),
    });
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}
