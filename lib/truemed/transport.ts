import type { UnknownReason } from '@/lib/core/charge';
import { AppError } from '@/lib/core/errors';
import { assertOutsideTransaction } from '@/lib/core/transaction-scope';
import { ErrorReply } from './schemas';
import { API_KEY_HEADER } from './signature';

/** Where Truemed is, and the bounds of one call. */
export interface TruemedOptions {
  apiUrl: string;
  apiKey: string;
  /** An answer that takes longer is `unknown`; leases are longer than this. */
  timeoutMs?: number;
}

/** A call is given up after this long; the lease of an attempt outlives it. */
export const CALL_TIMEOUT_MS = 20_000;
const MAX_REPLY_BYTES = 1_000_000;
/** What Truemed says of an error is cut to this; its own sentences are shorter. */
const MAX_MESSAGE = 500;
const MAX_CODE = 100;
/** Texts that are shorter name nothing, and would tear holes into every message. */
const MIN_SECRET = 6;

/** What came back of one call: an HTTP answer whose body may be anything, or none. */
export type Reply = Answered | { kind: 'none'; reason: 'timeout' | 'network' };

/** An answer. `json` is undefined where the body was no JSON, or too large to be read. */
export interface Answered {
  kind: 'reply';
  status: number;
  json: unknown;
  retryAfterSeconds: number | null;
  /** What may not be repeated of this call: the key, and the token and metadata that were sent. */
  secrets: readonly string[];
}

/** Makes one call. `id` is what the path names, and is never repeated in a message. */
export type Call = (method: 'GET' | 'POST', path: Path, body?: Uint8Array) => Promise<Reply>;

/** A path that is ready to be called. */
export interface Path {
  text: string;
  id: string | null;
}

/** A path without an id. */
export function plain(path: string): Path {
  return { text: path, id: null };
}

/** A path with its id in the place of `{}`. Throws `AppError` for the two ids that would make another path of it. */
export function withId(path: string, id: string): Path {
  // These two survive the encoding.
  if (id === '.' || id === '..') throw new AppError('conflict', 'Truemed has no object with this id.');
  return { text: path.replace('{}', encodeURIComponent(id)), id };
}

/** A path with the query of those fields that have a value. Lists are joined by commas (sections 4.4 and 8). */
export function withQuery(path: string, fields: Readonly<Record<string, QueryValue>>): Path {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`${name}=${encodeURIComponent(String(value))}`],
  );
  return plain(given.length === 0 ? path : `${path}?${given.join('&')}`);
}

type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** Makes calls to one Truemed. It follows no redirect, and calls no other host than that of `apiUrl`. Nothing is logged. */
export function openTransport(options: TruemedOptions): Call {
  return async (method, path, body) => {
    assertOutsideTransaction('Truemed');
    try {
      const response = await fetch(`${options.apiUrl}${path.text}`, {
        method,
        headers: {
          [API_KEY_HEADER]: options.apiKey,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        redirect: 'manual',
        cache: 'no-store',
        signal: AbortSignal.timeout(options.timeoutMs ?? CALL_TIMEOUT_MS),
      });
      return {
        kind: 'reply',
        status: response.status,
        json: parse(await readCapped(response)),
        retryAfterSeconds: readRetryAfter(response.headers),
        secrets: response.status < 400 ? [] : secretsOf(options.apiKey, path, body),
      };
    } catch (error) {
      // fetch reports a broken connection as TypeError and our deadline as TimeoutError; anything else is a bug.
      if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'none', reason: 'timeout' };
      if (error instanceof TypeError) return { kind: 'none', reason: 'network' };
      throw error;
    }
  };
}

/** What no call may be decided by: no answer, a server's failure, a bad key, a limit (section 1.1). Null for everything else. */
export function unknownReason(reply: Reply): UnknownReason | null {
  if (reply.kind === 'none') return reply.reason;
  if (reply.status === 429) return 'rate_limited';
  if (reply.status === 401 || reply.status === 403) return 'unauthorized';
  // 501 is documented as final; every other 5xx may pass.
  if (reply.status >= 500 && reply.status !== 501) return 'server_error';
  // Most answers are good ones: they are not read as errors first.
  return isErrorReply(reply.json) && errorOf(reply).error === 'ServerError' ? 'server_error' : null;
}

function isErrorReply(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'error' in json;
}

/** The error of an answer in the envelope of section 1.1, without what may not be repeated; `HTTP 501` and the like without one. */
export function errorOf(reply: Answered): { error: string; message: string } {
  const parsed = ErrorReply.safeParse(reply.json);
  if (!parsed.success) return { error: `HTTP ${reply.status}`, message: '' };
  const clean = (text: string) => reply.secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return {
    error: clean(parsed.data.error).slice(0, MAX_CODE),
    message: clean(parsed.data.message).slice(0, MAX_MESSAGE),
  };
}

/** A 400 or 404 that is not in the provider's form was written by something in between, and decides nothing. */
export function isFromTruemed(reply: Answered): boolean {
  return (reply.status !== 400 && reply.status !== 404) || ErrorReply.safeParse(reply.json).success;
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_REPLY_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Seconds to wait, from the header's number, or from its date and that of the answer; null where it says nothing of use. */
function readRetryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(text.trim())
    ? Number(text)
    : (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

function secretsOf(apiKey: string, path: Path, body: Uint8Array | undefined): string[] {
  const sent = body === undefined ? null : parse(Buffer.from(body).toString());
  const fields = typeof sent === 'object' && sent !== null ? Object.entries(sent) : [];
  const texts = fields.flatMap(([name, value]) => (/^(payment_token|metadata)$/.test(name) ? [value] : []));
  return [apiKey, path.id, ...texts].filter((text) => typeof text === 'string' && text.length >= MIN_SECRET);
}
