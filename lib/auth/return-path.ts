const ANY_ORIGIN = 'http://here.invalid';

/**
 * A path of our own that somebody may be led to after signing in, with its query; null for anything else: another
 * origin in any spelling (`//evil`, `/\evil`, `https:evil`), the API, the sign-in pages themselves.
 */
export function ownPath(text: string | null | undefined): string | null {
  if (!text || text.length > 1_000 || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return null;
  if (!URL.canParse(text, ANY_ORIGIN)) return null;
  const { origin, pathname, search } = new URL(text, ANY_ORIGIN);
  // Dots may have collapsed into a second slash: `/.//evil` has the pathname `//evil`.
  if (origin !== ANY_ORIGIN || pathname.startsWith('//')) return null;
  return /^\/(api|sign-in|_next)(\/|$)/.test(pathname) ? null : pathname + search;
}
