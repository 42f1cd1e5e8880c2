import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RESEND_AFTER_MS } from './charge';
import {
  type InvoicedLine,
  type Pieces,
  REFUND_STATUSES,
  type RefundAnswer,
  type RefundStatus,
  refundMayBecome,
  refundOfPieces,
  settleRefund,
} from './refund';

const NOW = new Date('2027-01-12T14:00:00Z');
const lineId = (place: number) => `lin_${String(place).padStart(22, '0')}` as const;

describe('pieces of an order', () => {
  const lines: InvoicedLine[] = [
    { id: lineId(0), quantity: 2, unitPriceCents: 2000 },
    { id: lineId(1), quantity: 1, unitPriceCents: 900 },
  ];
  const extras = { taxCents: 330, discountCents: 900 };

  test.each<[string, Pieces[], Pieces[], number]>([
    [
      'give back their price, less the discount on them, with their tax',
      [],
      [{ lineId: lineId(0), quantity: 1 }],
      1768,
    ],
    [
      'all together give back goods, discounts and tax',
      [],
      [
        { lineId: lineId(0), quantity: 2 },
        { lineId: lineId(1), quantity: 1 },
      ],
      4330,
    ],
    ['the last gives back the rest', [{ lineId: lineId(0), quantity: 2 }], [{ lineId: lineId(1), quantity: 1 }], 796],
  ])('%s', (_, earlier, picked, amountCents) => {
    expect(refundOfPieces(lines, extras, earlier, picked)).toMatchObject({ ok: true, amountCents });
  });

  test.each<[string, Pieces[], Pieces[], string]>([
    ['that the order does not have', [], [{ lineId: lineId(7), quantity: 1 }], 'no_such_item'],
    ['half of one', [], [{ lineId: lineId(0), quantity: 0.5 }], 'no_such_item'],
    ['none of them', [], [], 'nothing_left'],
    ['more than there are', [], [{ lineId: lineId(1), quantity: 2 }], 'too_many_pieces'],
    [
      'twice in one breath',
      [],
      [
        { lineId: lineId(1), quantity: 1 },
        { lineId: lineId(1), quantity: 1 },
      ],
      'too_many_pieces',
    ],
    [
      'more than are left',
      [{ lineId: lineId(0), quantity: 1 }],
      [{ lineId: lineId(0), quantity: 2 }],
      'too_many_pieces',
    ],
  ])('%s are refused', (_, earlier, picked, reason) => {
    expect(refundOfPieces(lines, extras, earlier, picked)).toEqual({ ok: false, reason });
  });

  test('in whatever portions and order, give back goods - discounts + tax to the cent, and never less than nothing', () => {
    const anOrder = fc.array(
      fc.record({ quantity: fc.integer({ min: 1, max: 4 }), unitPriceCents: fc.integer({ min: 1, max: 9999 }) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(anOrder, fc.nat(100), fc.nat(2000), fc.infiniteStream(fc.nat()), (order, percent, taxCents, dice) => {
        const all = order.map((line, place): InvoicedLine => ({ ...line, id: lineId(place) }));
        const goods = all.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
        const taken = { taxCents, discountCents: Math.floor((goods * percent) / 100) };
        const left = all.flatMap(({ id, quantity }) => Array.from({ length: quantity }, () => id));
        const earlier: Pieces[] = [];
        let given = 0;
        while (left.length > 0) {
          const [id] = left.splice((dice.next().value ?? 0) % left.length, 1);
          const piece = { lineId: id ?? lineId(0), quantity: 1 };
          const refund = refundOfPieces(all, taken, earlier, [piece]);
          expect(refund).toMatchObject(refund.ok ? {} : { reason: 'nothing_left' });
          if (refund.ok) given += refund.amountCents;
          earlier.push(piece);
        }
        expect(given).toBe(goods - taken.discountCents + taxCents);
      }),
    );
  });
});

describe('the answer to a refund', () => {
  const unknown: RefundAnswer = { kind: 'unknown', reason: 'timeout', retryAfterSeconds: null };

  test.each<[string, RefundAnswer, RefundStatus, string | null]>([
    ['done', { kind: 'done', refundId: 'r1' }, 'succeeded', null],
    ['refused', { kind: 'refused', code: 'ChargeDisputed' }, 'failed', 'ChargeDisputed'],
    [
      'a key that was used for something else waits for a person',
      { kind: 'idempotency_violation' },
      'unknown',
      'IdempotencyViolation',
    ],
  ])('%s', (_, answer, status, errorCode) => {
    expect(settleRefund(answer, 1, NOW)).toMatchObject({ status, errorCode, dueAt: null });
  });

  test('that was lost is asked for again with the same bytes for two days, then by a person', () => {
    for (const [tries, wait] of RESEND_AFTER_MS.entries())
      expect(settleRefund(unknown, tries + 1, NOW)).toMatchObject({
        status: 'unknown',
        dueAt: new Date(NOW.getTime() + wait),
      });
    expect(settleRefund(unknown, RESEND_AFTER_MS.length + 1, NOW)).toMatchObject({ status: 'unknown', dueAt: null });
    const asked: RefundAnswer = { kind: 'unknown', reason: 'rate_limited', retryAfterSeconds: 600 };
    expect(settleRefund(asked, 1, NOW).dueAt).toEqual(new Date(NOW.getTime() + 600_000));
  });
});

test('a refund that has ended stays as it is, and an unknown one is sent again before it ends', () => {
  const edges = REFUND_STATUSES.flatMap((from) =>
    REFUND_STATUSES.filter((to) => refundMayBecome(from, to)).map((to) => `${from} ${to}`),
  );
  const ends = ['sent unknown', 'sent succeeded', 'sent failed'];
  expect(edges).toEqual(['planned sent', 'sent planned', 'sent sent', ...ends, 'unknown sent']);
});
