import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import journal from './migrations/meta/_journal.json';

/** Statements of one migration, without the tables that it makes itself: the release before it does not know those. */
function statementsOf(tag: string): { made: Set<string>; statements: string[] } {
  const text = readFileSync(join(import.meta.dirname, `migrations/${tag}.sql`), 'utf8');
  const statements = text.split('--> statement-breakpoint').map((statement) => statement.trim());
  const made = statements.flatMap((statement) => /^CREATE TABLE "(\w+)"/.exec(statement)?.[1] ?? []);
  return { made: new Set(made), statements };
}

/** What a release that is still running would stumble over. */
const TAKES_AWAY: readonly [what: string, RegExp][] = [
  ['drops a table or a column', /\bDROP (TABLE|COLUMN)\b/i],
  ['renames', /\bRENAME\b/i],
  ['changes a type', /\bALTER COLUMN "\w+" (SET DATA )?TYPE\b/i],
  ['asks for a value that was optional', /\bALTER COLUMN "\w+" SET NOT NULL\b/i],
  ['takes a default away', /\bALTER COLUMN "\w+" DROP DEFAULT\b/i],
  ['adds a column that every insert must name', /\bADD COLUMN "\w+" (?!.*\bDEFAULT\b).*\bNOT NULL\b/i],
];

describe('a migration after the first', () => {
  it.each(journal.entries.slice(1).map(({ tag }) => tag))('%s takes nothing away from the release before it', (tag) => {
    const { made, statements } = statementsOf(tag);
    const broken = statements.flatMap((statement) => {
      const table = /^ALTER TABLE "(\w+)"/.exec(statement)?.[1];
      if (table !== undefined && made.has(table)) return [];
      return TAKES_AWAY.filter(([, pattern]) => pattern.test(statement)).map(([what]) => `${what}: ${statement}`);
    });
    expect(broken).toEqual([]);
  });
});
