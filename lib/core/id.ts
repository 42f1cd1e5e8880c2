import { randomFillSync } from 'node:crypto';

/** What an id may begin with; the prefix says which table it lives in. */
export const ID_PREFIXES = {
  user: 'usr',
  staff: 'stf',
  customer: 'cus',
  subscription: 'sub',
  item: 'itm',
  onceItem: 'onc',
  provisionRequest: 'prq',
  paymentToken: 'tok',
  invoice: 'inv',
  invoiceLine: 'lin',
  chargeAttempt: 'att',
  recoveryCase: 'rec',
  webhook: 'whk',
  mail: 'msg',
  audit: 'aud',
  importRun: 'imp',
  endpoint: 'end',
  event: 'evt',
  delivery: 'dlv',
  decision: 'dec',
  plan: 'pln',
  price: 'prc',
  discount: 'dsc',
  subscriptionDiscount: 'sdc',
  refund: 'ref',
  itemChange: 'chg',
  emailChange: 'emc',
  checkout: 'chk',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;

// 32 letters without look-alikes (no i, l, o, u): five bits each, so 22 of them carry 110 bits.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 22;
// Asking the system for 22 bytes costs more than all the rest of an id, so it is asked for many at a time.
const pool = new Uint8Array(LENGTH * 256);
let taken = pool.length;

/** Makes a new id of one kind from the system's randomness. Called at the edge of a verb, never inside a decision. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  let text = '';
  for (const byte of takeRandom()) text += ALPHABET[byte & 31];
  return `${ID_PREFIXES[kind]}_${text}`;
}

function takeRandom(): Uint8Array {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += LENGTH;
  return pool.subarray(taken - LENGTH, taken);
}

/** Whether a string from outside has the shape of an id of this kind. Says nothing about existence or ownership. */
export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  return typeof value === 'string' && new RegExp(`^${ID_PREFIXES[kind]}_[${ALPHABET}]{${LENGTH}}$`).test(value);
}
