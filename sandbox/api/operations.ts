import { TRUEMED_PATHS } from '@/lib/truemed/schemas';
import type { ApiAnswer, ApiCall } from './answers';
import { createCatalogItem, listCatalogItems, retrieveCatalogItem, updateCatalogItem } from './catalog';
import { checkCheckoutMethod } from './checkout-method';
import { createPaymentSession } from './create-payment-session';
import { createPaymentToken } from './create-payment-token';
import { type FieldCodes, SESSION_CODES, TOKEN_CODES } from './fields';
import { capturePaymentSession, voidPaymentSession } from './holds';
import { listPaymentSessions } from './list-payment-sessions';
import { cancelPaymentSession, retrievePaymentSession } from './payment-sessions';
import {
  deletePaymentToken,
  listPaymentTokens,
  retrievePaymentToken,
  retrieveProvisionRequest,
} from './payment-tokens';
import {
  listQualificationSessions,
  retrieveQualificationSession,
  updateQualificationSession,
} from './qualification-sessions';
import { listReconciliationPayouts, listReconciliationTransactions } from './reconciliation';
import { createRefund } from './refunds';
import { updatePaymentToken } from './update-payment-token';

/** One endpoint. Without `answer` it is documented and not built: 501. */
export interface Operation {
  name: string;
  method: 'GET' | 'POST';
  /** `{}` stands for the id. */
  path: string;
  codes: FieldCodes;
  answer: ((call: ApiCall) => ApiAnswer) | null;
}

/** Every endpoint of section 2. */
export const OPERATIONS: readonly Operation[] = [
  sessions('createPaymentSession', 'POST', TRUEMED_PATHS.createPaymentSession, createPaymentSession),
  sessions('retrievePaymentSession', 'GET', TRUEMED_PATHS.retrievePaymentSession, retrievePaymentSession),
  sessions('listPaymentSessions', 'GET', TRUEMED_PATHS.listPaymentSessions, listPaymentSessions),
  // Their codes are those of the token endpoints (sections 3.4, 3.5 and 3.7).
  tokens('capturePaymentSession', 'POST', TRUEMED_PATHS.capturePaymentSession, capturePaymentSession),
  tokens('voidPaymentSession', 'POST', TRUEMED_PATHS.voidPaymentSession, voidPaymentSession),
  sessions('cancelPaymentSession', 'POST', TRUEMED_PATHS.cancelPaymentSession, cancelPaymentSession),
  tokens('createRefund', 'POST', TRUEMED_PATHS.createRefund, createRefund),
  tokens('createPaymentToken', 'POST', TRUEMED_PATHS.createPaymentToken, createPaymentToken),
  tokens('retrieveProvisionRequest', 'GET', TRUEMED_PATHS.retrieveProvisionRequest, retrieveProvisionRequest),
  tokens('retrievePaymentToken', 'GET', TRUEMED_PATHS.retrievePaymentToken, retrievePaymentToken),
  tokens('listPaymentTokens', 'GET', TRUEMED_PATHS.listPaymentTokens, listPaymentTokens),
  tokens('updatePaymentToken', 'POST', TRUEMED_PATHS.updatePaymentToken, updatePaymentToken),
  tokens('deletePaymentToken', 'POST', '/api/v1/payment_tokens/{}/delete', deletePaymentToken),
  tokens(
    'retrieveQualificationSession',
    'GET',
    TRUEMED_PATHS.retrieveQualificationSession,
    retrieveQualificationSession,
  ),
  tokens('listQualificationSessions', 'GET', TRUEMED_PATHS.listQualificationSessions, listQualificationSessions),
  tokens('updateQualificationSession', 'POST', TRUEMED_PATHS.updateQualificationSession, updateQualificationSession),
  tokens('listCatalogItems', 'GET', TRUEMED_PATHS.listCatalogItems, listCatalogItems),
  tokens('createCatalogItem', 'POST', TRUEMED_PATHS.createCatalogItem, createCatalogItem),
  tokens('updateCatalogItem', 'POST', TRUEMED_PATHS.updateCatalogItem, updateCatalogItem),
  tokens('retrieveCatalogItem', 'POST', TRUEMED_PATHS.retrieveCatalogItem, retrieveCatalogItem),
  tokens('setCheckoutMethod', 'POST', TRUEMED_PATHS.setCheckoutMethod, checkCheckoutMethod),
  tokens(
    'listReconciliationTransactions',
    'GET',
    TRUEMED_PATHS.listReconciliationTransactions,
    listReconciliationTransactions,
  ),
  tokens('listReconciliationPayouts', 'GET', TRUEMED_PATHS.listReconciliationPayouts, listReconciliationPayouts),
];

function sessions(
  name: string,
  method: Operation['method'],
  path: string,
  answer: Operation['answer'] = null,
): Operation {
  return { name, method, path, codes: SESSION_CODES, answer };
}

function tokens(
  name: string,
  method: Operation['method'],
  path: string,
  answer: Operation['answer'] = null,
): Operation {
  return { name, method, path, codes: TOKEN_CODES, answer };
}

/** What a request is for: an operation with the id of its path, an unknown path, or the methods that a known path has. */
export type Match =
  | { kind: 'found'; operation: Operation; id: string }
  | { kind: 'unknown' }
  | { kind: 'wrong_method'; allowed: string[] };

/** Finds the operation of a request. A literal path wins over one with an id: `provision_request` is not a token. */
export function matchOperation(method: string, path: string): Match {
  const exact = LITERAL.get(`${method} ${path}`);
  if (exact !== undefined) return exact;
  const candidates = COMPILED.flatMap(({ operation, pattern }) => {
    const match = pattern.exec(path);
    return match === null ? [] : [{ operation, id: decode(match[1] ?? '') }];
  });
  const literal = candidates.filter(({ operation }) => !operation.path.includes('{}'));
  const best = literal.length > 0 ? literal : candidates;
  if (best.length === 0) return { kind: 'unknown' };
  const found = best.find(({ operation }) => operation.method === method);
  if (found === undefined) return { kind: 'wrong_method', allowed: best.map(({ operation }) => operation.method) };
  return { kind: 'found', ...found };
}

const COMPILED = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace('{}', '([^/]+)')}/?$`),
}));

/** Most calls are for a path without an id, as it is written. */
const LITERAL = new Map<string, Match>(
  OPERATIONS.filter(({ path }) => !path.includes('{}')).map((operation) => [
    `${operation.method} ${operation.path}`,
    { kind: 'found', operation, id: '' },
  ]),
);

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
