import { card, envelopes, sendForm, survey } from '../test-forms';
import { without } from '../test-world';
import { aProvision, requestPath, TOKEN } from './bodies';
import { A_TEXT, A_UUID, AN_ADDRESS, AN_INSTANT, anywhere, type Check, facts, holds, inSandbox } from './check';

const REQUIRED = [
  'customer_email',
  'customer_name',
  'order_items',
  'success_url',
  'failure_url',
  'idempotency_key',
] as const;
const asked = (...names: string[]) => facts('createPaymentToken', 'request', ...names);
const refused = (...names: string[]) => facts('createPaymentToken', 'error', ...names);
const ruled = (...names: string[]) => facts('createPaymentToken', 'rule', ...names);
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const INVALID: [field: string, title: string, value: unknown][] = [
  ['customer_email', 'customer_email is an e-mail address', 'ada'],
  ['customer_name', 'customer_name is not empty', ''],
  ['order_items', 'order_items is a list with at least one item', []],
  ['success_url', 'success_url is a URL', 'nowhere'],
  ['failure_url', 'failure_url is a URL', 'nowhere'],
  ['customer_state', 'customer_state has no US- prefix', 'US-CA'],
  ['metadata', 'metadata is a string', { a: 1 }],
  ['use_iframe', 'use_iframe is true or false', 'yes'],
];

/** Create payment token and what becomes of its request (S0, S2, sections 4.1 and 4.2). */
export const PROVISION_CHECKS: readonly Check[] = [
  ...REQUIRED.map((name) =>
    anywhere(
      'reads',
      `${name} is required for a token`,
      [...asked(name), ...refused('MissingField')],
      ({ api, fresh }) =>
        api.post(TOKEN, without(aProvision(fresh()), name)).then((answer) => {
          holds(answer, { status: 400, body: { error: 'MissingField', message: A_TEXT } });
        }),
    ),
  ),
  ...INVALID.map(([field, title, value]) =>
    anywhere('reads', `${title}, for a token`, [...asked(field), ...refused('ValidationError')], ({ api, fresh }) =>
      api.post(TOKEN, aProvision(fresh(), { [field]: value })).then((answer) => {
        holds(answer, { status: 400, body: { error: 'ValidationError', message: A_TEXT } });
      }),
    ),
  ),
  anywhere(
    'reads',
    'an error of a token request has the fields error and message',
    ruled('an error has the fields error and message'),
    async ({ api }) => {
      const { body } = await api.post(TOKEN, {});
      holds(Object.keys(body).sort(), ['error', 'message'], 'the fields of an error');
    },
  ),
  anywhere(
    'writes',
    'create payment token makes a request with a page to go to, and no token yet',
    [
      ...facts('createPaymentToken', 'answer', 'provision_token_request_id', 'redirect_url'),
      ...ruled('a request is made and no token'),
      ...facts('retrieveProvisionRequest', 'request', 'provision_token_request_id'),
      ...facts('retrieveProvisionRequest', 'answer', 'payment_token', 'metadata'),
      ...facts('retrieveProvisionRequest', 'rule', 'payment_token is null until there is one'),
    ],
    async ({ api, fresh }) => {
      const { status, body } = await api.post(TOKEN, aProvision(fresh()));
      holds({ status, body }, { status: 200, body: { provision_token_request_id: A_UUID, redirect_url: AN_ADDRESS } });
      holds(await api.get(requestPath(body.provision_token_request_id)), {
        status: 200,
        body: { payment_token: null, metadata: 'prq_1' },
      });
    },
  ),
  anywhere(
    'writes',
    'metadata is null where none was sent',
    [...asked('metadata'), ...facts('retrieveProvisionRequest', 'rule', 'metadata is null where none was sent')],
    async ({ api, fresh }) => {
      const { body } = await api.post(TOKEN, without(aProvision(fresh()), 'metadata'));
      holds((await api.get(requestPath(body.provision_token_request_id))).body.metadata, null, 'metadata');
    },
  ),
  anywhere(
    'reads',
    'an unknown request is answered 404',
    facts('retrieveProvisionRequest', 'error', 'NotFound'),
    async ({ api }) => {
      holds(await api.get(requestPath(UNKNOWN_ID)), { status: 404 });
    },
  ),
  anywhere(
    'writes',
    'the same key gives the same request, and another body with it is a violation',
    [...asked('idempotency_key'), ...ruled('the same key gives the same request'), ...refused('IdempotencyViolation')],
    async ({ api, fresh }) => {
      const key = fresh();
      const first = await api.post(TOKEN, aProvision(key));
      holds((await api.post(TOKEN, aProvision(key))).body, first.body, 'the answer to the same body');
      const other = await api.post(TOKEN, aProvision(key, { metadata: 'another' }));
      holds(other, { status: 400, body: { error: 'IdempotencyViolation', message: A_TEXT } });
    },
  ),
  inSandbox(
    'after ServerError the same key of a token request is tried again',
    ruled('after ServerError the same key is tried again'),
    async ({ api, control, fresh }) => {
      const key = fresh();
      await control.addFault({ fault: 'ServerError' });
      holds(await api.post(TOKEN, aProvision(key)), { status: 400, body: { error: 'ServerError', message: A_TEXT } });
      holds(await api.post(TOKEN, aProvision(key)), { status: 200, body: { provision_token_request_id: A_UUID } });
    },
  ),
  inSandbox(
    'an e-mail that has a token is refused, whatever its case',
    [...refused('IdempotencyViolation'), ...ruled('an e-mail that has a token is refused')],
    async ({ api, fresh }) => {
      const answer = await api.post(TOKEN, aProvision(fresh(), { customer_email: 'ADA@example.com' }));
      holds(answer, { status: 400, body: { error: 'IdempotencyViolation', message: A_TEXT } });
    },
  ),
  inSandbox(
    'survey, card, success_url; the token comes by webhook with the request, the customer and the metadata',
    [
      ...asked('success_url', 'customer_state', 'metadata', 'customer_email', 'customer_name'),
      ...ruled(
        'the token comes by webhook',
        'the survey and then the card are asked for',
        'the state of residence is filled in',
      ),
      ...facts(
        'payment_token.updated',
        'answer',
        'payment_token',
        'provision_token_request_id',
        'customer_email',
        'customer_name',
        'metadata',
        'lmn_expires_at',
      ),
      ...facts('retrieveProvisionRequest', 'answer', 'payment_token', 'metadata'),
    ],
    async ({ api, control, receiver, fresh }) => {
      const key = fresh();
      const { body } = await api.post(TOKEN, aProvision(key, { customer_state: 'RI' }));
      const first = await (await fetch(String(body.redirect_url))).text();
      holds(/<option value="RI" selected>\s*Rhode Island/.test(first), true, 'the state that is filled in');
      await sendForm(body.redirect_url, survey());
      holds((await sendForm(body.redirect_url, card())).location, 'https://shop.example/done', 'the way back');
      await control.settle();
      const request = await api.get(requestPath(body.provision_token_request_id));
      holds(request.body, { payment_token: A_TEXT, metadata: 'prq_1' });
      holds(envelopes(receiver), [
        {
          event_type: 'payment_token.updated',
          data: {
            payment_token: request.body.payment_token,
            provision_token_request_id: body.provision_token_request_id,
            customer_email: `${key}@example.com`,
            customer_name: 'Ada Park',
            metadata: 'prq_1',
            lmn_expires_at: AN_INSTANT,
          },
        },
      ]);
    },
  ),
  inSandbox(
    'who cancels or is ineligible comes back to failure_url, and there is no token',
    [...asked('failure_url'), ...ruled('who declines, cancels or is ineligible goes to failure_url')],
    async ({ api, fresh }) => {
      for (const form of [survey('ineligible'), { ...survey(), action: 'cancel' }]) {
        const { body } = await api.post(TOKEN, aProvision(fresh()));
        holds((await sendForm(body.redirect_url, form)).location, 'https://shop.example/stopped', 'the way back');
        holds((await api.get(requestPath(body.provision_token_request_id))).body.payment_token, null, 'the token');
      }
    },
  ),
  inSandbox(
    'card details of a token that are wrong are asked for again',
    ruled('card details that are wrong are asked for again'),
    async ({ api, fresh }) => {
      const { body } = await api.post(TOKEN, aProvision(fresh()));
      await sendForm(body.redirect_url, survey());
      holds((await sendForm(body.redirect_url, card({ code: '1' }))).location, null, 'the way');
      holds((await sendForm(body.redirect_url, card())).location, 'https://shop.example/done', 'the way back');
    },
  ),
  inSandbox(
    'once the letter is being verified the e-mail cannot begin anew, and the token is there afterwards',
    refused('WaitingForVerification'),
    async ({ api, control, fresh }) => {
      const key = fresh();
      const { body } = await api.post(TOKEN, aProvision(key));
      await sendForm(body.redirect_url, survey('reviewed_later'));
      await sendForm(body.redirect_url, card());
      const again = await api.post(TOKEN, aProvision(fresh(), { customer_email: `${key}@example.com` }));
      holds(again, { status: 400, body: { error: 'WaitingForVerification', message: A_TEXT } });
      await control.review({ email: `${key}@example.com`, outcome: 'approve' });
      holds((await api.get(requestPath(body.provision_token_request_id))).body.payment_token, A_TEXT, 'the token');
    },
  ),
  inSandbox(
    'webhook and redirect come in no certain order, and a webhook that is lost is made good by asking',
    [
      ...ruled('webhook and redirect come in no certain order'),
      ...facts('retrieveProvisionRequest', 'rule', 'it tells what a lost webhook did not'),
    ],
    async ({ api, control, receiver, fresh }) => {
      for (const webhookBeforeRedirect of ['before', 'never'] as const) {
        await control.setSwitches({ webhookBeforeRedirect });
        receiver.received.length = 0;
        const { body } = await api.post(TOKEN, aProvision(fresh()));
        await sendForm(body.redirect_url, survey());
        await sendForm(body.redirect_url, card());
        const told = receiver.received.length;
        holds(told, webhookBeforeRedirect === 'before' ? 1 : 0, 'the deliveries at the redirect');
        holds((await api.get(requestPath(body.provision_token_request_id))).body.payment_token, A_TEXT, 'the token');
      }
    },
  ),
  inSandbox(
    'in a frame the end is one message with success and redirectUrl, and no redirect',
    [...asked('use_iframe'), ...ruled('the page works in a frame and posts success and redirectUrl')],
    async ({ api, fresh }) => {
      const { body } = await api.post(TOKEN, aProvision(fresh(), { use_iframe: true }));
      await sendForm(body.redirect_url, survey());
      const { html, location } = await sendForm(body.redirect_url, card());
      holds(location, null, 'the redirect');
      holds(
        ['postMessage', 'success', 'redirectUrl', 'https://shop.example/done'].filter((word) => !html.includes(word)),
        [],
        'what the message lacks',
      );
    },
  ),
];
