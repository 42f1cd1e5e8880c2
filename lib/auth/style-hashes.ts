import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the content security policy calls the style sheets of a production build (`sha256-…`), by what they say: with
 * `inlineCss` Next writes them into each page. `buildFolder` as in next.config.js. Throws where no build is.
 */
export function hashStyleSheets(buildFolder = '.next'): string[] {
  const folder = join(/* turbopackIgnore: true */ process.cwd(), buildFolder, 'static');
  const sheets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.css'));
  return sheets.map(
    (name) =>
      `sha256-${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('base64')}`,
  );
}
