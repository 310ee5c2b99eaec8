import { breathe } from './breathe.ts'
import { EVERYWHERE, likelyLanguage, readWords } from './locale/files.ts'
import { reloadAfterDeployment } from './reload.ts'
import { renew } from './renewal.ts'
import { readServed } from './served.ts'
import { warmUpDates } from './warm-up.ts'

/** After the page has been read; by then there is a picture, or something that keeps the browser from drawing one. */
const LATEST_MS = 1500

/** The two screens that people arrive at; what they are made of travels beside the app instead of after it. */
const arrivals: Record<string, (language: string) => unknown> = {
  '/': (language) => [
    import('./shell/frame.tsx'),
    import('./features/learn/dashboard-page.tsx'),
    readWords(language, 'learn'),
    warmUpDates(language)
  ],
  '/sign-in': (language) => [import('./features/auth/sign-in-page.tsx'), readWords(language, 'auth')]
}

/**
 * Lets the browser draw the first picture before the app's code keeps it busy, and runs that code in pieces, so that a
 * slow phone answers taps in between. `fetchAhead` has asked for all of it by then.
 */
async function begin(): Promise<void> {
  await import('react-dom/client')
  await breathe()
  const { main } = await import('./main.tsx')
  await breathe()
  await main()
}

/**
 * Everything before any of it is needed: the links are in the page, written by `vite.config.ts` and by the server. To ask
 * takes a slow phone some milliseconds each time, so it breathes in between.
 */
async function fetchAhead(): Promise<void> {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[data-later]')) {
    link.rel = 'modulepreload'
    await breathe()
  }
  const language = likelyLanguage()
  for (const namespace of EVERYWHERE) void readWords(language, namespace)
  await breathe()
  arrivals[location.pathname]?.(language)
}

/** Only the app can renew a sign-in; it begins before the rest of the app is here. */
async function askToRenew(): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-lyceum-csrf': '1' }
  const { status } = await fetch('/api/v1/auth/refresh', { method: 'POST', headers, body: '{}' })
  return status
}

let started = false
function start(): void {
  if (started) return
  started = true
  reloadAfterDeployment()
  if (readServed()?.signedIn === 'perhaps') void renew(Date.now(), askToRenew).catch(() => undefined)
  void fetchAhead().then(begin)
}

// A tab in the background draws nothing, so there the code comes at once.
if (document.visibilityState === 'hidden') start()
else {
  // When the picture is on the glass, not merely handed over; and not never, where a browser does not tell.
  new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length > 0) start()
  }).observe({ type: 'paint', buffered: true })
  setTimeout(start, LATEST_MS)
}
