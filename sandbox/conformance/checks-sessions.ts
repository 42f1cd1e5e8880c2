import { without } from '../test-world';
import { aCharge, aCheckout, SESSION, sessionPath } from './bodies';
import { A_TEXT, A_UUID, AN_ADDRESS, AN_INSTANT, anywhere, type Check, facts, holds, inSandbox } from './check';

const REQUIRED = [
  'total_amount',
  'amount_details',
  'order_items',
  'customer_email',
  'customer_name',
  'success_url',
  'failure_url',
  'idempotency_key',
] as const;

const asked = (...names: string[]) => facts('createPaymentSession', 'request', ...names);
const answered = (...names: string[]) => facts('createPaymentSession', 'answer', ...names);
const refused = (...names: string[]) => facts('createPaymentSession', 'error', ...names);
const ruled = (...names: string[]) => facts('createPaymentSession', 'rule', ...names);

/** A check that a changed checkout is refused; nothing is left behind, so it may run anywhere. */
function refusal(title: string, shows: string[], changes: Record<string, unknown>, error: string): Check {
  return anywhere('reads', title, [...shows, ...refused(error)], ({ api, fresh }) =>
    api.post(SESSION, aCheckout(fresh(), changes)).then((answer) => {
      holds(answer, { status: 400, body: { error, message: A_TEXT } });
    }),
  );
}

const INVALID: [field: string, title: string, value: unknown][] = [
  ['total_amount', 'total_amount is an integer of cents', 48.3],
  ['customer_email', 'a malformed e-mail is refused', 'ada'],
  ['success_url', 'success_url is a URL', '/done'],
  ['success_url', 'success_url has at most 4096 characters', `https://shop.example/${'a'.repeat(4096)}`],
  ['failure_url', 'failure_url is a URL', 'nowhere'],
  ['failure_url', 'failure_url has at most 4096 characters', `https://shop.example/${'a'.repeat(4096)}`],
  ['kind', 'kind is one_time_payment or authorization', 'subscription'],
  ['tokenize', 'tokenize is true or false', 'yes'],
  ['customer_state', 'customer_state has no US- prefix', 'US-CA'],
  ['customer_state', 'customer_state is the code of a region', 'ZZ'],
  ['metadata', 'metadata is a string', { order: 1 }],
  ['use_iframe', 'use_iframe is true or false', 'yes'],
  ['billing_address', 'billing_address is an object', 'Main Street'],
  ['billing_name', 'billing_name is a string', 7],
  ['shipping_address', 'shipping_address is an object', 'Main Street'],
  ['shipping_name', 'shipping_name is a string', 7],
  ['survey_config', 'survey_config is an object', 'short'],
  [
    'display_next_bill_info',
    'display_next_bill_info has an amount and a date YYYY-MM-DD',
    { total_amount: 1, date: 'May' },
  ],
];

const WRONG_ITEMS: [title: string, items: unknown][] = [
  ['an empty list of items is refused', []],
  ['items that are not a list are refused', 'MAG'],
  ['an item has a price for one unit, not an amount', [{ name: 'a', sku: 'a', quantity: 1, amount: 1 }]],
  ['an item has a quantity of at least 1', [{ name: 'a', sku: 'a', quantity: 0, price: 1 }]],
  ['an item has a name', [{ name: '', sku: 'a', quantity: 1, price: 1 }]],
];

/** Create payment session with the customer present: what is sent, answered and refused (S1, section 3.1). */
export const SESSION_CHECKS: readonly Check[] = [
  ...REQUIRED.map((name) =>
    anywhere(
      'reads',
      `${name} is required`,
      [...asked(name), ...refused('MissingRequiredParameter')],
      ({ api, fresh }) =>
        api.post(SESSION, without(aCheckout(fresh()), name)).then((answer) => {
          holds(answer, { status: 400, body: { error: 'MissingRequiredParameter', message: A_TEXT } });
        }),
    ),
  ),
  ...INVALID.map(([field, title, value]) =>
    refusal(title, asked(field), { [field]: value }, 'InvalidRequestParameter'),
  ),
  ...WRONG_ITEMS.map(([title, order_items]) =>
    refusal(title, asked('order_items'), { order_items }, 'OrderItemsInvalid'),
  ),
  refusal(
    'a total that is not the sum is refused',
    ruled('a positive total is the sum of its parts'),
    { total_amount: 4831 },
    'TotalAmountInvalid',
  ),
  refusal('a negative total is refused', [], { total_amount: -1 }, 'TotalAmountInvalid'),
  refusal(
    'a total of 0 is refused outside a trial',
    [],
    { total_amount: 0, amount_details: { total_discounts: -4900 } },
    'TotalAmountInvalid',
  ),
  refusal(
    'a next bill needs tokenize=true and a total of 0',
    asked('display_next_bill_info'),
    { display_next_bill_info: { total_amount: 4900, date: '2027-01-15' } },
    'InvalidRequestParameter',
  ),
  refusal(
    'holds are not for subscriptions',
    [...asked('kind'), ...ruled('holds are not for subscriptions')],
    { kind: 'authorization', tokenize: true },
    'InvalidRequestParameter',
  ),
  refusal(
    'tokenize is false where a payment_token is given',
    asked('tokenize'),
    { tokenize: true, payment_token: 'pt_any' },
    'TokenizeNotSupported',
  ),
  anywhere(
    'reads',
    'an error has the fields error and message',
    ruled('an error has the fields error and message'),
    async ({ api }) => {
      const { body } = await api.post(SESSION, {});
      holds(Object.keys(body).sort(), ['error', 'message'], 'the fields of an error');
    },
  ),
  anywhere(
    'writes',
    'a checkout is answered with its id and the page to send the customer to',
    [
      ...answered('id', 'redirect_url', 'payment_token', 'next_action', 'message', 'authorization_expires_at'),
      ...ruled('a session of a checkout has a page to go to'),
    ],
    async ({ api, fresh }) => {
      const answer = await api.post(SESSION, aCheckout(fresh()));
      holds(answer, {
        status: 200,
        body: {
          id: A_UUID,
          redirect_url: AN_ADDRESS,
          payment_token: null,
          next_action: null,
          message: null,
          authorization_expires_at: null,
        },
      });
    },
  ),
  anywhere(
    'writes',
    'the same key gives the same id, and another body with it is a violation',
    [...asked('idempotency_key'), ...ruled('the same key gives the same id'), ...refused('IdempotencyViolation')],
    async ({ api, fresh }) => {
      const key = fresh();
      const first = await api.post(SESSION, aCheckout(key));
      holds(await api.post(SESSION, aCheckout(key)), { status: 200, body: { id: first.body.id } });
      const other = await api.post(SESSION, aCheckout(key, { metadata: 'another' }));
      holds(other, { status: 400, body: { error: 'IdempotencyViolation', message: A_TEXT } });
    },
  ),
  anywhere(
    'writes',
    "the sum is that of Truemed's own example: charges and discounts of an item count once for its line",
    [
      ...asked('total_amount', 'amount_details', 'order_items'),
      ...ruled('a positive total is the sum of its parts', 'item charges count once for each line'),
    ],
    async ({ api, fresh }) => {
      holds(await api.post(SESSION, aCheckout(fresh(), TRUEMED_EXAMPLE)), { status: 200 });
    },
  ),
  anywhere(
    'writes',
    'every optional field is taken, and a one-time payment is the default',
    [
      ...asked(
        'customer_state',
        'metadata',
        'billing_address',
        'billing_name',
        'shipping_address',
        'shipping_name',
        'survey_config',
        'kind',
        'customer_name',
        'customer_email',
      ),
      ...ruled('kind is one_time_payment by default'),
      ...facts('retrievePaymentSession', 'request', 'id'),
      ...facts('retrievePaymentSession', 'rule', 'a new session is pending'),
      ...facts(
        'retrievePaymentSession',
        'answer',
        'id',
        'status',
        'status_summary',
        'kind',
        'created_at',
        'customer_email',
        'customer_name',
        'total_amount',
        'amount_details',
        'metadata',
        'order_items',
        'payment_token',
      ),
    ],
    async ({ api, fresh }) => {
      const key = fresh();
      const { body } = await api.post(SESSION, aCheckout(key, OPTIONAL));
      const detail = await api.get(sessionPath(body.id));
      holds(detail, {
        status: 200,
        body: {
          id: body.id,
          status: 'pending',
          status_summary: 'Incomplete',
          kind: 'one_time_payment',
          created_at: AN_INSTANT,
          customer_email: `${key}@example.com`,
          customer_name: 'Ada Park',
          total_amount: 4830,
          amount_details: { total_additional_charges: 830, total_discounts: -900 },
          metadata: OPTIONAL.metadata,
          order_items: [{ item_id: A_TEXT, name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
          payment_token: null,
        },
      });
    },
  ),
  anywhere(
    'reads',
    'an unknown session is answered 404',
    facts('retrievePaymentSession', 'error', 'NotFound'),
    async ({ api }) => {
      holds(await api.get(sessionPath('00000000-0000-4000-8000-000000000000')), { status: 404 });
    },
  ),
  anywhere(
    'writes',
    'a pending session is cancelled, and again without harm',
    [
      ...facts('cancelPaymentSession', 'request', 'id'),
      ...facts('cancelPaymentSession', 'answer', 'id', 'status'),
      ...facts('cancelPaymentSession', 'rule', 'cancelling again is answered 200'),
      ...facts('retrievePaymentSession', 'rule', 'a cancelled session is canceled'),
    ],
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      for (let times = 0; times < 2; times += 1) {
        holds(await api.post(sessionPath(body.id, 'cancel')), {
          status: 200,
          body: { id: body.id, status: 'canceled' },
        });
      }
      holds((await api.get(sessionPath(body.id))).body.status, 'canceled', 'the status');
    },
  ),
  anywhere(
    'reads',
    'a session that does not exist cannot be cancelled',
    facts('cancelPaymentSession', 'error', 'PaymentSessionDoesNotExist'),
    async ({ api }) => {
      const answer = await api.post(sessionPath('00000000-0000-4000-8000-000000000000', 'cancel'));
      holds(answer, { status: 400, body: { error: 'PaymentSessionDoesNotExist', message: A_TEXT } });
    },
  ),
  inSandbox(
    'a merchant without a needed feature is told so',
    refused('FeatureNotEnabled'),
    async ({ api, control, fresh }) => {
      await control.setSwitches({ paymentsEnabled: false });
      holds(await api.post(SESSION, aCharge(fresh())), {
        status: 400,
        body: { error: 'FeatureNotEnabled', message: A_TEXT },
      });
      await control.setSwitches({ paymentsEnabled: true, authorizationEnabled: false });
      const hold = await api.post(SESSION, aCheckout(fresh(), { kind: 'authorization' }));
      holds(hold, { status: 400, body: { error: 'FeatureNotEnabled', message: A_TEXT } });
    },
  ),
];

const OPTIONAL = {
  customer_state: 'CA',
  metadata: '{"order":1}',
  billing_address: { line1: '1 Main Street', city: 'Sacramento', state: 'CA', postal_code: '95814', country: 'US' },
  billing_name: 'Ada Park',
  shipping_address: { line1: '1 Main Street' },
  shipping_name: 'Bo Reyes',
  survey_config: {},
};

const TRUEMED_EXAMPLE = {
  total_amount: 100_000,
  amount_details: { total_additional_charges: 42_500 },
  order_items: [
    {
      name: 'Item A',
      sku: 'A',
      quantity: 3,
      price: 5500,
      amount_details: { total_additional_charges: 4500, total_discounts: -1000 },
    },
    { name: 'Item B', sku: 'B', quantity: 2, price: 15_000 },
    { name: 'Item C', sku: 'C', quantity: 4, price: 2000, amount_details: { total_discounts: -500 } },
  ],
};
