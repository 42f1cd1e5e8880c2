import type { IncomingMessage } from 'node:http';

/** The raw bytes of a request, or why they were not taken. */
export type BodyRead =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'too_large' }
  | { kind: 'incomplete'; error: unknown };

/** What a body may take: bytes, and milliseconds until its last one is there. */
export interface BodyLimits {
  maxBytes: number;
  timeoutMs: number;
}

/**
 * Reads the body of a request of Node's server, under the same limits: a body that breaks one is no longer listened to, and
 * the connection is for whoever answers to close.
 */
export function readIncoming(incoming: IncomingMessage, limits: BodyLimits): Promise<BodyRead> {
  if (Number(incoming.headers['content-length']) > limits.maxBytes) return Promise.resolve({ kind: 'too_large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (read: BodyRead) => {
      clearTimeout(timer);
      incoming.off('data', take).off('end', whole).off('close', left);
      if (read.kind !== 'bytes') incoming.pause();
      resolve(read);
    };
    const take = (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > limits.maxBytes) end({ kind: 'too_large' });
      else chunks.push(chunk);
    };
    const whole = () => end({ kind: 'bytes', bytes: Buffer.concat(chunks) });
    const left = () => end({ kind: 'incomplete', error: new Error('The sender left before the end of the body.') });
    const late = () => end({ kind: 'incomplete', error: new Error(`No end of the body in ${limits.timeoutMs} ms.`) });
    const timer = setTimeout(late, limits.timeoutMs);
    incoming.on('data', take).on('end', whole).on('close', left);
  });
}

/**
 * Reads a body as it came over the wire and never holds more than `maxBytes` and one chunk: it is refused by its
 * `content-length` where it has one, and counted in any case. `incomplete`: it did not end in time, or its sender left.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<BodyRead> {
  if (Number(request.headers.get('content-length')) > limits.maxBytes) return { kind: 'too_large' };
  if (request.body === null) return { kind: 'bytes', bytes: new Uint8Array() };
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // Ends the read that is under way; what the source thinks of being left is of no interest.
    reader.cancel().catch(() => {});
  }, limits.timeoutMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) return { kind: 'incomplete', error: new Error(`No end of the body in ${limits.timeoutMs} ms.`) };
      if (done) return { kind: 'bytes', bytes: Buffer.concat(chunks) };
      size += value.byteLength;
      if (size > limits.maxBytes) return { kind: 'too_large' };
      chunks.push(value);
    }
  } catch (error) {
    return { kind: 'incomplete', error };
  } finally {
    clearTimeout(timer);
  }
}
