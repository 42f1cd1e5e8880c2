import { card, envelopes, sendForm, survey } from '../test-forms';
import { aCharge, aCheckout, SESSION, sessionPath, tokenPath } from './bodies';
import { A_LIST, A_TEXT, A_UUID, ABSENT, AN_ADDRESS, AN_INSTANT, type Check, facts, holds, inSandbox } from './check';

const asked = (...names: string[]) => facts('createPaymentSession', 'request', ...names);
const refused = (...names: string[]) => facts('createPaymentSession', 'error', ...names);
const ruled = (...names: string[]) => facts('createPaymentSession', 'rule', ...names);
const told = (...names: string[]) => facts('payment_session.updated', 'answer', ...names);
const toldOfToken = (...names: string[]) => facts('payment_token.updated', 'answer', ...names);
const detail = (...names: string[]) => facts('retrievePaymentSession', 'answer', ...names);

/** Charges of a stored token, and what happens when it needs the customer (S1, sections 3.1 and 5.4). */
export const CHARGE_CHECKS: readonly Check[] = [
  inSandbox(
    'a charge with a token needs no redirect, is captured, and its outcome is told by webhook',
    [
      ...asked('payment_token'),
      ...ruled('the outcome is told by webhook'),
      ...told('payment_id', 'status', 'created_at', 'order_items', 'capture_amount', 'metadata', 'payment_token'),
      ...facts('payment_session.updated', 'rule', 'one for each change of status'),
      ...facts('retrievePaymentSession', 'rule', 'a paid session is captured'),
      ...detail('authorized_on', 'captured_on', 'capture_amount', 'authorize_amount', 'refunds'),
    ],
    async ({ api, control, receiver, fresh }) => {
      const { status, body } = await api.post(SESSION, aCharge(fresh()));
      holds([status, body.redirect_url], [200, null], 'the answer');
      await control.settle();
      holds(envelopes(receiver), [
        {
          event_type: 'payment_session.updated',
          data: {
            payment_id: body.id,
            status: 'captured',
            created_at: AN_INSTANT,
            order_items: [{ item_id: A_UUID, name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
            capture_amount: 4830,
            metadata: 'att_1',
            payment_token: 'pt_ada',
          },
        },
      ]);
      holds((await api.get(sessionPath(body.id))).body, {
        status: 'captured',
        status_summary: 'Captured',
        authorized_on: AN_INSTANT,
        captured_on: AN_INSTANT,
        capture_amount: 4830,
        authorize_amount: 4830,
        refunds: A_LIST,
      });
    },
  ),
  inSandbox(
    'after ServerError the same key is tried again, and charges once',
    ruled('after ServerError the same key is tried again'),
    async ({ api, control, fresh }) => {
      const key = fresh();
      await control.addFault({ fault: 'ServerError' });
      holds(await api.post(SESSION, aCharge(key)), { status: 400, body: { error: 'ServerError', message: A_TEXT } });
      const { status, body } = await api.post(SESSION, aCharge(key));
      holds({ status, body }, { status: 200, body: { id: A_UUID } });
      holds(await api.post(SESSION, aCharge(key)), { body: { id: body.id } });
      holds((await control.ledger()).charges, [{ session_id: body.id }], 'the charges');
    },
  ),
  inSandbox(
    "the identity is the token's, whatever the body says",
    [...asked('customer_email', 'customer_name'), ...ruled('the identity is that of the token')],
    async ({ api, fresh }) => {
      const identity = { customer_email: 'not an e-mail', customer_name: 'Somebody Else' };
      const { body } = await api.post(SESSION, aCharge(fresh(), identity));
      const { customer_email, customer_name } = (await api.get(sessionPath(body.id))).body;
      holds([customer_email, customer_name], ['ada@example.com', 'Ada Park'], 'the identity');
    },
  ),
  inSandbox(
    'the template in both addresses becomes the id, exactly as it is written',
    [...asked('success_url', 'failure_url'), ...ruled('the template is replaced by the id, exactly as written')],
    async ({ api, control, fresh }) => {
      const { body } = await api.post(
        SESSION,
        aCheckout(fresh(), {
          success_url:
            'https://shop.example/{{payment_session_id}}?s={{payment_session_id}}&t={{ payment_session_id }}',
          failure_url: 'https://shop.example/no/{{payment_session_id}}',
        }),
      );
      const session = (await control.state()).sessions.find(({ id }) => id === body.id);
      holds(session, {
        success_url: `https://shop.example/${body.id}?s=${body.id}&t={{ payment_session_id }}`,
        failure_url: `https://shop.example/no/${body.id}`,
      });
    },
  ),
  inSandbox(
    'SessionPending: the customer has not finished the first checkout of this token',
    refused('SessionPending'),
    async ({ api, control, fresh }) => {
      await control.setTokenHealth({ payment_token: 'pt_ada', health: 'pending' });
      holds(await api.post(SESSION, aCharge(fresh())), {
        status: 400,
        body: { error: 'SessionPending', message: A_TEXT },
      });
    },
  ),
  inSandbox(
    'a deleted token is not found, and cannot be revived',
    [
      ...refused('NotFound'),
      ...facts('deletePaymentToken', 'request', 'payment_token'),
      ...facts('deletePaymentToken', 'answer', 'nothing'),
      ...facts('deletePaymentToken', 'error', 'NotFound'),
      ...facts('deletePaymentToken', 'rule', 'a deleted token cannot be charged', 'there is no way back'),
    ],
    async ({ api, fresh }) => {
      holds(await api.post(tokenPath('pt_ada', 'delete')), { status: 204, body: {} });
      holds(await api.post(SESSION, aCharge(fresh())), { status: 404, body: { error: 'NotFound', message: A_TEXT } });
      holds(await api.get(tokenPath('pt_ada')), { status: 404 });
      holds(await api.post(tokenPath('pt_ada', 'delete')), { status: 404, body: { error: 'NotFound' } });
    },
  ),
  inSandbox(
    '422 UpdatePaymentMethod: the card expired; a new card at redirect_url, success_url, and the token can be charged again',
    [
      ...refused('UpdatePaymentMethod'),
      ...ruled('who finishes a repair goes to success_url'),
      ...toldOfToken('payment_token', 'failed_payment_session_id'),
    ],
    async ({ api, control, receiver, fresh }) => {
      await control.setTokenHealth({ payment_token: 'pt_ada', card_expires: '2020-01' });
      const { status, body } = await api.post(SESSION, aCharge(fresh()));
      holds(
        { status, body },
        { status: 422, body: { next_action: 'UpdatePaymentMethod', redirect_url: AN_ADDRESS, error: ABSENT } },
      );
      holds(
        (await sendForm(body.redirect_url, card())).location,
        `https://shop.example/done?session=${body.id}`,
        'the way back',
      );
      await control.settle();
      holds(envelopes(receiver), [
        { event_type: 'payment_token.updated', data: { payment_token: 'pt_ada', failed_payment_session_id: body.id } },
      ]);
      holds(await api.post(SESSION, aCharge(fresh())), { status: 200 });
    },
  ),
  inSandbox(
    '422 TakeHealthSurvey: the letter ended; the survey at redirect_url brings another for 12 months',
    [...refused('TakeHealthSurvey'), ...facts('retrievePaymentToken', 'rule', 'a letter lasts 12 months')],
    async ({ api, control, fresh }) => {
      await control.moveClock({ mode: 'manual' });
      await control.advance({ months: 12 });
      const { status, body } = await api.post(SESSION, aCharge(fresh()));
      holds({ status, body }, { status: 422, body: { next_action: 'TakeHealthSurvey', redirect_url: AN_ADDRESS } });
      await sendForm(body.redirect_url, survey());
      await control.advance({ months: 11 });
      holds(await api.post(SESSION, aCharge(fresh())), { status: 200 });
    },
  ),
  inSandbox(
    'who starts a repair and cancels it goes to failure_url, and the token still needs it',
    ruled('who cancels a repair goes to failure_url'),
    async ({ api, control, fresh }) => {
      await control.setTokenHealth({ payment_token: 'pt_ada', health: 'needs_card' });
      const { body } = await api.post(SESSION, aCharge(fresh()));
      const left = await sendForm(body.redirect_url, { ...card(), action: 'cancel' });
      holds(left.location, 'https://shop.example/stopped', 'the way back');
      holds(await api.post(SESSION, aCharge(fresh())), { status: 422 });
    },
  ),
  inSandbox(
    'a captured session cannot be cancelled, nor one whose customer has paid and waits',
    facts('cancelPaymentSession', 'error', 'SessionCaptured', 'SessionProcessing'),
    async ({ api, control, fresh }) => {
      const captured = await api.post(SESSION, aCharge(fresh()));
      holds(await api.post(sessionPath(captured.body.id, 'cancel')), {
        status: 400,
        body: { error: 'SessionCaptured' },
      });
      await control.setSwitches({ captureAs: 'processing' });
      const processing = await api.post(SESSION, aCharge(fresh()));
      holds(await api.post(sessionPath(processing.body.id, 'cancel')), {
        status: 400,
        body: { error: 'SessionProcessing' },
      });
    },
  ),
];
