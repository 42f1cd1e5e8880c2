import { without } from '../test-world';
import { type Assumption, probed } from './assumption';
import { SILENT_ASSUMPTIONS } from './assumptions-silent';
import { aCheckout, aProvision, requestPath, SESSION, sessionPath, TOKEN, TOKENS, tokenPath } from './bodies';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** Whether an error has the envelope of section 1.1. */
const isEnvelope = (body: Record<string, unknown>, error?: string) =>
  typeof body.error === 'string' && typeof body.message === 'string' && (error === undefined || body.error === error);

/** What any API can be asked about without a customer and without a charge. */
const PROBED_ASSUMPTIONS: readonly Assumption[] = [
  probed('unauthorized', '1', 'a wrong key is answered 401 with error and message', 'reads', async ({ api }) => {
    const { status, body } = await api.call('GET', TOKENS, { key: 'not-a-key' });
    return status === 401 && isEnvelope(body);
  }),
  probed('not_found_envelope', '1.1', '404 has error NotFound and message', 'reads', async ({ api }) => {
    const { status, body } = await api.get(requestPath(UNKNOWN_ID));
    return status === 404 && isEnvelope(body, 'NotFound');
  }),
  probed('method_envelope', '1.1', '405 has error MethodNotAllowed and message', 'reads', async ({ api }) => {
    const { status, body } = await api.call('PUT', SESSION, { body: '{}' });
    return status === 405 && isEnvelope(body, 'MethodNotAllowed');
  }),
  probed('key_of_refusal', '1.2', 'a malformed body does not use up its key', 'writes', async ({ api, fresh }) => {
    const key = fresh();
    const refused = await api.post(SESSION, aCheckout(key, { customer_email: 'ada' }));
    return refused.status === 400 && (await api.post(SESSION, aCheckout(key))).status === 200;
  }),
  probed(
    'field_order',
    '1.2',
    'the order of the fields of a body means nothing to its key',
    'writes',
    async ({ api, fresh }) => {
      const key = fresh();
      const body = aCheckout(key);
      const first = await api.post(SESSION, body);
      const second = await api.post(SESSION, Object.fromEntries(Object.entries(body).reverse()));
      return first.status === 200 && second.status === 200 && first.body.id === second.body.id;
    },
  ),
  probed('unknown_fields', '1', 'unknown fields of a body are ignored', 'writes', async ({ api, fresh }) => {
    return (await api.post(SESSION, aCheckout(fresh(), { order_id: 'their own' }))).status === 200;
  }),
  probed('page_size', '1.3', 'page_size of 100 is taken', 'reads', async ({ api }) => {
    return (await api.get(`${TOKENS}?page_size=100`)).status === 200;
  }),
  probed(
    'missing_before_invalid',
    '3.1',
    'an absent field is told before a malformed one',
    'reads',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, without(aCheckout(fresh(), { customer_email: 'ada' }), 'total_amount'));
      return body.error === 'MissingRequiredParameter';
    },
  ),
  probed(
    'tokenize_before_token',
    '3.1',
    'tokenize beside a token is told before that the token is unknown',
    'reads',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh(), { tokenize: true, payment_token: 'pt_nobody' }));
      return body.error === 'TokenizeNotSupported';
    },
  ),
  probed(
    'unknown_token',
    '3.1',
    'an unknown payment_token is answered 404 NotFound',
    'reads',
    async ({ api, fresh }) => {
      const { status, body } = await api.post(SESSION, aCheckout(fresh(), { payment_token: 'pt_nobody' }));
      return status === 404 && body.error === 'NotFound';
    },
  ),
  probed('items_rules', '3.1', 'a quantity of 0 is refused with OrderItemsInvalid', 'reads', async ({ api, fresh }) => {
    const order_items = [{ name: 'a', sku: 'a', quantity: 0, price: 1 }];
    return (await api.post(SESSION, aCheckout(fresh(), { order_items }))).body.error === 'OrderItemsInvalid';
  }),
  probed(
    'holds_and_tokens',
    '3.1',
    'kind=authorization with tokenize is an InvalidRequestParameter',
    'reads',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh(), { kind: 'authorization', tokenize: true }));
      return body.error === 'InvalidRequestParameter';
    },
  ),
  probed(
    'next_bill',
    '3.1',
    'display_next_bill_info outside a trial is an InvalidRequestParameter',
    'reads',
    async ({ api, fresh }) => {
      const display_next_bill_info = { total_amount: 4900, date: '2027-01-15' };
      return (
        (await api.post(SESSION, aCheckout(fresh(), { display_next_bill_info }))).body.error ===
        'InvalidRequestParameter'
      );
    },
  ),
  probed(
    'discount_sign',
    '6',
    'discounts are sent negative and added',
    'writes',
    async ({ api, fresh }) => {
      const positive = { amount_details: { total_additional_charges: 830, total_discounts: 900 } };
      const asSent = await api.post(SESSION, aCheckout(fresh()));
      return asSent.status === 200 && (await api.post(SESSION, aCheckout(fresh(), positive))).status === 400;
    },
    'discountSign',
  ),
  probed(
    'amount_details_required',
    '13, C5',
    'amount_details is required',
    'writes',
    async ({ api, fresh }) => {
      const body = without(aCheckout(fresh(), { total_amount: 4900 }), 'amount_details');
      return (await api.post(SESSION, body)).body.error === 'MissingRequiredParameter';
    },
    'requireAmountDetails',
  ),
  probed(
    'detail_lists',
    '6',
    'a detail list that does not add up to its total is refused',
    'writes',
    async ({ api, fresh }) => {
      const amount_details = {
        total_additional_charges: 830,
        total_discounts: -900,
        discounts_details: [{ name: 'Ten', amount: -10 }],
      };
      return (await api.post(SESSION, aCheckout(fresh(), { amount_details }))).status === 400;
    },
  ),
  probed('unknown_session', '3.2', 'an unknown payment session is answered 404', 'reads', async ({ api }) => {
    return (await api.get(sessionPath(UNKNOWN_ID))).status === 404;
  }),
  probed(
    'session_detail',
    '3.2',
    'the detail of a session has kind, created_at, customer_email and total_amount',
    'writes',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      const detail = (await api.get(sessionPath(body.id))).body;
      return ['kind', 'created_at', 'customer_email', 'total_amount'].every((name) => name in detail);
    },
  ),
  probed(
    'cancel_answer',
    '3.6',
    'cancel answers 200 with id and status canceled, and again',
    'writes',
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      const answers = [await api.post(sessionPath(body.id, 'cancel')), await api.post(sessionPath(body.id, 'cancel'))];
      return answers.every(
        (answer) => answer.status === 200 && answer.body.status === 'canceled' && answer.body.id === body.id,
      );
    },
  ),
  probed(
    'cancel_unknown',
    '3.6',
    'cancelling an unknown session is 400 PaymentSessionDoesNotExist',
    'reads',
    async ({ api }) => {
      const { status, body } = await api.post(sessionPath(UNKNOWN_ID, 'cancel'));
      return status === 400 && body.error === 'PaymentSessionDoesNotExist';
    },
  ),
  probed(
    'several_requests',
    '4.1',
    'an e-mail may have several open token requests',
    'writes',
    async ({ api, fresh }) => {
      const customer_email = `${fresh()}@example.com`;
      const first = await api.post(TOKEN, aProvision(fresh(), { customer_email }));
      const second = await api.post(TOKEN, aProvision(fresh(), { customer_email }));
      return first.status === 200 && second.status === 200;
    },
  ),
  probed('unknown_payment_token', '4.3', 'retrieving an unknown token is 404 NotFound', 'reads', async ({ api }) => {
    const { status, body } = await api.get(tokenPath('pt_nobody_has_this'));
    return status === 404 && body.error === 'NotFound';
  }),
];

/** Every assumption of truemed-api.md. */
export const ASSUMPTIONS: readonly Assumption[] = [...PROBED_ASSUMPTIONS, ...SILENT_ASSUMPTIONS];
