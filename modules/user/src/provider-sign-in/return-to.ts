/** A path of this very site; anything else, and the routes that sign in, become the front page. */
export function localPath(returnTo: string | undefined): string {
  if (returnTo === undefined || !/^\/(?![/\\])/.test(returnTo) || /[\p{Cc}\\]/u.test(returnTo)) return '/'
  const base = 'http://here.invalid'
  if (!URL.canParse(returnTo, base)) return '/'
  const { origin, pathname, search, hash } = new URL(returnTo, base)
  // Dots in a path may fold it to one that starts with two slashes, which is an address elsewhere.
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/'
}

/** Where the browser goes when signing in at a provider failed: the page words the code. */
export const failedPath = (code: string): string => `/sign-in?error=${encodeURIComponent(code)}`
