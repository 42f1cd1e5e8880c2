import { aCharge, aCheckout, REFUND, SESSION, SESSIONS } from './bodies';
import {
  A_COUNT,
  A_LIST,
  ABSENT,
  AN_INSTANT,
  anywhere,
  type Check,
  type CheckWorld,
  facts,
  holds,
  inSandbox,
} from './check';
import { aHold, release } from './money';

const lists = (kind: 'request' | 'answer' | 'rule', ...names: string[]) => facts('listPaymentSessions', kind, ...names);

/** The list of payment sessions (section 3.3). */
export const LIST_CHECKS: readonly Check[] = [
  inSandbox(
    'the list tells of refunds and of what can be refunded or captured, and holds every session',
    [
      ...lists('request', 'summarize_refunds', 'search'),
      ...lists(
        'answer',
        'total_refundable',
        'quantity_refundable',
        'total_capturable',
        'quantity_capturable',
        'authorized_on',
        'refund_amount',
      ),
      ...lists('rule', 'pending, held and voided sessions are in it'),
    ],
    async (world) => {
      const { api, fresh } = world;
      const captured = (await api.post(SESSION, aCharge(fresh()))).body.id;
      await api.post(REFUND, {
        payment_id: captured,
        amount: 830,
        reason: 'customer_request',
        idempotency_key: fresh(),
      });
      const held = await aHold(world);
      const voided = await aHold(world);
      await release(world, voided);
      const pending = (await api.post(SESSION, aCheckout(fresh()))).body.id;
      const query = '?include_order_items=true&summarize_refunds=true';
      const { payment_sessions } = (await api.get(SESSIONS + query)).body;
      const listed: Record<string, unknown>[] = Array.isArray(payment_sessions) ? payment_sessions : [];
      holds(
        listed.map(({ id }) => id),
        [pending, voided, held, captured],
        'the sessions',
      );
      holds(
        listed.map(({ status }) => status),
        ['pending', 'authorization_voided', 'authorized', 'captured'],
        'their statuses',
      );
      holds(
        listed[3],
        {
          refund_amount: 830,
          authorized_on: AN_INSTANT,
          order_items: [{ total_refundable: 4000, quantity_refundable: 1, total_capturable: ABSENT }],
        },
        'the captured one',
      );
      holds(
        listed[2],
        { order_items: [{ total_capturable: 4900, quantity_capturable: 1, total_refundable: ABSENT }] },
        'the held one',
      );
      holds((await api.get(`${SESSIONS}?search=${captured}`)).body.payment_sessions, A_LIST, 'what is found');
    },
  ),
  anywhere(
    'writes',
    'sessions are listed newest first, 30 for a page, the pending ones too',
    [
      ...facts('listPaymentSessions', 'request', 'page', 'include_order_items'),
      ...facts('listPaymentSessions', 'answer', 'payment_sessions', 'pagination'),
      ...facts('listPaymentSessions', 'rule', '30 for a page, newest first'),
    ],
    listsNewestFirst,
  ),
];

async function listsNewestFirst({ api, fresh }: CheckWorld): Promise<void> {
  const ids: unknown[] = [];
  for (let n = 0; n < 3; n += 1) ids.unshift((await api.post(SESSION, aCheckout(fresh()))).body.id);
  const { status, body } = await api.get(`${SESSIONS}?page=1&include_order_items=true`);
  holds(status, 200, 'the status');
  holds(body, {
    payment_sessions: A_LIST,
    pagination: { count: A_COUNT, current_page: 1, last_page: A_COUNT, page_size: 30 },
  });
  const listed: unknown = body.payment_sessions;
  if (!Array.isArray(listed)) throw new Error('Checked above.');
  holds(
    listed.slice(0, 3).map((session) => session.id),
    ids,
    'the newest sessions',
  );
  holds(listed[0], { status: 'pending', order_items: A_LIST }, 'the newest session');
}
