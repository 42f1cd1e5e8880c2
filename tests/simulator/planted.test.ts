import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { edited } from './plant';
import { PLANTED_BUGS } from './planted';

describe('the planted bugs', () => {
  it('are at least twenty, each with a name of its own', () => {
    expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(20);
  });

  it.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('%s still has its place in the sources', (name, bug) => {
    const sources = new Map<string, string>();
    for (const edit of bug.edits) {
      const source = sources.get(edit.file) ?? readFileSync(edit.file, 'utf8');
      sources.set(edit.file, edited(source, name, edit));
    }
    expect(sources.size).toBeGreaterThan(0);
  });
});
