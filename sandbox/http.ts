import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest body that anything here takes. */
export const MAX_BODY_BYTES = 1_048_576;

/** A request whose body has arrived. */
export interface HttpRequest {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  /** Null where it was larger than `MAX_BODY_BYTES`. */
  body: Buffer | null;
}

/** What is sent back, or that the socket is destroyed. `afterSent` runs once the answer is out, or could not be. */
export type Reply = { afterSent?: () => void } & (
  | {
      kind: 'send';
      status: number;
      headers: Record<string, string>;
      body: string | Buffer;
      /** Sends the body byte by byte over so many real milliseconds. */
      dripMs?: number;
    }
  | { kind: 'reset' }
);

/** Reads a whole request; a body that is too large is read to its end and thrown away, so that the answer arrives. */
export async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  return {
    method: incoming.method ?? 'GET',
    url: addressOf(incoming.url ?? '/'),
    headers: incoming.headers,
    body: await readBody(incoming),
  };
}

/** What a request line asks for, as a path of ours: two slashes begin no other host. A whole URL is what proxies send. */
function addressOf(target: string): URL {
  if (target.startsWith('/')) return new URL(`http://sandbox${target}`);
  return URL.canParse(target) ? new URL(target) : new URL(`http://sandbox/${target}`);
}

function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    incoming.on('end', () => resolve(size > MAX_BODY_BYTES ? null : whole(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete) reject(new Error('The client went away before its request was whole.'));
    });
  });
}

function whole(chunks: Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** Sends a reply, and runs what it wants done after that. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  // A client that went away while its answer was held back has closed already.
  if (response.destroyed) reply.afterSent?.();
  else if (reply.afterSent !== undefined) response.once('close', reply.afterSent);
  if (reply.kind === 'reset') {
    response.destroy();
    return;
  }
  // With its length known, an answer leaves in one piece.
  const length = reply.body === '' ? {} : { 'content-length': Buffer.byteLength(reply.body) };
  response.writeHead(reply.status, { 'cache-control': 'no-store', ...length, ...reply.headers });
  if (reply.dripMs === undefined) response.end(reply.body);
  else drip(response, Buffer.from(reply.body), reply.dripMs);
}

/** A client that goes away ends it. */
function drip(response: ServerResponse, body: Buffer, ms: number): void {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(
    () => {
      const due = ms === 0 ? body.length : Math.floor(((performance.now() - start) / ms) * body.length);
      while (sent < Math.min(due, body.length)) response.write(body.subarray(sent, ++sent));
      if (sent >= body.length) response.end();
    },
    Math.max(1, ms / Math.max(1, body.length)),
  );
  response.once('close', () => clearInterval(timer));
}

/** A JSON answer; no body where there is none (204). */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply & { kind: 'send' } {
  if (body === undefined) return { kind: 'send', status, headers, body: '' };
  return {
    kind: 'send',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** The error envelope of section 1.1, which the sandbox's own addresses use too. */
export function errorReply(
  status: number,
  error: string,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  return json(status, { error, message }, headers);
}

/** Sends a browser elsewhere by GET, to an address that may have been written by anybody. */
export function seeOther(address: string): Reply {
  return { kind: 'send', status: 303, headers: { location: asHeader(address) }, body: '' };
}

/** An address in the signs that a header may have; browsers read line breaks out of an address too. */
function asHeader(address: string): string {
  // Out of bytes, half a sign comes back as the one that stands for what cannot be read.
  const readable = Buffer.from(address.trim().replace(/[\t\r\n]/g, '')).toString('utf8');
  return readable.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

/** More than any order needs, and little enough for whatever walks through a body. */
const MOST_LEVELS = 100;

/** Reads an object out of a body; null for anything else, and for one of too many levels. An empty body is an empty object. */
export function readJsonObject(body: Buffer): Record<string, unknown> | null {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) && !isDeeper(value, MOST_LEVELS) ? value : null;
  } catch {
    return null;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  // What was read from JSON has no fields but its own.
  for (const name in value) if (isDeeper(value[name as keyof typeof value], levels - 1)) return true;
  return false;
}

/** Whether a value read from JSON is an object with fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
