import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT_FOLDER = join(import.meta.dirname, '..', '..');

/** Perennial's theme as plain CSS: its two palettes, its sizes and its utilities as classes, read from `app/tokens.css`. */
export const THEME = themeOf(readFileSync(join(PROJECT_FOLDER, 'app', 'tokens.css'), 'utf8'));

/** The variable face of the theme, for Latin text. */
export const FONT = readFileSync(
  join(PROJECT_FOLDER, 'node_modules/@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2'),
);

interface Block {
  /** What stands before the brace, such as `@utility chip`. */
  head: string;
  body: string;
}

/** Turns the at-rules that only a build understands into what every browser does; the rest is left as it is. */
export function themeOf(tokens: string): string {
  return blocksOf(tokens.replace(/\/\*[\s\S]*?\*\//g, ''))
    .map(plainRule)
    .join('\n');
}

function plainRule({ head, body }: Block): string {
  if (head === '@plugin "daisyui/theme"') {
    const palette = `:root { ${declarations(body)} }`;
    return body.includes('prefersdark: true') ? `@media (prefers-color-scheme: dark) { ${palette} }` : palette;
  }
  if (head === '@theme' || head === '@theme inline') {
    return `:root { ${declarations(body.replace(/@keyframes[\s\S]*/, ''))} }`;
  }
  if (head.startsWith('@utility ')) return `.${head.slice('@utility '.length)} { ${body} }`;
  if (head.startsWith('@plugin')) return '';
  return `${head} { ${body} }`;
}

/** The custom properties and the color scheme of a block, without what switches a build's own values off. */
function declarations(body: string): string {
  return body
    .split(';')
    .map((line) => line.trim())
    .filter((line) => /^(--|color-scheme)/.test(line) && !line.endsWith(': initial'))
    .map((line) => `${line};`)
    .join(' ');
}

function blocksOf(css: string): Block[] {
  const blocks: Block[] = [];
  let head = '';
  let depth = 0;
  let start = 0;
  for (let at = 0; at < css.length; at += 1) {
    if (css[at] === '{') {
      if (depth === 0) {
        head = css.slice(start, at).trim().split(';').at(-1)?.trim() ?? '';
        start = at + 1;
      }
      depth += 1;
    } else if (css[at] === '}') {
      depth -= 1;
      if (depth > 0) continue;
      blocks.push({ head, body: css.slice(start, at).trim() });
      start = at + 1;
    }
  }
  return blocks;
}
