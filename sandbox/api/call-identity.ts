import type { ApiCall } from './answers';

/** Whom a call is about, lower case: by its body, its token, or what its path names. Empty where nobody is known. */
export function emailOf({ world, id, body }: ApiCall): string {
  const { tokens, sessions, requests } = world.store;
  const email =
    tokens.get(textOf(body.payment_token))?.customer_email ??
    (typeof body.customer_email === 'string' ? body.customer_email : undefined) ??
    tokens.get(id)?.customer_email ??
    sessions.get(id)?.customer_email ??
    requests.get(id)?.customer_email ??
    sessions.get(textOf(body.payment_id))?.customer_email;
  return (email ?? '').toLowerCase();
}

/**
 * What a call is about, in words that are the same in every run: its idempotency key, or that of the session which it
 * names, or the customer. Ids, which chance gives, only where nothing else is known.
 */
export function identityOf(call: ApiCall): string {
  const { world, id, body, query } = call;
  const { sessions, requests } = world.store;
  const request = requests.get(id);
  const session = sessions.get(id) ?? sessions.get(textOf(body.payment_id));
  const about = session?.idempotency_key ?? request?.metadata ?? (emailOf(call) || id);
  return [textOf(body.idempotency_key), about, query.toString()].join(' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
