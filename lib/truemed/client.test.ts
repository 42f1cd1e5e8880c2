import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChargeAnswer } from '@/lib/core/charge';
import type { ProvisionAnswer } from '@/lib/core/provisioning';
import { openTruemed, type TruemedClient } from './client';
import { answer, type Behaviour, error, html, startTestProvider, type TestProvider } from './test-provider';

let provider: TestProvider;
let truemed: TruemedClient;

beforeAll(async () => {
  provider = await startTestProvider();
  truemed = openTruemed({ apiUrl: provider.apiUrl, apiKey: 'key-1', timeoutMs: 5_000 });
});
afterAll(() => provider.close());

const BODY = Buffer.from('{"total_amount":4830,"name":"Zoë – ½"}');
const link = 'https://hosted.truemed.example/repair/1';
const unknownCharge = (reason: string, retryAfterSeconds: number | null = null) => ({
  kind: 'unknown',
  reason,
  retryAfterSeconds,
});

describe('create payment session', () => {
  const refused = (code: string): ChargeAnswer => ({ kind: 'refused', code, message: 'Because.' });
  const required = (change: object = {}) => ({
    kind: 'action_required',
    action: 'update_payment_method',
    redirectUrl: link,
    sessionId: null,
    ...change,
  });
  const action = (word: unknown, more: object = {}) => answer(422, { next_action: word, redirect_url: link, ...more });

  test.each<[string, Behaviour, object]>([
    ['200 with an id', answer(200, { id: 'ps_1' }), { kind: 'accepted', sessionId: 'ps_1' }],
    ['201 with an id', answer(201, { id: 'ps_1' }), { kind: 'accepted', sessionId: 'ps_1' }],
    [
      '200 with all its fields and more',
      answer(200, { id: 'ps_1', redirect_url: null, payment_token: 'tok', next_action: null, message: null, new: [1] }),
      { kind: 'accepted', sessionId: 'ps_1' },
    ],
    ['200 without an id', answer(200, { redirect_url: null }), unknownCharge('malformed')],
    ['200 with an id that is a number', answer(200, { id: 7 }), unknownCharge('malformed')],
    ['200 with an empty id', answer(200, { id: '' }), unknownCharge('malformed')],
    ['200 and half a body', answer(200, '{"id":"ps_1"'), unknownCharge('malformed')],
    ['200 and nothing', answer(200), unknownCharge('malformed')],
    ['200 and null', answer(200, 'null'), unknownCharge('malformed')],
    ['200 and a list', answer(200, [{ id: 'ps_1' }]), unknownCharge('malformed')],
    ['200 and a page', html(200), unknownCharge('malformed')],
    ['204', answer(204), unknownCharge('malformed')],
    ['422 for the card', action('UpdatePaymentMethod'), required()],
    ['422 for the survey', action('TakeHealthSurvey'), required({ action: 'take_health_survey' })],
    ['422 for the survey in the other spelling', action('HealthSurvey'), required({ action: 'take_health_survey' })],
    [
      '422 with the id of the failed session',
      action('UpdatePaymentMethod', { id: 'ps_9' }),
      required({ sessionId: 'ps_9' }),
    ],
    ['422 with an id that is null', action('UpdatePaymentMethod', { id: null }), required()],
    ['422 for something new', action('CallSupport'), required({ action: 'unknown' })],
    ['422 for nothing', action('None'), required({ action: 'unknown' })],
    ['422 without an action', answer(422, { redirect_url: link }), unknownCharge('malformed')],
    ['422 without a link', answer(422, { next_action: 'UpdatePaymentMethod' }), unknownCharge('malformed')],
    ['422 and a page', html(422), unknownCharge('malformed')],
    ['400 MissingRequiredParameter', error(400, 'MissingRequiredParameter'), refused('MissingRequiredParameter')],
    ['400 InvalidRequestParameter', error(400, 'InvalidRequestParameter'), refused('InvalidRequestParameter')],
    ['400 TotalAmountInvalid', error(400, 'TotalAmountInvalid'), refused('TotalAmountInvalid')],
    ['400 OrderItemsInvalid', error(400, 'OrderItemsInvalid'), refused('OrderItemsInvalid')],
    ['400 TokenizeNotSupported', error(400, 'TokenizeNotSupported'), refused('TokenizeNotSupported')],
    ['400 FeatureNotEnabled', error(400, 'FeatureNotEnabled'), refused('FeatureNotEnabled')],
    ['400 with a code that we do not know', error(400, 'Invented'), refused('Invented')],
    [
      '400 IdempotencyViolation',
      error(400, 'IdempotencyViolation'),
      { kind: 'idempotency_violation', message: 'Because.' },
    ],
    ['400 SessionPending', error(400, 'SessionPending'), { kind: 'session_pending', message: 'Because.' }],
    ['400 ServerError', error(400, 'ServerError'), unknownCharge('server_error')],
    ['400 without a message', answer(400, { error: 'SessionPending' }), { kind: 'session_pending', message: '' }],
    ['400 with a code that is a number', answer(400, { error: 7 }), unknownCharge('malformed')],
    ['400 and a page', html(400), unknownCharge('malformed')],
    ['400 and nothing', answer(400), unknownCharge('malformed')],
    ['404 NotFound', error(404, 'NotFound'), { kind: 'token_not_found', message: 'Because.' }],
    [
      '400 NotFound, the status being assumed',
      error(400, 'NotFound'),
      { kind: 'token_not_found', message: 'Because.' },
    ],
    ['404 and a page, which says nothing of the token', html(404), unknownCharge('malformed')],
    ['405', error(405, 'MethodNotAllowed'), refused('MethodNotAllowed')],
    ['501', error(501, 'NotImplemented'), refused('NotImplemented')],
    ['501 without a form', answer(501), { kind: 'refused', code: 'HTTP 501', message: '' }],
    ['401', error(401, 'Unauthorized'), unknownCharge('unauthorized')],
    ['403 and a page', html(403), unknownCharge('unauthorized')],
    ['500', error(500, 'ServerError'), unknownCharge('server_error')],
    ['500 with another code', error(500, 'TotalAmountInvalid'), unknownCharge('server_error')],
    ['502 and a page', html(502), unknownCharge('server_error')],
    ['503 with Retry-After', answer(503, '', { 'retry-after': '30' }), unknownCharge('server_error', 30)],
    ['504', answer(504), unknownCharge('server_error')],
    ['429 with Retry-After', answer(429, '', { 'retry-after': '120' }), unknownCharge('rate_limited', 120)],
    ['429 without it', error(429, 'TooManyRequests'), unknownCharge('rate_limited')],
    ['429 with a negative one', answer(429, '', { 'retry-after': '-5' }), unknownCharge('rate_limited')],
    ['429 with a word', answer(429, '', { 'retry-after': 'soon' }), unknownCharge('rate_limited')],
    [
      '429 with a date',
      answer(429, '', { 'retry-after': 'Wed, 21 Jan 2026 07:28:00 GMT' }),
      unknownCharge('rate_limited'),
    ],
  ])('%s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.createPaymentSession(BODY)).toEqual(expected);
    expect(provider.seen).toHaveLength(1);
  });
});

describe('create and update payment token', () => {
  const provisioned = { provision_token_request_id: 'r1', redirect_url: link };
  const open: ProvisionAnswer = { kind: 'open', requestId: 'r1', redirectUrl: link };
  const unknown = (reason: string) => ({ kind: 'unknown', reason });

  test.each<[string, Behaviour, object]>([
    ['200', answer(200, { ...provisioned, new: true }), open],
    ['200 without an id', answer(200, { redirect_url: link }), unknown('malformed')],
    ['200 without a link', answer(200, { provision_token_request_id: 'r1' }), unknown('malformed')],
    ['200 and a page', html(200), unknown('malformed')],
    ['400 MissingField', error(400, 'MissingField'), { kind: 'refused', code: 'MissingField', message: 'Because.' }],
    [
      '400 ValidationError',
      error(400, 'ValidationError'),
      { kind: 'refused', code: 'ValidationError', message: 'Because.' },
    ],
    [
      '400 IdempotencyViolation',
      error(400, 'IdempotencyViolation'),
      { kind: 'idempotency_violation', message: 'Because.' },
    ],
    [
      '400 WaitingForVerification',
      error(400, 'WaitingForVerification'),
      { kind: 'waiting_verification', message: 'Because.' },
    ],
    ['400 ServerError', error(400, 'ServerError'), unknown('server_error')],
    [
      '400 with a code that we do not know',
      error(400, 'Invented'),
      { kind: 'refused', code: 'Invented', message: 'Because.' },
    ],
    ['400 and a page', html(400), unknown('malformed')],
    ['405', error(405, 'MethodNotAllowed'), { kind: 'refused', code: 'MethodNotAllowed', message: 'Because.' }],
    ['501', answer(501), { kind: 'refused', code: 'HTTP 501', message: '' }],
    ['401', error(401, 'Unauthorized'), unknown('unauthorized')],
    ['403', html(403), unknown('unauthorized')],
    ['429', answer(429, '', { 'retry-after': '5' }), unknown('rate_limited')],
    ['500', html(500), unknown('server_error')],
    ['302', answer(302), unknown('malformed')],
  ])('%s', async (status, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.createPaymentToken(BODY)).toEqual(expected);
    // An update is read the same way, but for an empty 200, which asks nothing of the customer.
    provider.behave(behaviour);
    const updated = await truemed.updatePaymentToken('tok', BODY);
    if (!status.startsWith('200')) expect(updated).toEqual(expected);
  });

  test.each<[string, Behaviour, object]>([
    [
      'nothing to do',
      answer(200, { next_action: null, provision_token_request_id: 'r1' }),
      { kind: 'done', requestId: 'r1' },
    ],
    ['nothing to do, in a word', answer(200, { next_action: 'None' }), { kind: 'done', requestId: null }],
    ['nothing to do, in no word', answer(200, {}), { kind: 'done', requestId: null }],
    ['the survey again', answer(200, { next_action: 'HealthSurvey', ...provisioned }), open],
    ['another card', answer(200, { next_action: 'UpdatePaymentMethod', ...provisioned }), open],
    ['something new', answer(200, { next_action: 'CallSupport', ...provisioned }), open],
    [
      'the survey, and no link',
      answer(200, { next_action: 'HealthSurvey', provision_token_request_id: 'r1' }),
      unknown('malformed'),
    ],
    ['the survey, and no id', answer(200, { next_action: 'HealthSurvey', redirect_url: link }), unknown('malformed')],
    ['a page', html(200), unknown('malformed')],
    ['a token that is gone', error(404, 'NotFound'), { kind: 'token_not_found', message: 'Because.' }],
    ['a page that is not there', html(404), unknown('malformed')],
  ])('an update: %s', async (_, behaviour, expected) => {
    provider.behave(behaviour);
    expect(await truemed.updatePaymentToken('tok', BODY)).toEqual(expected);
  });
});
