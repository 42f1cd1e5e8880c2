import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SCRIPTS = {
  survey: readFileSync(join(import.meta.dirname, 'browser', 'survey.js'), 'utf8'),
  card: readFileSync(join(import.meta.dirname, 'browser', 'card.js'), 'utf8'),
};

/** A script of the hosted pages, which all work without one. */
export function browserScript(name: keyof typeof SCRIPTS): string {
  return SCRIPTS[name];
}
