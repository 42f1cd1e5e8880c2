import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvent, readSignedHead, readUnsignedType, type TruemedEvent } from './events';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const signed = (eventType: string, data: object) =>
  bytes({ webhook_delivery_id: 'd1', event_type: eventType, data, timestamp: '2026-01-20T15:00:00Z' });

describe('a signed delivery', () => {
  test('is known by its id and its type', () => {
    expect(readSignedHead(signed('payment_session.updated', { payment_id: 'ps_1' }))).toEqual({
      deliveryId: 'd1',
      eventType: 'payment_session.updated',
    });
  });

  test('of a type that we do not know is an envelope all the same', () => {
    expect(readSignedHead(signed('next_year.invented', {}))?.eventType).toBe('next_year.invented');
  });

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', 'payment_session'],
    ['half of it', '{"webhook_delivery_id":"d1","event_type":'],
    ['null', 'null'],
    ['a list', []],
    ['a number', '7'],
    ['a flat payload', { payment_token: 'tok_1' }],
    ['no id', { event_type: 'payment_session.updated', data: {} }],
    ['an empty id', { webhook_delivery_id: '', event_type: 'payment_session.updated', data: {} }],
    ['an endless id', { webhook_delivery_id: 'd'.repeat(201), event_type: 'payment_session.updated', data: {} }],
    ['an id with a NUL', { webhook_delivery_id: 'd\u0000', event_type: 'payment_session.updated', data: {} }],
    ['a type with half a character', { webhook_delivery_id: 'd1', event_type: 'x\ud800', data: {} }],
    ['an id that is a number', { webhook_delivery_id: 7, event_type: 'payment_session.updated', data: {} }],
    ['no type', { webhook_delivery_id: 'd1', data: {} }],
    ['no data', { webhook_delivery_id: 'd1', event_type: 'payment_session.updated' }],
    ['data of another shape', { webhook_delivery_id: 'd1', event_type: 'payment_session.updated', data: 'x' }],
  ])('is no envelope: %s', (_, value) => {
    expect(readSignedHead(bytes(value))).toBeNull();
  });

  test('is no envelope where it is not UTF-8', () => {
    const broken = Buffer.from(signed('payment_session.updated', {}));
    broken[25] = 0xff;
    expect(readSignedHead(broken)).toBeNull();
  });

  test('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (body) => {
        expect(readSignedHead(body)).toBeNull();
      }),
    );
  });
});

describe('an unsigned delivery', () => {
  test.each<[string, unknown, string | null]>([
    ['a token', { payment_token: 'tok_1', provision_token_request_id: 'r1' }, 'payment_token_updated'],
    ['a session', { payment_id: 'ps_1', status: 'captured' }, 'payment_session_complete'],
    [
      'a session of a token',
      { payment_id: 'ps_1', status: 'captured', payment_token: 'tok_1' },
      'payment_session_complete',
    ],
    ['something else', { sku: 'MAG-200', eligibility: 'eligible' }, 'unknown'],
    ['an empty object', {}, 'unknown'],
    ['a list', [], null],
    ['null', 'null', null],
    ['a text', '"captured"', null],
    ['no JSON', 'captured', null],
    ['nothing', '', null],
  ])('is known by its fields: %s', (_, value, type) => {
    expect(readUnsignedType(bytes(value))).toBe(type);
  });
});

describe('an event', () => {
  const session = (data: object): TruemedEvent => readEvent('payment_session.updated', true, signed('x', data));
  const token = (data: object): TruemedEvent => readEvent('payment_token.updated', true, signed('x', data));

  test.each(['payment_session.updated', 'payment_session_complete'])('%s tells of a session', (type) => {
    const data = { payment_id: 'ps_1', status: 'captured', metadata: 'att_1', capture_amount: 4830 };
    const expected = { kind: 'session', sessionId: 'ps_1', metadata: 'att_1' };
    expect(readEvent(type, true, signed(type, data))).toEqual(expected);
    expect(readEvent(type, false, bytes(data))).toEqual(expected);
  });

  test.each(['payment_token.updated', 'payment_token_updated', 'payment_token_callback'])(
    '%s tells of a token',
    (type) => {
      const data = { payment_token: 'tok_1', provision_token_request_id: 'r1', customer_email: 'maya@example.com' };
      const expected = {
        kind: 'token',
        paymentToken: 'tok_1',
        provisionTokenRequestId: 'r1',
        failedPaymentSessionId: null,
        paymentSessionId: null,
        metadata: null,
      };
      expect(readEvent(type, true, signed(type, data))).toEqual(expected);
      expect(readEvent(type, false, bytes(data))).toEqual(expected);
    },
  );

  test.each<[string, object, string]>([
    ['payment_session_id', { payment_session_id: 'a' }, 'a'],
    ['payment_id', { payment_id: 'b' }, 'b'],
    ['id', { id: 'c' }, 'c'],
    ['the first of three', { id: 'c', payment_id: 'b', payment_session_id: 'a' }, 'a'],
    ['payment_id beside null', { payment_session_id: null, payment_id: 'b' }, 'b'],
  ])('names its session by %s', (_, ids, sessionId) => {
    expect(session({ status: 'captured', ...ids })).toEqual({ kind: 'session', sessionId, metadata: null });
  });

  test('of a token carries each of the three ids that it may have', () => {
    const ids = { failed_payment_session_id: 'ps_9', payment_session_id: 'ps_1', provision_token_request_id: 'r1' };
    expect(token({ payment_token: 'tok_1', metadata: 'prq_1', ...ids })).toEqual({
      kind: 'token',
      paymentToken: 'tok_1',
      provisionTokenRequestId: 'r1',
      failedPaymentSessionId: 'ps_9',
      paymentSessionId: 'ps_1',
      metadata: 'prq_1',
    });
  });

  test('never carries an amount, a status or an address', () => {
    const data = { status: 'captured', capture_amount: 1, total_amount: 1, customer_email: 'x', lmn_expires_at: 'x' };
    expect(Object.keys(session({ payment_id: 'ps_1', ...data }))).toEqual(['kind', 'sessionId', 'metadata']);
    const seen = JSON.stringify(token({ payment_token: 'tok_1', ...data }));
    expect(seen).not.toMatch(/captured|amount|email|lmn/);
  });

  test('with a status that we do not know is still a session to read again', () => {
    expect(session({ payment_id: 'ps_1', status: 'frozen' }).kind).toBe('session');
  });

  test.each([
    'qualification_session.updated',
    'qualification_session_complete',
    'product_catalog.item.eligibility_updated',
    'payment_session.deleted',
    'PAYMENT_SESSION.UPDATED',
    'unknown',
    '',
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
  ])('of the type %j is ignored', (type) => {
    expect(readEvent(type, true, signed(type, { payment_id: 'ps_1', status: 'captured' }))).toEqual({
      kind: 'ignored',
    });
    expect(readEvent(type, false, bytes({ payment_token: 'tok_1' }))).toEqual({ kind: 'ignored' });
  });

  test.each<[string, string, object]>([
    ['a session without an id', 'payment_session.updated', { status: 'captured' }],
    ['a session without a status', 'payment_session.updated', { payment_id: 'ps_1' }],
    ['a session whose id is a number', 'payment_session.updated', { payment_id: 7, status: 'captured' }],
    ['a token event without a token', 'payment_token.updated', { provision_token_request_id: 'r1' }],
    ['an empty token', 'payment_token.updated', { payment_token: '', provision_token_request_id: 'r1' }],
  ])('of a known type without what it must have is a failure: %s', (_, type, data) => {
    expect(() => readEvent(type, true, signed(type, data))).toThrow();
    expect(() => readEvent(type, false, bytes(data))).toThrow();
  });
});
