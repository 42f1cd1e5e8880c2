/**
 * Whether a `redirect_url` of Truemed's may be followed or framed: an absolute http(s) address without user info, whose
 * origin is one of TRUEMED_REDIRECT_ORIGINS (reliability.md S10). What is not stays evidence and is never sent to a browser.
 */
export function isAllowedRedirect(redirectUrl: string, allowedOrigins: readonly string[]): boolean {
  if (!URL.canParse(redirectUrl)) return false;
  const url = new URL(redirectUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  return url.username === '' && url.password === '' && allowedOrigins.includes(url.origin);
}
