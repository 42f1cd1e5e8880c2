import { once } from 'node:events';
import { createServer } from 'node:http';
import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { createSandboxControl, type SandboxControl } from './control-client';
import { DEFAULT_OPTIONS, type SandboxOptions } from './options';
import { startSandbox } from './server';

/** What an endpoint was sent. */
export interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A merchant's webhook endpoint, which writes down what it gets and answers what it is told to. */
export interface Receiver {
  url: string;
  received: Received[];
  /** The status of the next answers; 204 at first. */
  status: number;
  /** The body of the next answers; none at first. */
  answer: string;
  /** How long the next answers take. */
  delayMs: number;
  close(): void;
}

/** Starts an endpoint on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    receiver.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    if (receiver.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, receiver.delayMs));
    response.writeHead(receiver.status).end(receiver.answer);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}/webhooks`,
    received: [],
    status: 204,
    answer: '',
    delayMs: 0,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}

/** What a call of the API came back with; `body` is null where there was none. */
export interface ApiResult {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A sandbox of one test, with the hands that the test needs. */
export interface TestSandbox {
  url: string;
  smtpPort: number;
  control: SandboxControl;
  get(path: string): Promise<ApiResult>;
  post(path: string, body?: unknown): Promise<ApiResult>;
  close(): Promise<void>;
}

/** Starts a sandbox on free ports that keeps nothing and, if not told otherwise, tells nobody. Charges are captured at once. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, data: 'memory', webhookUrls: [], ...options });
  const control = createSandboxControl(sandbox.url);
  await control.setSwitches({ captureDelayMs: 0 });
  const call = async (method: string, path: string, body?: unknown): Promise<ApiResult> => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: { [API_KEY_HEADER]: DEFAULT_OPTIONS.apiKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    url: sandbox.url,
    smtpPort: sandbox.smtpPort,
    control,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    close: () => sandbox.close(),
  };
}

/** A good body of create payment token. */
export function aTokenBody(changes: Record<string, unknown> = {}) {
  return {
    customer_email: 'Ada@Example.com',
    customer_name: 'Ada Park',
    order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
    success_url: 'https://shop.example/done',
    failure_url: 'https://shop.example/stopped',
    idempotency_key: 'key-1',
    metadata: 'prq_1',
    ...changes,
  };
}

/** A good body of an unattended charge of $48.30 (section 6, worked example 2). */
export function aRenewalBody(changes: Record<string, unknown> = {}) {
  return {
    total_amount: 4830,
    amount_details: { total_additional_charges: 830, total_discounts: -900 },
    order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
    customer_email: 'ada@example.com',
    customer_name: 'Ada Park',
    success_url: 'https://shop.example/done?session={{payment_session_id}}',
    failure_url: 'https://shop.example/stopped',
    idempotency_key: 'renewal-1',
    metadata: 'att_1',
    payment_token: 'pt_ada',
    ...changes,
  };
}

/** The body of aRenewalBody without some of its fields. */
export function without<T extends Record<string, unknown>>(body: T, ...names: (keyof T)[]): Partial<T> {
  const rest: Partial<T> = { ...body };
  for (const name of names) delete rest[name];
  return rest;
}
