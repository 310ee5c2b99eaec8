import type { QueryClient } from '@tanstack/react-query'
import { startTransition } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { createBrowserRouter, type DataRouter } from 'react-router'
import './ui/styles.css'
import { onSessionEnded, wasSignedIn } from './api.ts'
import { settleLanguage, startLanguage } from './locale/i18n.ts'
import { path } from './path.ts'
import { routes } from './routes.tsx'
import { App } from './shell/app.tsx'
import { createQueryClient } from './shell/query-client.ts'
import { endSession, followOtherTabs, meQuery, schoolQuery } from './shell/session.ts'
import { StartFailure } from './shell/start-failure.tsx'
import { startDensity } from './ui/density.ts'

const RELOADED = 'lyceum.reloaded'

/** Starts the app in `#root`. */
export async function main(): Promise<void> {
  const place = document.getElementById('root')
  if (!place) throw new Error('index.html has no #root')
  const root = createRoot(place)
  const queryClient = createQueryClient()
  // The code of the page, its words, the person and the school are all on the way before any of them is waited for.
  const words = startLanguage()
  startDensity()
  reloadAfterDeployment()
  await new Promise((resolve) => setTimeout(resolve))
  const router = createBrowserRouter(routes)
  followOtherTabs(queryClient)
  // The frame then asks to sign in again and brings the person back to the same place.
  onSessionEnded(() => endSession(queryClient, { tellTabs: false }))
  try {
    await draw(root, router, queryClient, words)
  } catch (error) {
    root.render(<StartFailure error={error} />)
  }
}

async function draw(root: Root, router: DataRouter, queryClient: QueryClient, words: Promise<void>): Promise<void> {
  const [me, school] = await Promise.all([
    nobodyYet(queryClient) ? null : queryClient.fetchQuery(meQuery),
    queryClient.fetchQuery(schoolQuery),
    words,
    routed(router)
  ])
  await settleLanguage(me?.locale, school.locale)
  sessionStorage.removeItem(RELOADED)
  // As a transition the first drawing is done in slices, and a tap in between is not kept waiting.
  startTransition(() => root.render(<App router={router} queryClient={queryClient} />))
}

/** At the door, with nobody remembered on this device, there is no need to ask who it is. */
function nobodyYet(queryClient: QueryClient): boolean {
  const nobody = location.pathname === path.signIn() && !wasSignedIn()
  if (nobody) queryClient.setQueryData(meQuery.queryKey, null)
  return nobody
}

/** Resolves when the code of the first page is here, so that nothing is drawn twice. */
function routed(router: DataRouter): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = router.subscribe(({ initialized }) => initialized && resolve())
  if (router.state.initialized) resolve()
  return promise.finally(stop)
}

/** A deployment may replace the files this page would load next; one reload is enough, a second failure is told. */
function reloadAfterDeployment(): void {
  window.addEventListener('vite:preloadError', (event) => {
    if (!navigator.onLine || sessionStorage.getItem(RELOADED)) return
    sessionStorage.setItem(RELOADED, 'yes')
    event.preventDefault()
    location.reload()
  })
}
