import { randomBytes } from 'node:crypto';
import type { Reply } from './http';
import { html, Markup } from './markup';

/** The sentence on every page: nobody may take this for the real thing. */
export const NOTICE = 'Sandbox: no real card, no real survey.';

interface Document {
  /** The whole `<title>`. */
  title: string;
  /** Whatever belongs into `<head>` beside the title: the stylesheet above all. */
  head: Markup;
  body: Markup;
  status?: number;
  /** Whether any site may show the page in a frame; none may otherwise. */
  framed?: boolean;
  /** A script that runs once; pages have none beside it. */
  script?: string;
  /** Further directives of its policy, or other values than these; without any a page fetches nothing. */
  policy?: Readonly<Record<string, string>>;
}

/** A whole HTML document. Nothing is fetched that its policy does not name, and no script runs but its own. */
export function renderDocument(page: Document): Reply {
  const nonce = randomBytes(16).toString('base64');
  const policy = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'img-src': 'data:',
    'script-src': `'nonce-${nonce}'`,
    'frame-ancestors': page.framed === true ? '*' : "'none'",
    ...page.policy,
  };
  const markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${page.title}</title>
<link rel="icon" href="data:,">
${page.head}
</head>
<body>
${page.body}
${page.script === undefined ? null : html`<script nonce="${nonce}">${new Markup(page.script)}</script>`}
</body>
</html>
`;
  return {
    kind: 'send',
    status: page.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyHeader(policy),
      // A page of ours tells another of ours where a form was sent from, and nobody else.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    body: markup.text,
  };
}

/** A content security policy as it stands in its header. */
export function policyHeader(policy: Readonly<Record<string, string>>): string {
  return Object.entries(policy)
    .map(([directive, value]) => `${directive} ${value}`)
    .join('; ');
}

/** Reads the fields of a form. */
export function readForm(body: Buffer | null): URLSearchParams {
  return new URLSearchParams(body?.toString('utf8') ?? '');
}
