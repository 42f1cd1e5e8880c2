import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reply } from '../http';
import { CONSOLE_RULES } from './stylesheet';
import { FONT, THEME } from './theme';

interface Asset {
  type: string;
  body: string | Buffer;
}

const STYLE: Asset = { type: 'text/css; charset=utf-8', body: `${THEME}\n${CONSOLE_RULES}` };
const SCRIPT: Asset = {
  type: 'text/javascript; charset=utf-8',
  body: readFileSync(join(import.meta.dirname, 'browser', 'console.js'), 'utf8'),
};

/** Addresses that change with what they lead to, so that a browser may keep it for good. */
export const STYLE_PATH = `/console/style-${hashOf(STYLE)}.css`;
export const SCRIPT_PATH = `/console/console-${hashOf(SCRIPT)}.js`;

const ASSETS: Record<string, Asset> = {
  [STYLE_PATH]: STYLE,
  [SCRIPT_PATH]: SCRIPT,
  '/console/hanken-grotesk.woff2': { type: 'font/woff2', body: FONT },
};

/** The console's stylesheet, script and font; null for every other address. */
export function sendAsset(pathname: string): Reply | null {
  const asset = ASSETS[pathname];
  if (asset === undefined) return null;
  const headers = {
    'content-type': asset.type,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  };
  return { kind: 'send', status: 200, headers, body: asset.body };
}

function hashOf({ body }: Asset): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 12);
}
