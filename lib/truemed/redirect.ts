/**
 * Whether a `redirect_url` of Truemed's may be followed or framed: an absolute http(s) address without user info, whose
 * origin is one of TRUEMED_REDIRECT_ORIGINS (reliability.md S10). What is not stays evidence and is never sent to a browser.
 */
export function isAllowedRedirect(redirectUrl: string, allowedOrigins: readonly string[]): boolean {
  // A browser repairs what the URL parser forgives, so only the plain form passes: scheme, slashes, no blank, no control.
  if (!/^https?:\/\/[^\s\p{Cc}\\]+$/u.test(redirectUrl) || !URL.canParse(redirectUrl)) return false;
  const url = new URL(redirectUrl);
  return url.username === '' && url.password === '' && allowedOrigins.includes(url.origin);
}
