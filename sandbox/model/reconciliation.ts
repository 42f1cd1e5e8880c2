import { uuidOf } from '../ids';
import type { World } from '../world';

/** One movement of money between the merchant and Truemed (section 8; the names of its fields are ASSUMED). */
export interface Transaction {
  readonly transaction_id: string;
  readonly type: string;
  /** Cents; negative where it leaves the merchant. */
  readonly amount: number;
  readonly payment_id: string;
  readonly refund_id: string | null;
  readonly created_at: string;
  /** Null until it has arrived at the bank. */
  readonly payout_id: string | null;
}

/** What arrived at the merchant's bank on one day. */
export interface Payout {
  readonly payout_id: string;
  readonly arrival_date: string;
  readonly amount: number;
}

/** Both days inclusive, `YYYY-MM-DD` in UTC. */
export interface Days {
  readonly start: string;
  readonly end: string;
}

const DAY_MS = 86_400_000;

/** What moved within some days, newest first: read from the ledger, so that it is always the same. */
export function transactionsOf(world: World, days: Days): Transaction[] {
  const rows = [...chargeRows(world, days), ...refundRows(world, days), ...disputeRows(world, days)];
  return rows.sort((a, b) => b.created_at.localeCompare(a.created_at));
}

/** The payouts that arrived within some days, newest first: one for each day of charges, refunds, fees and disputes. */
export function payoutsOf(world: World, { start, end }: Days): Payout[] {
  const { payoutDelayDays } = world.switches.values;
  const payouts = new Map<string, Payout>();
  const moved = { start: addDays(start, -payoutDelayDays), end: addDays(end, -payoutDelayDays) };
  for (const { payout_id, amount, created_at } of transactionsOf(world, moved)) {
    if (payout_id === null) continue;
    const sum = (payouts.get(payout_id)?.amount ?? 0) + amount;
    payouts.set(payout_id, { payout_id, arrival_date: addDays(dayOf(created_at), payoutDelayDays), amount: sum });
  }
  return [...payouts.values()];
}

function* chargeRows(world: World, days: Days): Generator<Transaction> {
  const { feeTransactionType } = world.switches.values;
  for (const { id, session_id, amount, truemed_fee = 0, at } of within(world.store.charges.newestFirst(), days)) {
    yield row(world, { type: 'charge', id, session_id, amount, at });
    if (truemed_fee > 0) yield row(world, { type: feeTransactionType, id, session_id, amount: -truemed_fee, at });
  }
}

function* refundRows(world: World, days: Days): Generator<Transaction> {
  const { feeTransactionType } = world.switches.values;
  for (const refund of within(world.store.refunds.newestFirst(), days)) {
    const { refund_id, session_id, amount, fee_returned, at } = refund;
    yield row(world, { type: 'refund', id: refund_id, session_id, amount: -amount, at, refund_id });
    if (fee_returned > 0) {
      yield row(world, { type: feeTransactionType, id: refund_id, session_id, amount: fee_returned, at, refund_id });
    }
  }
}

/** A dispute takes the money when it is opened, and gives it back where it is won. */
function* disputeRows(world: World, days: Days): Generator<Transaction> {
  for (const { id, session_id, state, amount, at } of within(world.store.disputes.newestFirst(), days)) {
    if (state === 'lost') continue;
    yield row(world, { type: 'dispute', id, session_id, amount: state === 'won' ? amount : -amount, at });
  }
}

function row(
  world: World,
  of: { type: string; id: string; session_id: string; amount: number; at: string; refund_id?: string },
): Transaction {
  const day = dayOf(of.at);
  const isPaidOut = addDays(day, world.switches.values.payoutDelayDays) <= dayOf(world.clock.nowIso());
  // A day that is not over may still bring more.
  const isOver = day < dayOf(world.clock.nowIso());
  return {
    transaction_id: uuidOf('transaction', of.type === 'charge' || of.type === 'refund' ? of.type : 'other', of.id),
    type: of.type,
    amount: of.amount,
    payment_id: of.session_id,
    refund_id: of.refund_id ?? null,
    created_at: of.at,
    payout_id: isOver && isPaidOut ? uuidOf('payout', day) : null,
  };
}

/** Those within some days, of records that come newest first: the clock only moves ahead. */
function* within<T extends { readonly at: string }>(records: Iterable<T>, { start, end }: Days): Generator<T> {
  for (const record of records) {
    const day = dayOf(record.at);
    if (day < start) return;
    if (day <= end) yield record;
  }
}

function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

function addDays(day: string, count: number): string {
  return dayOf(new Date(Date.parse(day) + count * DAY_MS).toISOString());
}
