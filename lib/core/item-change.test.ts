import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerItems,
  askAgain,
  type HeldItems,
  type NamedItem,
  namesAll,
  type WantedItems,
  whyNotTaken,
} from './item-change';

const NOW = new Date('2027-01-12T14:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const daily: NamedItem = { sku: 'DAILY', quantity: 1, unitPriceCents: 4900, priceId: null };
const zinc: NamedItem = { sku: 'ZINC', quantity: 2, unitPriceCents: 1500, priceId: 'prc_1' };

const wants = (items: NamedItem[], onceItem: NamedItem | null = null): WantedItems => ({
  items,
  onceItem,
  embedded: false,
});
const holds = (change: WantedItems, request: Partial<HeldItems['request']> = {}): HeldItems => ({
  ...change,
  request: { status: 'open', createdAt: minutesAgo(29), ...request },
});
const answer = (wanted: WantedItems, held: HeldItems | null = null) =>
  answerItems(wanted, { present: [daily], held, now: NOW });

describe('a wanted change of items', () => {
  test('asks Truemed where anything differs from what the orders have', () => {
    expect(answer(wants([daily]))).toBe('as_it_is');
    for (const other of [
      { ...daily, quantity: 2 },
      { ...daily, sku: 'ZINC' },
      { ...daily, unitPriceCents: 4901 },
      { ...daily, priceId: 'prc_1' },
    ])
      expect(answer(wants([other])), JSON.stringify(other)).toBe('ask');
    expect(answer(wants([daily, zinc]))).toBe('ask');
    expect(answer(wants([daily], zinc))).toBe('ask');
  });

  test('that waits already is not asked for again, until its link may have ended', () => {
    const wanted = wants([zinc]);
    expect(answer(wanted, holds(wanted))).toBe('as_held');
    expect(answer(wanted, holds(wanted, { createdAt: minutesAgo(30) }))).toBe('ask');
    expect(answer(wanted, holds(wanted, { status: 'planned', createdAt: minutesAgo(90) }))).toBe('as_held');
    expect(answer(wanted, holds(wants([daily, zinc])))).toBe('ask');
    expect(answer({ ...wanted, embedded: true }, holds(wanted))).toBe('ask');
  });

  test('for one order is another than one for each, and waits or not by its item alone', () => {
    const once = wants([daily], zinc);
    expect(answer(once, holds(once))).toBe('as_held');
    expect(answer(once, holds(wants([daily], { ...zinc, quantity: 1 })))).toBe('ask');
    expect(answer(once, holds(wants([daily, zinc])))).toBe('ask');
    expect(answer(wants([daily, zinc]), holds(once))).toBe('ask');
  });

  test('back to what the orders have takes back what waits for each of them, and leaves what waits for one', () => {
    expect(answer(wants([daily]), holds(wants([zinc])))).toBe('takes_back');
    expect(answer(wants([daily]), holds(wants([daily], zinc)))).toBe('as_it_is');
  });

  test('never asks about the items of the orders, nor twice at once about others, in whatever order they are named', () => {
    const anItem = fc.record({
      sku: fc.constantFrom('DAILY', 'ZINC', 'IRON'),
      quantity: fc.integer({ min: 1, max: 3 }),
      unitPriceCents: fc.constantFrom(100, 1500, 4900),
      priceId: fc.constantFrom(null, 'prc_1', 'prc_2'),
    });
    const items = fc.array(anItem, { minLength: 1, maxLength: 4 });
    const mixed = items.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(mixed, items, ([some, again], present) => {
        expect(answerItems(wants(again), { present: some, held: null, now: NOW })).toBe('as_it_is');
        expect(answerItems(wants(again), { present: some, held: holds(wants(present)), now: NOW })).not.toBe('ask');
        const held = holds(wants(some));
        expect(answerItems(wants(again), { present, held, now: NOW })).not.toBe('ask');
      }),
    );
  });
});

describe('new items that were not taken', () => {
  test('were not taken for what Truemed answered, or for want of it, and nobody else ended them', () => {
    expect(whyNotTaken('refused', 'refused')).toBe('refused');
    expect(whyNotTaken('refused', 'already_provisioned')).toBe('refused');
    expect(whyNotTaken('refused', 'waiting_verification')).toBe('in_review');
    expect(whyNotTaken('abandoned', 'abandoned')).toBe('not_completed');
    // Truemed may still have agreed to a request that nobody waited for any more.
    expect(whyNotTaken('abandoned', 'connected')).toBe('not_completed');
    for (const request of ['planned', 'open', 'connected', 'abandoned'] as const)
      expect(whyNotTaken('refused', request), request).toBeNull();
  });

  const present = [
    { ...daily, id: 'a' },
    { ...zinc, id: 'b' },
  ];
  const iron: NamedItem = { sku: 'IRON', quantity: 1, unitPriceCents: 900, priceId: 'prc_2' };

  test('are asked for again as what the orders have in other numbers, or as one in the place of another', () => {
    const quantities = (a: number, b: number) => ({
      page: 'items',
      quantities: [
        { itemId: 'a', quantity: a },
        { itemId: 'b', quantity: b },
      ],
    });
    expect(askAgain([{ ...daily, quantity: 3 }, zinc], present)).toEqual(quantities(3, 2));
    expect(askAgain([daily], present)).toEqual(quantities(1, 0));
    expect(askAgain([iron, zinc], present)).toEqual({ page: 'swap', out: 'a', into: 'prc_2' });
  });

  test('are left to be chosen where no page asks for just that, or the orders have it by now', () => {
    expect(askAgain([daily, zinc], present)).toBeNull();
    expect(askAgain([daily, zinc, iron], present)).toBeNull();
    expect(askAgain([{ ...iron, quantity: 2 }, zinc], present)).toBeNull();
    expect(askAgain([iron, { ...zinc, quantity: 1 }], present)).toBeNull();
    expect(askAgain([{ ...iron, priceId: null }, zinc], present)).toBeNull();
  });
});

describe('what was named to Truemed', () => {
  const line = (sku: string, quantity = 1, unitPriceCents = 4900) => ({ sku, name: sku, quantity, unitPriceCents });

  test('names all that the orders have, in whatever order and with whatever else', () => {
    expect(namesAll([line('NIGHT'), line('DAILY'), line('ZINC')], [line('DAILY'), line('NIGHT')])).toBe(true);
    expect(namesAll([], [])).toBe(true);
  });

  test('lacks what it has at another number or price, or less often than the orders', () => {
    expect(namesAll([line('DAILY', 2)], [line('DAILY')])).toBe(false);
    expect(namesAll([line('DAILY', 1, 4800)], [line('DAILY')])).toBe(false);
    expect(namesAll([line('DAILY')], [line('DAILY'), line('DAILY')])).toBe(false);
  });
});
