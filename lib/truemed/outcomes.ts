import type { z } from 'zod';
import type { UnknownReason } from '@/lib/core/charge';
import { errorOf, isFromTruemed, type Reply, unknownReason } from './transport';

/** The answer to a GET: what was found, that there is none, or why we do not know. */
export type LookUp<T> =
  | { kind: 'found'; value: T }
  | { kind: 'not_found' }
  | { kind: 'unavailable'; reason: UnknownReason };

/**
 * How a command ended. `refused` is final and was decided by Truemed: `reason` is ours and closed, `code` is Truemed's own
 * word, `message` its sentence without token, metadata or key. `unknown` leaves open whether it was carried out: send the
 * same bytes again (section 1.1).
 */
export type Outcome<T, Reason extends string = never> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; reason: Reason | CommonReason; code: string; message: string }
  | { kind: 'unknown'; reason: UnknownReason; retryAfterSeconds: number | null };

/** Refusals that any command may meet; endpoints spell them differently (section 13, C10). `other` is a code that we do not know. */
export type CommonReason =
  | 'missing_field'
  | 'invalid_value'
  | 'idempotency_violation'
  | 'not_found'
  | 'not_supported'
  | 'other';

/** Our word for each code of Truemed's. */
export type ReasonTable<Reason extends string> = Readonly<Record<string, Reason | CommonReason>>;

const COMMON: ReasonTable<never> = {
  MissingField: 'missing_field',
  MissingRequiredParameter: 'missing_field',
  ValidationError: 'invalid_value',
  InvalidRequestParameter: 'invalid_value',
  IdempotencyViolation: 'idempotency_violation',
  NotFound: 'not_found',
  PaymentSessionDoesNotExist: 'not_found',
  MethodNotAllowed: 'not_supported',
  NotImplemented: 'not_supported',
};

/** Statuses that say enough where the code is not known; 400 says nothing. */
const BY_STATUS: Readonly<Record<number, CommonReason>> = {
  404: 'not_found',
  405: 'not_supported',
  501: 'not_supported',
};

/** Reads how a command ended; `shape` makes a value of a 2xx answer, or null where it is not what was promised. */
export function readOutcome<T, Reason extends string>(
  reply: Reply,
  reasons: ReasonTable<Reason>,
  shape: (json: unknown, status: number) => T | null,
): Outcome<T, Reason> {
  const why = unknownReason(reply);
  if (why !== null) return unknown(reply, why);
  if (reply.kind === 'none') return unknown(reply, reply.reason);
  if (reply.status >= 200 && reply.status < 300) {
    const value = shape(reply.json, reply.status);
    return value === null ? unknown(reply, 'malformed') : { kind: 'done', value };
  }
  if (reply.status < 400 || !isFromTruemed(reply)) return unknown(reply, 'malformed');
  const { error: code, message } = errorOf(reply);
  const table: ReasonTable<Reason> = { ...COMMON, ...reasons };
  const reason = Object.hasOwn(table, code) ? table[code] : BY_STATUS[reply.status];
  return { kind: 'refused', reason: reason ?? 'other', code, message };
}

/** Reads the answer to a GET of one object. */
export function readFound<S extends z.ZodType, T>(reply: Reply, schema: S, shape: (value: z.infer<S>) => T): LookUp<T> {
  const reason = unknownReason(reply);
  if (reason !== null) return { kind: 'unavailable', reason };
  if (reply.kind === 'none') return { kind: 'unavailable', reason: reply.reason };
  if (reply.status === 404) return { kind: 'not_found' };
  const parsed = schema.safeParse(reply.json);
  if (reply.status !== 200 || !parsed.success) return { kind: 'unavailable', reason: 'malformed' };
  return { kind: 'found', value: shape(parsed.data) };
}

/** A shape by its schema, for `readOutcome`. */
export function shaped<S extends z.ZodType, T>(
  schema: S,
  shape: (value: z.infer<S>) => T,
): (json: unknown) => T | null {
  return (json) => {
    const parsed = schema.safeParse(json);
    return parsed.success ? shape(parsed.data) : null;
  };
}

/** The shape of an answer that says nothing but that it was done: 204, or JSON; a page of something in between is neither. */
export function acknowledged<T>(value: T): (json: unknown, status: number) => T | null {
  return (json, status) => (status === 204 || (typeof json === 'object' && json !== null) ? value : null);
}

function unknown(reply: Reply, reason: UnknownReason): Extract<Outcome<never>, { kind: 'unknown' }> {
  return { kind: 'unknown', reason, retryAfterSeconds: reply.kind === 'reply' ? reply.retryAfterSeconds : null };
}
