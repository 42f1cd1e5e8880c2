import { z } from 'zod';
import { ELIGIBILITIES } from '@/lib/truemed/catalog-schemas';
import { describeIssue, Email, Text } from '../api/fields';
import { API_FAULTS, DISPUTE_STATES, SETTLEMENTS, TOKEN_HEALTHS } from '../records';
import { SnapshotName } from '../snapshots';
import { LONGEST_PAUSE_MS } from '../timers';
import { EndpointList } from '../webhooks/endpoints';

/** Bodies of the control API. Unknown fields are refused: a typing error in a test must not pass unseen. */

const Instant = z.iso.datetime({ offset: true, message: 'must be an ISO 8601 instant' });
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM');
const Span = z.number().int().min(0).max(1_000_000);

const Spans = z.strictObject({
  years: Span.optional(),
  months: Span.optional(),
  weeks: Span.optional(),
  days: Span.optional(),
  hours: Span.optional(),
  minutes: Span.optional(),
  seconds: Span.optional(),
});

/** A span as ISO 8601 writes it: `P1M`, `P1DT12H`, `PT90S`. */
const Duration = z
  .string()
  .regex(
    /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/,
    'must be an ISO 8601 duration such as P1M',
  )
  .transform(readDuration)
  .pipe(Spans);

/** Moves the clock by a span, to an instant or to the next thing that waits for it; or changes how it ticks. */
export const ClockInput = z
  .strictObject({
    mode: z.enum(['real', 'accelerated', 'manual']).optional(),
    /** Of `accelerated`: 3600 lets an hour pass in a second. */
    rate: z.number().positive().max(1_000_000).optional(),
    to: z.union([z.literal('next'), Instant]).optional(),
    advance: z.union([Spans, Duration]).optional(),
    /** By how much whoever reads the clock is told wrong; the sandbox itself keeps its own time. 0 ends it. */
    skew_seconds: z.number().int().min(-86_400).max(86_400).optional(),
  })
  .refine(
    ({ mode, to, advance, skew_seconds }) => [mode, to, advance, skew_seconds].some((given) => given !== undefined),
    'Give advance, to or mode.',
  )
  .refine(({ to, advance }) => to === undefined || advance === undefined, 'Give advance or to, not both.')
  .refine(({ mode, rate }) => (mode === 'accelerated') === (rate !== undefined), 'mode=accelerated has a rate.');
export type ClockInput = z.input<typeof ClockInput>;

/** Forgets everything; the time too, unless it is kept. */
export const ResetInput = z.strictObject({ keep_clock: z.boolean().default(false) });
export type ResetInput = z.input<typeof ResetInput>;

/** Ends the review of a request, found by its id or by the customer. */
export const ReviewInput = z
  .strictObject({ email: Email.optional(), request_id: Text.optional(), outcome: z.enum(['approve', 'reject']) })
  .refine(({ email, request_id }) => (email === undefined) !== (request_id === undefined), 'Give email or request_id.');
export type ReviewInput = z.input<typeof ReviewInput>;

/** Ends the review of a qualification session. */
export const QualificationReviewInput = z.strictObject({
  qualification_session_id: Text,
  outcome: z.enum(['approve', 'reject']),
});
export type QualificationReviewInput = z.input<typeof QualificationReviewInput>;

/** Classifies an item of the catalog, now and again. */
export const CatalogReviewInput = z.strictObject({ sku: Text, eligibility: z.enum(ELIGIBILITIES) });
export type CatalogReviewInput = z.input<typeof CatalogReviewInput>;

/** Makes a token exist; its letter and card are good unless dates are given. */
export const SeedTokenInput = z.strictObject({
  email: Email,
  name: Text,
  payment_token: Text.optional(),
  /** What the letter covers; absent covers anything. */
  skus: z.array(Text).optional(),
  health: z.enum(TOKEN_HEALTHS).optional(),
  lmn_expires_at: Instant.nullish(),
  card_expires: Month.optional(),
});
export type SeedTokenInput = z.input<typeof SeedTokenInput>;

/** Scripts a token: by word, or by the dates of its letter and card. */
export const TokenHealthInput = z
  .strictObject({
    payment_token: Text.optional(),
    email: Email.optional(),
    health: z.enum(TOKEN_HEALTHS).optional(),
    lmn_expires_at: Instant.nullish(),
    card_expires: Month.optional(),
  })
  .refine(
    (input) => (input.email === undefined) !== (input.payment_token === undefined),
    'Give payment_token or email.',
  );
export type TokenHealthInput = z.input<typeof TokenHealthInput>;

/** Decides what becomes of a session. */
export const DecisionInput = z.strictObject({ session_id: Text, status: z.enum(SETTLEMENTS) });
export type DecisionInput = z.input<typeof DecisionInput>;

/** Opens the dispute of a captured session, or settles it: `won` by the merchant, or `lost` with all that was left. */
export const DisputeInput = z.strictObject({ session_id: Text, state: z.enum(DISPUTE_STATES) });
export type DisputeInput = z.input<typeof DisputeInput>;

/** Scripts a fault on the next calls of the API; no condition matches every call. */
export const ApiFaultInput = z.strictObject({
  match: z
    .strictObject({
      operation: Text.optional(),
      path_prefix: Text.optional(),
      idempotency_key: Text.optional(),
      payment_token: Text.optional(),
      email: Text.optional(),
      metadata: Text.optional(),
    })
    .default({}),
  times: z.number().int().min(1).default(1),
  fault: z.union([
    z.enum(API_FAULTS),
    z.strictObject({ status: z.number().int().min(200).max(599), body: z.unknown() }),
  ]),
  ms: z.number().int().min(0).max(LONGEST_PAUSE_MS).default(30_000),
  when: z.enum(['before', 'after']).default('after'),
  retry_after_seconds: z.number().int().min(0).default(1),
  fields: z.array(Text).min(1).nullable().default(null),
});
export type ApiFaultInput = z.input<typeof ApiFaultInput>;

/** Sets who is told of events. */
export const EndpointsInput = z.strictObject({ endpoints: EndpointList });
export type EndpointsInput = z.input<typeof EndpointsInput>;

/** Names a snapshot. */
export const SnapshotInput = z.strictObject({ name: SnapshotName });
export type SnapshotInput = z.input<typeof SnapshotInput>;

/** Waits for everything that is under way, in real time. */
export const SettleInput = z.strictObject({ timeout_ms: z.number().int().min(0).max(60_000).default(10_000) });
export type SettleInput = z.input<typeof SettleInput>;

/** What is wrong with a request to the control API; the router answers it with this status. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Reads a body by its schema. Throws `ControlError` with the first thing that is wrong. */
export function readInput<S extends z.ZodType>(schema: S, body: Record<string, unknown>): z.output<S> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ControlError(describeIssue(parsed.error));
  return parsed.data;
}

function readDuration(text: string): z.input<typeof Spans> {
  const [date = '', time = ''] = text.slice(1).split('T');
  const count = (part: string, letter: string) => Number(new RegExp(`(\\d+)${letter}`).exec(part)?.[1] ?? 0);
  return {
    years: count(date, 'Y'),
    months: count(date, 'M'),
    weeks: count(date, 'W'),
    days: count(date, 'D'),
    hours: count(time, 'H'),
    minutes: count(time, 'M'),
    seconds: count(time, 'S'),
  };
}
