import { type Line, orderTotal } from './amounts';
import type { LocalDate } from './calendar';
import type { RefusalReason, RefusedRow } from './subscriber-refusal';
import { MAX_INTEGER, type SubscriberPerson, type SubscriberRow, type SubscriberTerms } from './subscriber-row';

/** A subscription as a file has it: the rows that share its id, one item each. */
export interface FileSubscription {
  subscriptionId: string;
  /** The first line of each of its rows. */
  lines: readonly number[];
  person: SubscriberPerson;
  terms: SubscriberTerms;
  /** In clear: never stored or logged as it is. */
  paymentToken: string | null;
  items: readonly Line[];
}

/** A row with the line that it begins on. */
export type NumberedRow = SubscriberRow & { line: number };

/** What a file holds: each row is in one of the subscriptions or refused, and never both. */
export interface GatheredSubscriptions {
  /** In the order of their first rows. */
  subscriptions: FileSubscription[];
  /** In the order of the lines. */
  refused: RefusedRow[];
}

/**
 * Makes subscriptions of rows. One is refused whole, each row of it, where its rows disagree, where one of them was refused
 * already (it would be billed without that item), where its total cannot be charged, and where another customer of the same
 * file claims its token or its customer claims two.
 */
export function gatherSubscriptions(
  rows: readonly NumberedRow[],
  refusedRows: readonly RefusedRow[],
): GatheredSubscriptions {
  const incomplete = new Set(refusedRows.map((row) => row.subscriptionId));
  const [whole, broken] = sift(groupById(rows), (group) => reasonOfRows(group, incomplete));
  const subscriptions = whole.map(subscriptionOf);
  const claims = tokenClaims(subscriptions);
  const [taken, contested] = sift(subscriptions, (subscription) => reasonOfToken(subscription, claims));
  return {
    subscriptions: taken,
    refused: [
      ...refusedRows,
      ...broken.flatMap(([group, reason]) => refusalsOf(subscriptionOf(group), reason)),
      ...contested.flatMap(([subscription, reason]) => refusalsOf(subscription, reason)),
    ].sort((a, b) => a.line - b.line),
  };
}

/** Refuses a subscription: one refusal for each of its rows. */
export function refusalsOf(
  { subscriptionId, lines }: Pick<FileSubscription, 'subscriptionId' | 'lines'>,
  reason: RefusalReason,
): RefusedRow[] {
  return lines.map((line) => ({ line, subscriptionId, reason }));
}

/** The earliest day on which a letter ends, for each token of a file that names one. */
export function earliestLetters(subscriptions: readonly FileSubscription[]): Map<string, LocalDate> {
  const letters = new Map<string, LocalDate>();
  for (const { paymentToken, terms } of subscriptions) {
    if (paymentToken === null || terms.letterExpiresOn === null) continue;
    const known = letters.get(paymentToken);
    if (known === undefined || terms.letterExpiresOn < known) letters.set(paymentToken, terms.letterExpiresOn);
  }
  return letters;
}

/** The rows of one subscription, in the order of the file; there is at least one. */
type RowGroup = [NumberedRow, ...NumberedRow[]];

function groupById(rows: readonly NumberedRow[]): RowGroup[] {
  const groups = new Map<string, RowGroup>();
  for (const row of rows) {
    const group = groups.get(row.subscriptionId);
    if (group === undefined) groups.set(row.subscriptionId, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function sift<Thing>(
  things: readonly Thing[],
  reasonOf: (thing: Thing) => RefusalReason | null,
): [taken: Thing[], refused: [Thing, RefusalReason][]] {
  const taken: Thing[] = [];
  const refused: [Thing, RefusalReason][] = [];
  for (const thing of things) {
    const reason = reasonOf(thing);
    if (reason === null) taken.push(thing);
    else refused.push([thing, reason]);
  }
  return [taken, refused];
}

function subscriptionOf(rows: RowGroup): FileSubscription {
  const [{ subscriptionId, person, terms, paymentToken }] = rows;
  return {
    subscriptionId,
    lines: rows.map((row) => row.line),
    person,
    terms,
    paymentToken,
    items: rows.map((row) => row.item),
  };
}

function reasonOfRows(rows: RowGroup, incomplete: ReadonlySet<string>): RefusalReason | null {
  const [first] = rows;
  if (incomplete.has(first.subscriptionId)) return 'rows_disagree';
  if (rows.length > 1 && new Set(rows.map(shared)).size > 1) return 'rows_disagree';
  const totalCents = orderTotal(
    rows.map((row) => row.item),
    first.terms,
  );
  if (totalCents <= 0) return 'total_not_positive';
  return totalCents > MAX_INTEGER ? 'amount_invalid' : null;
}

function shared({ person, terms, paymentToken }: NumberedRow): string {
  return JSON.stringify([person, terms, paymentToken]);
}

interface TokenClaims {
  customersOf: Map<string, Set<string>>;
  tokensOf: Map<string, Set<string>>;
}

function tokenClaims(subscriptions: readonly FileSubscription[]): TokenClaims {
  const claims: TokenClaims = { customersOf: new Map(), tokensOf: new Map() };
  for (const { paymentToken, terms } of subscriptions) {
    if (paymentToken === null) continue;
    claims.customersOf.set(paymentToken, (claims.customersOf.get(paymentToken) ?? new Set()).add(terms.email));
    claims.tokensOf.set(terms.email, (claims.tokensOf.get(terms.email) ?? new Set()).add(paymentToken));
  }
  return claims;
}

function reasonOfToken({ paymentToken, terms }: FileSubscription, claims: TokenClaims): RefusalReason | null {
  if (paymentToken === null) return null;
  if ((claims.customersOf.get(paymentToken)?.size ?? 0) > 1) return 'token_of_another_customer';
  return (claims.tokensOf.get(terms.email)?.size ?? 0) > 1 ? 'customer_has_another_token' : null;
}
