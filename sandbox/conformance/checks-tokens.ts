import { card, envelopes, sendForm, survey } from '../test-forms';
import { without } from '../test-world';
import { aProvision, requestPath, TOKEN, TOKENS, tokenPath } from './bodies';
import { A_LIST, A_TEXT, A_UUID, AN_ADDRESS, AN_INSTANT, anywhere, type Check, facts, holds, inSandbox } from './check';

const updated = (kind: 'request' | 'answer' | 'error' | 'rule', ...names: string[]) =>
  facts('updatePaymentToken', kind, ...names);

const anUpdate = (key: string, changes: Record<string, unknown> = {}) => ({
  order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
  success_url: 'https://shop.example/done',
  failure_url: 'https://shop.example/stopped',
  idempotency_key: key,
  ...changes,
});

/** A token as such: retrieve, list, update (sections 4.3 to 4.5). */
export const TOKEN_CHECKS: readonly Check[] = [
  inSandbox(
    'a token is retrieved with its customer, its letter and its card',
    [
      ...facts('retrievePaymentToken', 'request', 'payment_token'),
      ...facts(
        'retrievePaymentToken',
        'answer',
        'payment_token',
        'created_at',
        'customer_email',
        'customer_name',
        'lmn_expires_at',
        'payment_methods',
      ),
    ],
    async ({ api }) => {
      holds(await api.get(tokenPath('pt_ada')), {
        status: 200,
        body: {
          payment_token: 'pt_ada',
          created_at: AN_INSTANT,
          customer_email: 'ada@example.com',
          customer_name: 'Ada Park',
          lmn_expires_at: AN_INSTANT,
          payment_methods: [{ last4: A_TEXT }],
        },
      });
    },
  ),
  anywhere(
    'reads',
    'an unknown token is answered 404',
    facts('retrievePaymentToken', 'error', 'NotFound'),
    async ({ api }) => {
      holds(await api.get(tokenPath('pt_nobody_has_this')), { status: 404 });
    },
  ),
  anywhere(
    'reads',
    'tokens are listed by pages of 30 or of page_size',
    [
      ...facts('listPaymentTokens', 'request', 'page', 'page_size'),
      ...facts('listPaymentTokens', 'answer', 'payment_tokens', 'pagination'),
    ],
    async ({ api }) => {
      for (const [query, page_size] of [
        ['', 30],
        ['?page=1&page_size=2', 2],
      ] as const) {
        holds(await api.get(TOKENS + query), {
          status: 200,
          body: { payment_tokens: A_LIST, pagination: { current_page: 1, page_size } },
        });
      }
    },
  ),
  inSandbox(
    'tokens are listed newest first and filtered by e-mail, name, card and letter',
    [
      ...facts('listPaymentTokens', 'request', 'email', 'name', 'card_expires_before', 'lmn_expires_before'),
      ...facts('listPaymentTokens', 'rule', 'newest first'),
    ],
    async ({ api, control }) => {
      await control.moveClock({ mode: 'manual' });
      await control.advance({ days: 1 });
      await control.seedToken({
        email: 'bo@shop.example',
        name: 'Bo Reyes',
        payment_token: 'pt_bo',
        card_expires: '2031-05',
        lmn_expires_at: '2032-06-07T00:00:00Z',
      });
      const found = async (query: string) => {
        const { payment_tokens } = (await api.get(`${TOKENS}${query}`)).body;
        return Array.isArray(payment_tokens) ? payment_tokens.map((token) => token.payment_token) : payment_tokens;
      };
      holds(await found(''), ['pt_bo', 'pt_ada'], 'all tokens');
      holds(await found('?email=SHOP.ex'), ['pt_bo'], 'those with this e-mail');
      holds(await found('?name=park'), ['pt_ada'], 'those with this name');
      holds(await found('?card_expires_before=2031-05'), ['pt_bo', 'pt_ada'], 'those whose card expires');
      holds(await found('?lmn_expires_before=2032-06-06'), ['pt_ada'], 'those whose letter ends');
    },
  ),
  ...(['order_items', 'success_url', 'failure_url', 'idempotency_key'] as const).map((name) =>
    inSandbox(
      `${name} is required for an update`,
      [...updated('request', name), ...updated('error', 'MissingField')],
      async ({ api, fresh }) => {
        const answer = await api.post(tokenPath('pt_ada', 'update'), without(anUpdate(fresh()), name));
        holds(answer, { status: 400, body: { error: 'MissingField', message: A_TEXT } });
      },
    ),
  ),
  inSandbox(
    'the fields of an update have their forms',
    [...updated('request', 'update_card_info', 'metadata', 'use_iframe'), ...updated('error', 'ValidationError')],
    async ({ api, fresh }) => {
      for (const changes of [{ update_card_info: 'yes' }, { metadata: 7 }, { use_iframe: 'yes' }]) {
        const answer = await api.post(tokenPath('pt_ada', 'update'), anUpdate(fresh(), changes));
        holds(answer, { status: 400, body: { error: 'ValidationError', message: A_TEXT } }, JSON.stringify(changes));
      }
    },
  ),
  inSandbox(
    'an update that needs nothing asks for nothing; its key has one answer',
    [
      ...updated('request', 'payment_token'),
      ...updated('rule', 'nothing is asked for where nothing is needed'),
      ...updated('error', 'IdempotencyViolation'),
    ],
    async ({ api, fresh }) => {
      const key = fresh();
      const first = await api.post(tokenPath('pt_ada', 'update'), anUpdate(key));
      holds(first, {
        status: 200,
        body: { next_action: null, redirect_url: null, provision_token_request_id: A_UUID },
      });
      holds(
        (await api.post(tokenPath('pt_ada', 'update'), anUpdate(key))).body,
        first.body,
        'the answer to the same body',
      );
      const other = await api.post(tokenPath('pt_ada', 'update'), anUpdate(key, { metadata: 'another' }));
      holds(other, { status: 400, body: { error: 'IdempotencyViolation', message: A_TEXT } });
    },
  ),
  inSandbox(
    'an update of the card has a page; its end is told by webhook and found by its request',
    [
      ...updated('answer', 'next_action', 'redirect_url', 'provision_token_request_id'),
      ...updated('rule', 'the end of an update is told by webhook'),
      ...facts('retrieveProvisionRequest', 'rule', 'a request of update payment token is found too'),
    ],
    async ({ api, control, receiver, fresh }) => {
      const { status, body } = await api.post(
        tokenPath('pt_ada', 'update'),
        anUpdate(fresh(), { update_card_info: true }),
      );
      holds(
        { status, body },
        { status: 200, body: { next_action: A_TEXT, redirect_url: AN_ADDRESS, provision_token_request_id: A_UUID } },
      );
      holds((await sendForm(body.redirect_url, card())).location, 'https://shop.example/done', 'the way back');
      await control.settle();
      const { provision_token_request_id } = body;
      holds(envelopes(receiver), [{ data: { payment_token: 'pt_ada', provision_token_request_id } }]);
      holds((await api.get(requestPath(provision_token_request_id))).body.payment_token, 'pt_ada', 'the token');
    },
  ),
  inSandbox(
    'an unknown token cannot be updated, nor one whose customer is being verified',
    updated('error', 'NotFound', 'WaitingForVerification'),
    async ({ api, fresh }) => {
      holds(await api.post(tokenPath('pt_nobody', 'update'), anUpdate(fresh())), {
        status: 404,
        body: { error: 'NotFound' },
      });
      const items = [{ name: 'Zinc', sku: 'ZINC', quantity: 1, price: 900 }];
      const { body: provision } = await api.post(TOKEN, aProvision(fresh()));
      await sendForm(provision.redirect_url, survey());
      await sendForm(provision.redirect_url, card());
      const { payment_token } = (await api.get(requestPath(provision.provision_token_request_id))).body;
      const { body } = await api.post(tokenPath(payment_token, 'update'), anUpdate(fresh(), { order_items: items }));
      await sendForm(body.redirect_url, survey('reviewed_later'));
      const again = await api.post(tokenPath(payment_token, 'update'), anUpdate(fresh(), { order_items: items }));
      holds(again, { status: 400, body: { error: 'WaitingForVerification', message: A_TEXT } });
    },
  ),
];
