import { card, envelopes, sendForm, survey } from '../test-forms';
import { aCheckout, SESSION, sessionPath } from './bodies';
import { A_TEXT, A_UUID, AN_INSTANT, type Check, facts, holds, inSandbox } from './check';

const asked = (...names: string[]) => facts('createPaymentSession', 'request', ...names);
const ruled = (...names: string[]) => facts('createPaymentSession', 'rule', ...names);
const statuses = (...names: string[]) => facts('retrievePaymentSession', 'rule', ...names);

const page = async (url: unknown) => {
  const response = await fetch(String(url));
  return { status: response.status, html: await response.text() };
};

/** A checkout as the customer sees it (S1, sections 5.2, 5.3, 5.9 and 9). */
export const HOSTED_CHECKS: readonly Check[] = [
  inSandbox(
    'the customer fills in the survey and then the card, and comes back to success_url; the state of residence is there already',
    [
      ...asked('success_url', 'customer_state', 'tokenize'),
      ...ruled(
        'the survey and then the card are asked for',
        'the state of residence is filled in',
        'tokenize brings a token for later charges',
      ),
      ...facts(
        'payment_token.updated',
        'answer',
        'payment_session_id',
        'customer_email',
        'customer_name',
        'lmn_expires_at',
      ),
      ...facts('payment_session.updated', 'rule', 'one for each change of status'),
    ],
    async ({ api, control, receiver, fresh }) => {
      const key = fresh();
      const { body } = await api.post(SESSION, aCheckout(key, { tokenize: true, customer_state: 'RI' }));
      const first = await page(body.redirect_url);
      holds(/<option value="RI" selected>\s*Rhode Island/.test(first.html), true, 'the state that is filled in');
      await sendForm(body.redirect_url, survey());
      const last = await sendForm(body.redirect_url, card());
      holds(last.location, `https://shop.example/done?session=${body.id}`, 'the way back');
      await control.settle();
      const told = envelopes(receiver);
      const statusesTold = told
        .filter(({ event_type }) => event_type === 'payment_session.updated')
        .map(({ data }) => data.status);
      holds([...statusesTold].sort(), ['captured', 'processing'], 'the statuses that were told');
      holds(
        told.find(({ event_type }) => event_type === 'payment_token.updated'),
        {
          data: {
            payment_token: A_TEXT,
            payment_session_id: body.id,
            customer_email: `${key}@example.com`,
            customer_name: 'Ada Park',
            lmn_expires_at: AN_INSTANT,
          },
        },
        'the token event',
      );
    },
  ),
  inSandbox(
    'an ineligible customer comes back to failure_url',
    [...asked('failure_url'), ...ruled('an ineligible customer goes to failure_url')],
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      holds(
        (await sendForm(body.redirect_url, survey('ineligible'))).location,
        'https://shop.example/stopped',
        'the way back',
      );
    },
  ),
  inSandbox(
    'card details that are wrong are asked for again',
    ruled('card details that are wrong are asked for again'),
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      await sendForm(body.redirect_url, survey());
      const again = await sendForm(body.redirect_url, card({ code: '1' }));
      holds(again.location, null, 'the way');
      holds(
        (await sendForm(body.redirect_url, card())).location,
        `https://shop.example/done?session=${body.id}`,
        'the way back',
      );
    },
  ),
  inSandbox(
    'a review comes between submit and capture: processing, then captured or rejected',
    statuses('a session under review is processing', 'a refused session is rejected'),
    async ({ api, control, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      await sendForm(body.redirect_url, survey('reviewed_later'));
      await sendForm(body.redirect_url, card());
      holds((await api.get(sessionPath(body.id))).body.status, 'processing', 'the status');
      await control.review({ request_id: String(body.id), outcome: 'reject' });
      holds((await api.get(sessionPath(body.id))).body.status, 'rejected', 'the status');
      holds((await control.ledger()).charges, [], 'the money taken');
    },
  ),
  inSandbox(
    'a trial costs nothing and its page tells of the next bill',
    [...asked('display_next_bill_info', 'tokenize'), ...ruled('a trial costs nothing and tells of its next bill')],
    async ({ api, fresh }) => {
      const { status, body } = await api.post(
        SESSION,
        aCheckout(fresh(), {
          total_amount: 0,
          amount_details: { total_discounts: -4900 },
          tokenize: true,
          display_next_bill_info: { total_amount: 4900, date: '2027-01-15' },
        }),
      );
      holds(status, 200, 'the status');
      const survey1 = await page(body.redirect_url);
      await sendForm(body.redirect_url, survey());
      const form = await page(body.redirect_url);
      holds(/\$49\.00/.test(survey1.html + form.html), true, 'the amount of the next bill on the page');
    },
  ),
  inSandbox(
    'in a frame the end is one message with success and redirect_url, and no redirect',
    [...asked('use_iframe'), ...ruled('the page works in a frame')],
    async ({ api, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh(), { use_iframe: true }));
      await sendForm(body.redirect_url, survey());
      const { html, location } = await sendForm(body.redirect_url, card());
      holds(location, null, 'the redirect');
      holds(html.includes('postMessage') && html.includes('redirect_url'), true, 'the message');
    },
  ),
  inSandbox(
    'the page of a cancelled session leads to failure_url, and the end is told by webhook',
    facts(
      'cancelPaymentSession',
      'rule',
      'the page of a cancelled session leads to failure_url',
      'the end is told by webhook',
    ),
    async ({ api, control, receiver, fresh }) => {
      const { body } = await api.post(SESSION, aCheckout(fresh()));
      await api.post(sessionPath(body.id, 'cancel'));
      holds(
        (await page(body.redirect_url)).html.includes('https://shop.example/stopped'),
        true,
        'the way to failure_url',
      );
      await control.settle();
      holds(envelopes(receiver), [{ data: { payment_id: A_UUID, status: 'canceled' } }]);
    },
  ),
];
