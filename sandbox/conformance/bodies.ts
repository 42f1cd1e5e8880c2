import { aRenewalBody, aTokenBody } from '../test-world';

export const SESSION = '/payments/v1/create_payment_session';
export const SESSIONS = '/payments/v1/payment_sessions';
export const REFUND = '/payments/v1/refund';
export const TOKEN = '/api/v1/payment_tokens/create';
export const TOKENS = '/api/v1/payment_tokens';

export const sessionPath = (id: unknown, verb = '') =>
  `/payments/v1/payment_session/${id}${verb === '' ? '' : `/${verb}`}`;
export const tokenPath = (token: unknown, verb = '') => `${TOKENS}/${token}${verb === '' ? '' : `/${verb}`}`;
export const requestPath = (id: unknown) => `${TOKENS}/provision_request/${id}`;

/** A hosted checkout of $48.30, the customer present. */
export function aCheckout(key: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { payment_token: _, ...body } = aRenewalBody({ idempotency_key: key, customer_email: `${key}@example.com` });
  return { ...body, ...changes };
}

/** An unattended charge of $48.30 with the token of Ada, whom every check in a sandbox begins with. */
export function aCharge(key: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return aRenewalBody({ idempotency_key: key, ...changes });
}

/** A request for a new customer's token. */
export function aProvision(key: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return aTokenBody({ idempotency_key: key, customer_email: `${key}@example.com`, ...changes });
}
