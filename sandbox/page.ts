import { randomBytes } from 'node:crypto';
import type { Reply } from './http';
import { html, Markup } from './markup';
import { STYLESHEET } from './stylesheet';

/** The sentence on every page: nobody may take this for the real thing. */
export const NOTICE = 'Sandbox: stands in for Truemed. No real card, no real survey.';

interface Page {
  title: string;
  body: Markup;
  status?: number;
  /** Whether any site may show the page in a frame; none may otherwise. */
  framed?: boolean;
  /** A script that runs once; pages have none beside it. */
  script?: Markup;
  /** What stands in the header beside the name. */
  menu?: Markup;
  wide?: boolean;
}

/** A whole page. Nothing is fetched from elsewhere, and no script runs but its own. */
export function renderPage(page: Page): Reply {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data: https: http:',
    "base-uri 'none'",
    `script-src 'nonce-${nonce}'`,
    `frame-ancestors ${page.framed === true ? '*' : "'none'"}`,
  ].join('; ');
  const markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${page.title} - Truemed sandbox</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLESHEET)}</style>
</head>
<body>
<header>
<p class="notice">${NOTICE}</p>
<div class="bar"><span class="brand">Truemed <small>sandbox</small></span>${page.menu ?? null}</div>
</header>
<main class="${page.wide === true ? 'wide' : 'narrow'}">
${page.body}
</main>
${page.script === undefined ? null : html`<script nonce="${nonce}">${page.script}</script>`}
</body>
</html>
`;
  return {
    kind: 'send',
    status: page.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: markup.text,
  };
}

/** Reads the fields of a form. */
export function readForm(body: Buffer | null): URLSearchParams {
  return new URLSearchParams(body?.toString('utf8') ?? '');
}
