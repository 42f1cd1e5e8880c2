import { randomBytes } from 'node:crypto';
import { headers } from 'next/headers';
import { notFound, unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { isOwnPost } from '@/lib/auth/origin';
import { currentBuyer, currentCustomer, currentSignedIn, pageContext } from '@/lib/auth/principal';
import type { Context } from '@/lib/context';
import { AppError, type FailureCode } from '@/lib/core/errors';
import { type Principal, principalName, requireStaff, type StaffAbility } from '@/lib/core/principal';
import { type RateLimit, withinRateLimit } from '@/lib/rate-limit';
import { webRuntime } from '@/lib/runtime';

/**
 * What a form shows after it was sent. `reference` finds the failure in the log; `problems` are what is wrong with which
 * field; `typed` is what the form was sent with, for its fields to stand as they were.
 */
export type FormState =
  | { kind: 'idle' }
  | { kind: 'done'; message?: string }
  | { kind: 'refused'; reason: string; message: string; problems?: Record<string, string>; typed?: Typed }
  | { kind: 'failed'; message: string; reference: string; typed?: Typed };

type Typed = Record<string, string>;

/** A server action for `useActionState`. What it is given comes from outside, whatever the types say. */
export type FormAction = (state: FormState, form: FormData) => Promise<FormState>;

const ACTIONS_PER_PERSON: RateLimit = { hits: 60, windowSeconds: 60 };

const INVALID_FORM = refusal(
  'invalid_form',
  'Something is missing in this form. Load the page again and try once more.',
);
const FOREIGN_FORM = refusal(
  'foreign_origin',
  'This form was not sent from our own page. Load the page again and try once more.',
);
const SIGNED_OUT = refusal('signed_out', 'You are signed out. Sign in again, then try once more.');
const TOO_MANY = refusal('too_many', 'That was very often in one minute. Wait a minute, then try once more.');

/**
 * A server action of a customer: refuses forms of other sites, the signed-out, more than 60 in a minute, and fields that
 * are not exactly the schema's; then runs one verb. What `run` throws becomes words; redirects pass through.
 */
export function customerAction<S extends z.ZodType>(
  schema: S,
  run: (ctx: Context, input: z.output<S>) => Promise<FormState>,
): FormAction {
  return (_state, form) => guarded(currentCustomer, schema, form, run);
}

/** A server action of whoever may order, a customer or a newcomer, guarded like a customer's. */
export function buyerAction<S extends z.ZodType>(
  schema: S,
  run: (ctx: Context, input: z.output<S>) => Promise<FormState>,
): FormAction {
  return (_state, form) => guarded(currentBuyer, schema, form, run);
}

/** A server action of staff with an ability, guarded like a customer's. 404 for people who are not staff, words for staff without the ability. */
export function staffAction<S extends z.ZodType>(
  ability: StaffAbility,
  schema: S,
  run: (ctx: Context, input: z.output<S>) => Promise<FormState>,
): FormAction {
  return (_state, form) =>
    guarded(currentStaffOrNotFound, schema, form, async (ctx, input) => {
      requireStaff(ctx.principal, ability);
      return run(ctx, input);
    });
}

/** A server action for everybody, such as asking for a sign-in link; its limits are its own, and so may its states be. */
export function publicAction<S extends z.ZodType, T>(
  schema: S,
  run: (input: z.output<S>) => Promise<T>,
): (state: T | FormState, form: FormData) => Promise<T | FormState> {
  return async (_state, form) => {
    try {
      if (!isOwnPost(await headers(), webRuntime().env.appUrl)) return FOREIGN_FORM;
      const input = readForm(schema, form);
      return input.success ? await run(input.data) : INVALID_FORM;
    } catch (error) {
      return explain(error, null);
    }
  };
}

// What another site has sent is not shown again on our pages.
async function guarded<S extends z.ZodType>(...sent: Parameters<typeof answerTo<S>>): Promise<FormState> {
  const outcome = await answerTo(...sent);
  return outcome === FOREIGN_FORM ? outcome : withTyped(outcome, sent[2]);
}

async function answerTo<S extends z.ZodType>(
  authenticate: () => Promise<Principal | null>,
  schema: S,
  form: FormData,
  run: (ctx: Context, input: z.output<S>) => Promise<FormState>,
): Promise<FormState> {
  let principal: Principal | null = null;
  try {
    const { db, env } = webRuntime();
    if (!isOwnPost(await headers(), env.appUrl)) return FOREIGN_FORM;
    principal = await authenticate();
    if (principal === null) return SIGNED_OUT;
    if (!(await withinRateLimit(db, `action:${limitName(principal)}`, ACTIONS_PER_PERSON))) return TOO_MANY;
    const input = readForm(schema, form);
    return input.success ? await run(await pageContext(principal), input.data) : INVALID_FORM;
  } catch (error) {
    return explain(error, principal);
  }
}

/** The longest text that a form is given back: no field of ours takes a longer one from a person. */
const LONGEST_TYPED = 2_000;

/**
 * An outcome with what was typed, where the form has to be mended or sent again. No field of a guarded action is a secret;
 * a password would not be given back.
 */
export function withTyped(outcome: FormState, form: unknown): FormState {
  if ((outcome.kind !== 'refused' && outcome.kind !== 'failed') || !(form instanceof FormData)) return outcome;
  const isTyped = ([name, value]: [string, FormDataEntryValue]) =>
    typeof value === 'string' && value.length <= LONGEST_TYPED && !/^\$ACTION_|password|secret/i.test(name);
  return {
    ...outcome,
    typed: Object.fromEntries([...form].filter(isTyped).map(([name, text]) => [name, String(text)])),
  };
}

// A newcomer has no id yet, and an address is no name for a limit.
function limitName(principal: Principal): string {
  return principal.kind === 'newcomer'
    ? `newcomer:${webRuntime().vault.lookup(principal.email)}`
    : principalName(principal);
}

async function currentStaffOrNotFound(): Promise<Principal | null> {
  const signedIn = await currentSignedIn();
  return signedIn === null ? null : (signedIn.staff ?? notFound());
}

// Fields of React's own ($ACTION_…, in forms that were sent to the browser) are no input. A field that is sent twice becomes
// a list, which no field of a schema is.
function readForm<S extends z.ZodType>(schema: S, form: unknown): z.ZodSafeParseResult<z.output<S>> {
  if (!(form instanceof FormData)) return schema.safeParse(undefined);
  const fields = new Map<string, unknown>();
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$ACTION_')) continue;
    const values = form.getAll(name);
    fields.set(name, values.length === 1 ? values[0] : values);
  }
  return schema.safeParse(Object.fromEntries(fields));
}

const EXPECTED: Partial<Record<FailureCode, (error: AppError) => string>> = {
  not_found: () => 'This does not exist, or not any more. Load the page again.',
  forbidden: (error) => error.message,
  conflict: () => 'This has changed in the meantime. Load the page again.',
};

function explain(error: unknown, principal: Principal | null): FormState {
  unstable_rethrow(error);
  const { log } = webRuntime();
  const who = principal === null ? {} : { principal: principalName(principal) };
  const words = error instanceof AppError ? EXPECTED[error.code] : undefined;
  if (error instanceof AppError && words !== undefined) {
    log.warn({ event: 'action.refused', reason: error.code, error, ...who });
    return refusal(error.code, words(error));
  }
  const reference = randomBytes(6).toString('hex');
  log.error({ event: 'action.failed', reason: reference, error, ...who });
  const isProvider = error instanceof AppError && error.code === 'provider_unavailable';
  const message = isProvider
    ? 'Truemed does not answer at the moment. Try again in a few minutes.'
    : 'Something went wrong on our side. Load the page again to see where things stand.';
  return { kind: 'failed', message, reference };
}

function refusal(reason: string, message: string): FormState {
  return { kind: 'refused', reason, message };
}
