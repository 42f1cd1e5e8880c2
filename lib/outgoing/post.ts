import { lookup as lookUpName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { assertOutsideTransaction } from '@/lib/core/transaction-scope';
import { isPublicAddress } from './public-address';

/** What an endpoint of the merchant's answered: its status and the beginning of its body; or why there was no answer. */
export type PostAnswer =
  | { kind: 'answered'; status: number; excerpt: string }
  | { kind: 'no_answer'; reason: 'timeout' | 'refused_address' | 'network' };

/** Why an address may not be told of events. */
export type AddressRefusal = 'not_an_address' | 'https_needed' | 'not_public';

/** The way out to addresses that people have given us. */
export interface Outgoing {
  /** Whether events may be sent to an address, as far as its text says; null: they may. */
  refusalOf(url: string): AddressRefusal | null;
  /** Sends one POST, once. Never throws for what the other side does. */
  post(url: string, headers: Record<string, string>, body: string): Promise<PostAnswer>;
}

/** Standard Webhooks advises 15 to 30 seconds; from the first byte of the name's look-up to the last that is read. */
const ANSWER_WITHIN_MS = 15_000;
/** What is read of an answer before the connection is closed, and what is kept of it. */
const READ_BYTES = 2_048;
const KEPT_CHARACTERS = 300;

/**
 * Opens the way out. No redirect is followed, and no connection is kept. With `live` only https leads out, and only to
 * public addresses: the address that the connection is made to is the one that was checked (reliability.md S11).
 */
export function openOutgoing(options: { isLive: boolean; answerWithinMs?: number }): Outgoing {
  const { isLive, answerWithinMs = ANSWER_WITHIN_MS } = options;
  return {
    refusalOf: (url) => refusalOf(url, isLive),
    post: async (url, headers, body) => {
      assertOutsideTransaction('A POST of an event');
      if (refusalOf(url, isLive) !== null) return { kind: 'no_answer', reason: 'refused_address' };
      return send(new URL(url), headers, body, isLive, answerWithinMs);
    },
  };
}

function refusalOf(text: string, isLive: boolean): AddressRefusal | null {
  if (text.length > 2_000 || !URL.canParse(text)) return 'not_an_address';
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.hash !== '')
    return 'not_an_address';
  if (!isLive) return null;
  if (url.protocol !== 'https:') return 'https_needed';
  const host = hostOf(url);
  return isIP(host) !== 0 && !isPublicAddress(host) ? 'not_public' : null;
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');

class NotPublic extends Error {}

/** Looks a name up for a connection, and refuses it where any of its addresses is not public. */
const lookUpPublic: LookupFunction = (name, options, done) => {
  lookUpName(name, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null) done(error, '', 0);
    else if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      done(new NotPublic(), '', 0);
    else if (options.all === true) done(null, addresses);
    else done(null, first.address, first.family);
  });
};

function send(
  url: URL,
  headers: Record<string, string>,
  body: string,
  isLive: boolean,
  answerWithinMs: number,
): Promise<PostAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const deadline = AbortSignal.timeout(answerWithinMs);
  return new Promise((resolve) => {
    const call = request(url, {
      method: 'POST',
      agent: false,
      signal: deadline,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      ...(isLive ? { lookup: lookUpPublic } : {}),
    });
    let isAnswered = false;
    call.on('response', (response) => {
      isAnswered = true;
      readExcerpt(response, (excerpt) => resolve({ kind: 'answered', status: response.statusCode ?? 0, excerpt }));
    });
    call.on('error', (error) => {
      if (isAnswered) return;
      const reason =
        error instanceof NotPublic ? 'refused_address' : deadline.aborted ? ('timeout' as const) : ('network' as const);
      resolve({ kind: 'no_answer', reason });
    });
    // An answer that is none, such as the offer of another protocol, closes the connection without a word.
    call.on('close', () => {
      if (!isAnswered) resolve({ kind: 'no_answer', reason: 'network' });
    });
    call.end(body);
  });
}

// The status is the answer; a body that is too long, or breaks off, takes nothing from it.
function readExcerpt(response: IncomingMessage, done: (excerpt: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= READ_BYTES) response.destroy();
  });
  response.on('error', () => response.destroy());
  response.on('close', () => done(printable(Buffer.concat(chunks).toString('utf8', 0, READ_BYTES))));
}

const printable = (text: string) =>
  text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .trim()
    .slice(0, KEPT_CHARACTERS);
