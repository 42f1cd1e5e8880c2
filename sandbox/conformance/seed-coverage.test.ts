import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FACTS } from './facts';
import { isQuoted, SEED_PAGES } from './seed-coverage';
import { sentencesOf } from './seed-sentences';

const FOLDER = join(import.meta.dirname, 'seeds');

it('every page that was saved whole is covered', () => {
  expect(SEED_PAGES.map(({ file }) => file).sort()).toEqual(readdirSync(FOLDER).sort());
});

describe.each(SEED_PAGES)('$file', ({ file, said }) => {
  const sentences = sentencesOf(readFileSync(join(FOLDER, file), 'utf8'));
  const quotes = said.flatMap((one) => one.quotes);

  it('has no sentence that is not shown by a fact, or said to have none', () => {
    expect(sentences.length).toBeGreaterThan(30);
    expect(sentences.filter((sentence) => !quotes.some((quote) => isQuoted(sentence, quote)))).toEqual([]);
  });

  it('is quoted as it is', () => {
    expect(quotes.filter((quote) => !sentences.some((sentence) => isQuoted(sentence, quote)))).toEqual([]);
  });

  it('is shown by facts that there are', () => {
    const known = new Set(FACTS.map(({ id }) => id));
    expect(said.flatMap(({ facts }) => facts).filter((id) => !known.has(id))).toEqual([]);
    expect(said.filter(({ facts, noFact }) => (facts.length === 0) === (noFact === null))).toEqual([]);
  });
});
