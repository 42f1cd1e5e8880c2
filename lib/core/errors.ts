/** The few ways in which the world can fail us. A refusal is a value and a bug is neither: both stay out of this list. */
export type FailureCode =
  | 'not_found'
  | 'forbidden'
  | 'conflict'
  | 'provider_unavailable'
  | 'provider_rejected'
  | 'configuration';

/** A failure that a door maps to its own language: HTTP status, form message, or a later try of a job. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: FailureCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(code: FailureCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Thrown where a principal asks for a thing that is not theirs or does not exist: the two look the same from outside. */
export function notFound(what: string): AppError {
  return new AppError('not_found', `${what} was not found.`);
}

/** Closes a switch over a union: a value that arrives here is a bug, and the compiler says so first. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`);
}
