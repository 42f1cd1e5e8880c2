import { describe, expect, test } from 'vitest';
import { readEvent, readUnsignedType } from './events';
import { readNotice } from './notices';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const signed = (event_type: string, data: object) => bytes({ webhook_delivery_id: 'd1', event_type, data });

const qualification = {
  qualification_session_id: 'qs_1',
  status: 'approved',
  email: 'maya@example.com',
  expires_at: '2027-01-20T15:00:00Z',
  user_id: 'cus_1',
  source: 'newsletter',
};
const item = { sku: 'MAG', name: 'Magnesium', eligibility: 'eligible_with_lmn', created_at: 'a', reviewed_at: 'b' };
const itemRead = { sku: 'MAG', name: 'Magnesium', eligibility: 'eligible_with_lmn', createdAt: 'a', reviewedAt: 'b' };

describe('a notice', () => {
  test.each(['payment_session.updated', 'payment_session_complete'])('%s tells of a session and its status', (type) => {
    const data = { payment_id: 'ps_1', status: 'captured', metadata: 'att_1' };
    const expected = { kind: 'session', sessionId: 'ps_1', metadata: 'att_1', status: 'captured' };
    expect(readNotice(type, true, signed(type, data))).toEqual(expected);
    expect(readNotice(type, false, bytes(data))).toEqual(expected);
  });

  test.each([
    ['cancelled', 'canceled'],
    ['canceled', 'canceled'],
    ['frozen', 'unknown'],
  ])('of a session that is %s says %s', (word, status) => {
    expect(readNotice('payment_session.updated', false, bytes({ id: 'ps_1', status: word }))).toMatchObject({ status });
  });

  test('payment_token.updated tells of a token, as readEvent does', () => {
    const body = signed('payment_token.updated', { payment_token: 'tok_1', provision_token_request_id: 'r1' });
    expect(readNotice('payment_token.updated', true, body)).toEqual(readEvent('payment_token.updated', true, body));
  });

  test.each(['qualification_session.updated', 'qualification_session_complete'])(
    '%s tells of a qualification',
    (type) => {
      const expected = {
        kind: 'qualification',
        qualificationSessionId: 'qs_1',
        status: 'approved',
        email: 'maya@example.com',
        expiresAt: '2027-01-20T15:00:00Z',
        userId: 'cus_1',
        source: 'newsletter',
      };
      expect(readNotice(type, true, signed(type, qualification))).toEqual(expected);
      expect(readNotice(type, false, bytes(qualification))).toEqual(expected);
    },
  );

  test('of a qualification needs its id and its status alone, and knows no more statuses than four', () => {
    const read = (data: object) => readNotice('qualification_session.updated', false, bytes(data));
    expect(read({ qualification_session_id: 'qs_1', status: 'qualified' })).toEqual({
      kind: 'qualification',
      qualificationSessionId: 'qs_1',
      status: 'unknown',
      email: null,
      expiresAt: null,
      userId: null,
      source: null,
    });
    expect(() => read({ status: 'approved' })).toThrow();
    expect(() => read({ qualification_session_id: 'qs_1' })).toThrow();
  });

  test.each(['product_catalog.item.eligibility_updated', 'product_catalog_item_eligibility_updated'])(
    '%s tells of an item, however deep',
    (type) => {
      const payload = { event_type: type, timestamp: 't', data: { object: item } };
      const expected = { kind: 'catalog_item', item: itemRead };
      expect(readNotice(type, false, bytes(payload))).toEqual(expected);
      expect(readNotice(type, true, signed(type, { object: item }))).toEqual(expected);
      expect(readNotice(type, true, signed(type, payload))).toEqual(expected);
      expect(() => readNotice(type, true, signed(type, { object: { name: 'no sku' } }))).toThrow();
    },
  );

  test.each([
    [{ eligibility: 'ineligible' }, 'ineligible'],
    [{ eligibility: 'not_eligible' }, 'ineligible'],
    [{ eligibility: undefined, eligibility_status: 'not_eligible' }, 'ineligible'],
    [{ eligibility: null, eligibility_status: 'eligible' }, 'eligible'],
    [{ eligibility: null }, null],
    [{ eligibility: 'maybe' }, 'unknown'],
    [{ eligibility: 7 }, null],
  ])('of an item with %j says %j (C18)', (change, eligibility) => {
    const body = bytes({ data: { object: { ...item, ...change } } });
    expect(readNotice('product_catalog.item.eligibility_updated', false, body)).toMatchObject({
      item: { eligibility },
    });
  });

  test('of a type that we do not know is ignored', () => {
    expect(readNotice('next_year.invented', true, signed('next_year.invented', {}))).toEqual({ kind: 'ignored' });
  });
});

describe('an unsigned delivery', () => {
  test.each([
    [qualification, 'qualification_session_complete'],
    [{ event_type: 'x', timestamp: 't', data: { object: item } }, 'product_catalog_item_eligibility_updated'],
  ])('of the two kinds that no charge hangs on is known by its fields, and ignored by readEvent', (data, type) => {
    expect(readUnsignedType(bytes(data))).toBe(type);
    expect(readEvent(type, false, bytes(data))).toEqual({ kind: 'ignored' });
  });

  test('of a session stays one where it names its qualification too', () => {
    expect(readUnsignedType(bytes({ ...qualification, payment_id: 'ps_1' }))).toBe('payment_session_complete');
  });
});
