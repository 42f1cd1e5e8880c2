interface PolicyFacts {
  nonce: string;
  appUrl: string;
  /** Where Truemed's own pages are: framed, and the end of forms that lead there. */
  truemedOrigins: readonly string[];
  /** `sha256-…` of each style sheet of the build: Next writes them into the page, and gives its `style` elements no nonce. */
  styleHashes: readonly string[];
  /** `next dev` evaluates code and writes styles into the page. */
  isDevelopment: boolean;
}

/** The content security policy of one answer (reliability.md S12): scripts by nonce, styles by what they say, frames and forms only Truemed's and ours. */
export function contentSecurityPolicy({
  nonce,
  appUrl,
  truemedOrigins,
  styleHashes,
  isDevelopment,
}: PolicyFacts): string {
  const truemed = truemedOrigins.join(' ');
  const styles = [`nonce-${nonce}`, ...styleHashes].map((source) => `'${source}'`);
  const directives = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : styles.join(' ')}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "manifest-src 'self'",
    `frame-src ${truemed || "'none'"}`,
    `form-action 'self' ${truemed}`.trim(),
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    ...(appUrl.startsWith('https:') ? ['upgrade-insecure-requests'] : []),
  ];
  return directives.join('; ');
}
