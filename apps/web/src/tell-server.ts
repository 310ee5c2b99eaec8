const YEAR_MS = 365 * 24 * 3_600_000

/**
 * Keeps a fact about this device in a cookie: the server needs it to draw the first screen as the app would. Where a
 * browser cannot, the server guesses, and the app draws anew what it guessed wrong.
 */
export function tellServer(name: string, value: string): void {
  if (!('cookieStore' in globalThis)) return
  const kept = cookieStore.set({ name, value, expires: Date.now() + YEAR_MS, path: '/', sameSite: 'lax' })
  kept.catch(() => undefined)
}
