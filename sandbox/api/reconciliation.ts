import { z } from 'zod';
import { payoutsOf, transactionsOf } from '../model/reconciliation';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { type FieldCodes, readFields } from './fields';
import { Flag, PageFields, pageOfList } from './pages';

/** The one error that is documented for wrong parameters, absent ones among them (section 8). */
const CODES: FieldCodes = { missing: 'ValidationError', invalid: 'ValidationError' };
const REQUIRED = ['start_date', 'end_date'];
const Day = z.iso.date('must be YYYY-MM-DD');

const Query = z.object({
  ...PageFields,
  start_date: Day,
  end_date: Day,
  payout_ids: z.string().optional(),
  include_pending_payouts: Flag.default(true),
});

/** List reconciliation transactions (section 8): charges, refunds, fees and disputes of some days, newest first. */
export function listReconciliationTransactions(call: ApiCall): ApiAnswer {
  const fields = readQuery(call);
  if (!fields.ok) return fields.answer;
  const { start_date: start, end_date: end, payout_ids, include_pending_payouts: withPending } = fields.value;
  const wanted = payout_ids
    ?.split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  const transactions = transactionsOf(call.world, { start, end }).filter(({ payout_id }) => {
    if (payout_id === null) return withPending && wanted === undefined;
    return wanted === undefined || wanted.includes(payout_id);
  });
  const { rows, pagination } = pageOfList(transactions, fields.value);
  return { status: 200, body: { transactions: rows, pagination } };
}

/** List reconciliation payouts (section 8): what arrived within some days, newest first. */
export function listReconciliationPayouts(call: ApiCall): ApiAnswer {
  const fields = readQuery(call);
  if (!fields.ok) return fields.answer;
  const { start_date: start, end_date: end } = fields.value;
  const { rows, pagination } = pageOfList(payoutsOf(call.world, { start, end }), fields.value);
  return { status: 200, body: { payouts: rows, pagination } };
}

function readQuery({ query }: ApiCall) {
  const fields = readFields(Object.fromEntries(query), Query, REQUIRED, CODES);
  if (!fields.ok || fields.value.start_date <= fields.value.end_date) return fields;
  const answer = refuse(400, CODES.invalid, 'start_date: must not be after end_date.');
  return { ok: false as const, answer };
}
