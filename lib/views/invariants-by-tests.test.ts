import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHOWN_BY_TESTS } from './invariants-by-tests';

const ROOT = join(import.meta.dirname, '../..');

describe('an invariant that only a test can show', () => {
  it.each(SHOWN_BY_TESTS.flatMap(({ number, shownBy }) => shownBy.map((test) => [number, test] as const)))(
    '%i is shown by a test that is there: %s',
    (_, test) => {
      const [file = '', name = ''] = test.split(/: (.*)/s);
      const source = readFileSync(join(ROOT, file), 'utf8');
      const titles = [...source.matchAll(/\b(?:it|test)(?:\.each\([\s\S]*?\))?\(\s*(['"`])([\s\S]*?)\1\s*,/g)];
      expect(titles.map((match) => match[2])).toContain(name);
    },
  );
});
