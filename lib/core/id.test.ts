import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ID_PREFIXES, type IdKind, isId, newId } from './id';

const kinds = Object.keys(ID_PREFIXES) as IdKind[];
const prefixes: string[] = Object.values(ID_PREFIXES);

test('every kind has a prefix of its own, of three letters', () => {
  expect(new Set(prefixes).size).toBe(kinds.length);
  for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z]{3}$/);
});

test.each(kinds)('a new %s id has its prefix and 22 characters without look-alikes', (kind) => {
  const id = newId(kind);
  expect(id).toMatch(/^[a-z]{3}_[0-9a-hjkmnp-tv-z]{22}$/);
  expect(id.slice(0, 3)).toBe(ID_PREFIXES[kind]);
  expect(kinds.filter((other) => isId(other, id))).toEqual([kind]);
});

test('ten thousand ids are ten thousand ids, and use the whole alphabet evenly', () => {
  const ids = Array.from({ length: 10_000 }, () => newId('subscription'));
  expect(new Set(ids).size).toBe(ids.length);
  const counts = new Map<string, number>();
  for (const letter of ids.flatMap((id) => [...id.slice(4)])) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(32);
  for (const count of counts.values()) expect(Math.abs(count / 6875 - 1)).toBeLessThan(0.1);
});

describe('what comes from outside', () => {
  const good = `sub_${'0123456789abcdefghjkmn'}`;

  test('an id of its kind passes', () => {
    expect(isId('subscription', good)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['another kind', good.replace('sub', 'cus')],
    ['no prefix', good.slice(4)],
    ['one character too few', good.slice(0, -1)],
    ['one character too many', `${good}0`],
    ['a look-alike', good.replace('a', 'l')],
    ['capitals', good.toUpperCase()],
    ['a line break at the end', `${good}\n`],
    ['a space before it', ` ${good}`],
    ['a path', `${good}/..`],
    ['a quote', good.replace('a', "'")],
    ['nothing', ''],
    ['null', null],
    ['undefined', undefined],
    ['a number', 22],
    ['a list of one', [good]],
    ['an object that writes itself as one', { toString: () => good }],
  ])('%s is refused', (_, value) => {
    expect(isId('subscription', value)).toBe(false);
  });

  test('no text that is not an id is taken for one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const kind of kinds) expect(isId(kind, text)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
