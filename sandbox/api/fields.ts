import { z } from 'zod';
import { US_STATES } from '@/lib/core/us-states';
import { AmountDetails } from './amounts';
import { type Checked, refuse } from './answers';

/** The error codes of one endpoint for a field that is absent and for one that is wrong (section 13, C10). */
export interface FieldCodes {
  missing: string;
  invalid: string;
}

/** Codes of the token endpoints, and of the payment-session endpoint. */
export const TOKEN_CODES: FieldCodes = { missing: 'MissingField', invalid: 'ValidationError' };
export const SESSION_CODES: FieldCodes = { missing: 'MissingRequiredParameter', invalid: 'InvalidRequestParameter' };

/** Reads a body: first whether every required field is there, in their order, then the form of each, in the schema's order. */
export function readFields<S extends z.ZodType>(
  body: Record<string, unknown>,
  schema: S,
  required: readonly string[],
  codes: FieldCodes,
): Checked<z.infer<S>> {
  const missing = required.find((name) => body[name] === undefined || body[name] === null);
  if (missing !== undefined) return { ok: false, answer: refuse(400, codes.missing, `${missing} is required.`) };
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, answer: refuse(400, codes.invalid, describeIssue(parsed.error)) };
}

/** The first thing that is wrong, as `field.path: what`. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'The request is not valid.';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

/** The forms of single fields. */
export const Text = z.string().trim().min(1, 'must not be empty');
/** Ids and keys count as they are written, the spaces around them too. */
export const Id = z.string().regex(/\S/, 'must not be empty');
export const Email = z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address');
export const WebUrl = z.string().refine(isWebUrl, 'must be an http or https URL');
export const State = z
  .string()
  .refine(
    (code) => Object.hasOwn(US_STATES, code),
    'must be a two-letter ISO 3166-2:US code without the US- prefix, such as CA',
  );

/** One line of an order (section 3.1; its rules are ASSUMED). */
const StrictOrderItem = z.looseObject({
  name: Text,
  sku: Text,
  quantity: z.number().int().min(1, 'must be at least 1'),
  price: z.number().int().min(0, 'must be at least 0 cents, for one unit'),
  amount_details: AmountDetails.nullish(),
});

/** A list of at least one line. */
export const OrderItems = z.array(StrictOrderItem).min(1, 'must hold at least one item');

function isWebUrl(text: string): boolean {
  return /^\s*https?:/i.test(text) && URL.canParse(text);
}
