import pino from 'pino';

/** What a log line may carry. Names, addresses, tokens, links and bodies have no field, so they cannot get in. */
export interface LogFields {
  event: string;
  outcome?: string;
  reason?: string;
  ms?: number;
  count?: number;
  status?: number;
  eventType?: string;
  webhookId?: string;
  attemptId?: string;
  refundId?: string;
  invoiceId?: string;
  subscriptionId?: string;
  customerId?: string;
  provisionRequestId?: string;
  recoveryCaseId?: string;
  mailId?: string;
  eventId?: string;
  endpointId?: string;
  workerId?: string;
  queue?: string;
  /** Rows of a batch: how many were leased, how many of them are settled, and how many there were of each outcome. */
  claimed?: number;
  settled?: number;
  outcomes?: Readonly<Record<string, number>>;
  principal?: string;
  /** Its class, its code and where it came from; never its message, but for one of our own `AppError`s. */
  error?: unknown;
}

export interface Log {
  info(fields: LogFields): void;
  warn(fields: LogFields): void;
  error(fields: LogFields): void;
}

const ALLOWED: readonly (keyof LogFields)[] = [
  'event',
  'outcome',
  'reason',
  'ms',
  'count',
  'status',
  'eventType',
  'webhookId',
  'attemptId',
  'refundId',
  'invoiceId',
  'subscriptionId',
  'customerId',
  'provisionRequestId',
  'recoveryCaseId',
  'mailId',
  'eventId',
  'endpointId',
  'workerId',
  'queue',
  'claimed',
  'settled',
  'outcomes',
  'principal',
];

/** One JSON line for each event on standard output; fields that are not on the list are dropped. */
export function openLog(level = 'info'): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return {
    info: (fields) => logger.info(pick(fields)),
    warn: (fields) => logger.warn(pick(fields)),
    error: (fields) => logger.error(pick(fields)),
  };
}

function pick(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const name of ALLOWED) if (fields[name] !== undefined) line[name] = fields[name];
  if (fields.error !== undefined) line.error = describeError(fields.error);
  return line;
}

// A driver's message may quote the values of a row, so only its class, its code and the places in our code are kept.
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'not an Error';
  if (error.name === 'AppError') return `AppError: ${error.message}`;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const cause = error.cause instanceof Error ? `, caused by ${describeError(error.cause)}` : '';
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return `${error.name}${code}${cause}${places.slice(0, 4).join('')}`;
}
