import { z } from 'zod';
import { amountsOf } from '../model/money';
import type { PaymentSession } from '../records';
import type { World } from '../world';
import type { ApiAnswer, ApiCall } from './answers';
import { readFields, SESSION_CODES } from './fields';
import { Flag, PageFields, type PageOf, pageOf } from './pages';
import { sessionFields, sessionItems } from './session-detail';

const Query = z.object({
  ...PageFields,
  include_order_items: Flag.default(false),
  summarize_refunds: Flag.default(false),
  search: z.string().optional(),
});

/** List payment sessions (section 3.3): all of them, newest first. What `search` looks at is ASSUMED. */
export function listPaymentSessions({ world, query }: ApiCall): ApiAnswer {
  const fields = readFields(Object.fromEntries(query), Query, [], SESSION_CODES);
  if (!fields.ok) return fields.answer;
  const { rows, pagination } = findSessions(world, fields.value);
  return {
    status: 200,
    body: { payment_sessions: rows.map((session) => listedOf(world, session, fields.value)), pagination },
  };
}

function listedOf(world: World, session: PaymentSession, query: z.infer<typeof Query>): Record<string, unknown> {
  const amounts = amountsOf(world, session);
  return {
    ...sessionFields(world, session, amounts),
    ...(query.include_order_items ? { order_items: sessionItems(world, session, amounts) } : {}),
    ...(query.summarize_refunds ? { refund_amount: amounts.refunded } : {}),
  };
}

function findSessions({ store, switches }: World, query: z.infer<typeof Query>): PageOf<PaymentSession> {
  const wanted = switches.values.sessionSearch ? (query.search ?? '').toLowerCase() : '';
  const fits = ({ id, customer_email, customer_name }: PaymentSession) =>
    [id, customer_email, customer_name].some((word) => word.toLowerCase().includes(wanted));
  return pageOf(store.sessions, query, wanted === '' ? null : fits);
}
