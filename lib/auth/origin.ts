/**
 * Whether a request that changes something came from a page of ours: its Origin must be that of APP_URL. A missing Origin,
 * `null` (a sandboxed frame) and every other one is foreign; so is what the browser itself calls cross-site.
 */
export function isOwnPost(headers: Pick<Headers, 'get'>, appUrl: string): boolean {
  if (headers.get('sec-fetch-site') === 'cross-site') return false;
  return headers.get('origin') === new URL(appUrl).origin;
}
