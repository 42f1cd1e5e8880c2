import type { EmittedEvent } from '../records';
import type { Store } from '../store';

const SESSION_FIELDS = ['payment_id', 'payment_session_id', 'failed_payment_session_id', 'id'] as const;
const EMAIL_FIELDS = ['customer_email', 'email'] as const;

/** Whom and what the payload of an event is about, as far as its fields say so. */
export function subjectOf(
  store: Store,
  data: Readonly<Record<string, unknown>>,
): Pick<EmittedEvent, 'customer_email' | 'subject'> {
  const session = textOf(data, SESSION_FIELDS, (id) => store.sessions.get(id));
  const token = textOf(data, ['payment_token'], (id) => store.tokens.get(id));
  const email =
    textOf(data, EMAIL_FIELDS, (text) => text.toLowerCase()) ??
    session?.customer_email ??
    token?.customer_email ??
    null;
  return { customer_email: email, subject: session?.idempotency_key ?? email ?? skuOf(data) ?? '' };
}

/** What a finder makes of the first of these fields that holds a text it knows. */
function textOf<T>(
  data: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  find: (text: string) => T | undefined,
): T | undefined {
  for (const field of fields) {
    const value = data[field];
    const found = typeof value === 'string' ? find(value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function skuOf(payload: Readonly<Record<string, unknown>>): string | undefined {
  // The payload of section 7.9 is an envelope of its own.
  const { data = payload } = payload;
  const object = typeof data === 'object' && data !== null && 'object' in data ? data.object : undefined;
  return typeof object === 'object' && object !== null && 'sku' in object ? String(object.sku) : undefined;
}
