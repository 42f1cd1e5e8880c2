import { type CatalogCalls, catalogCalls } from './catalog';
import { type SessionCalls, sessionCalls } from './payment-sessions';
import { type TokenCalls, tokenCalls } from './payment-tokens';
import { type QualificationCalls, qualificationCalls } from './qualification-sessions';
import { type ReconciliationCalls, reconciliationCalls } from './reconciliation';
import { openTransport, type TruemedOptions } from './transport';

/**
 * Truemed, every endpoint of truemed-api.md section 2. Bodies that may be sent again are bytes, made once and stored by the
 * caller (bodies.ts, session-bodies.ts, catalog-bodies.ts). No method retries, and none throws on what Truemed answers: each ends in one of a
 * closed set of outcomes. What Truemed may answer next year is an `unknown`, an `other` or a null in them. The key is in no
 * outcome, and neither the token nor the metadata of a call is in the code or message of a refusal. Nothing is logged.
 */
export interface TruemedClient
  extends SessionCalls,
    TokenCalls,
    QualificationCalls,
    CatalogCalls,
    ReconciliationCalls {}

/** Makes the client. It follows no redirect, and calls no other host than that of `apiUrl`. */
export function openTruemed(options: TruemedOptions): TruemedClient {
  const call = openTransport(options);
  return {
    ...sessionCalls(call),
    ...tokenCalls(call),
    ...qualificationCalls(call),
    ...catalogCalls(call),
    ...reconciliationCalls(call),
  };
}
