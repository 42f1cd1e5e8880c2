import { SESSION_PAGE } from './seed-of-sessions';
import { PROVISION_PAGE, TOKEN_PAGE } from './seed-of-tokens';

/** What one or more sentences say: facts by their ids; or nothing that could be shown, and why. */
export interface Said {
  readonly quotes: readonly string[];
  readonly facts: readonly string[];
  readonly noFact: string | null;
}

/** One of the pages that were saved whole, in `seeds/`. */
export interface SeedPage {
  readonly file: string;
  readonly said: readonly Said[];
}

/** The pages that are covered sentence by sentence. */
export const SEED_PAGES: readonly SeedPage[] = [SESSION_PAGE, TOKEN_PAGE, PROVISION_PAGE];

const SHORTEST_PART = 12;

/** Whether a sentence is the one that is quoted: the whole of it, or a part that is long enough to know it by. */
export function isQuoted(sentence: string, quote: string): boolean {
  return sentence === quote || (quote.length >= SHORTEST_PART && sentence.includes(quote));
}
