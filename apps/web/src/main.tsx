import type { Me } from '@lyceum/user/contract'
import type { QueryClient } from '@tanstack/react-query'
import { startTransition } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { createBrowserRouter, type DataRouter } from 'react-router'
import './ui/styles.css'
import { onSessionEnded, query, rememberSignedIn, wasSignedIn } from './api.ts'
import { breathe } from './breathe.ts'
import { deviceZone } from './device-zone.ts'
import { regional, settleLanguage, startLanguage } from './locale/i18n.ts'
import { path } from './path.ts'
import { forgetReload } from './reload.ts'
import { routed } from './routed.ts'
import { routes } from './routes.tsx'
import { fillQueries, readServed, type Served } from './served.ts'
import { App, type Device } from './shell/app.tsx'
import { createQueryClient } from './shell/query-client.ts'
import { endSession, followOtherTabs, meQuery, schoolQuery } from './shell/session.ts'
import { StartFailure } from './shell/start-failure.tsx'
import { startDensity } from './ui/density.ts'
import { reportMaintenance } from './ui/maintenance.ts'

/** Starts the app in `#root`. */
export async function main(): Promise<void> {
  const place = document.getElementById('root')
  if (!place) throw new Error('index.html has no #root')
  const queryClient = createQueryClient()
  const served = readServed()
  if (served) {
    fillQueries(queryClient, served.answers)
    reportMaintenance(served.maintenance ?? null)
  }
  // The code of the page, its words, the person and the school are all on the way before any of them is waited for.
  const words = startLanguage()
  startDensity()
  await breathe()
  const router = createBrowserRouter(routes)
  await breathe()
  followOtherTabs(queryClient)
  // The frame then asks to sign in again and brings the person back to the same place.
  onSessionEnded(() => endSession(queryClient, { tellTabs: false }))
  try {
    await draw({ place, router, queryClient, words, served })
  } catch (error) {
    createRoot(place).render(<StartFailure error={error} />)
  }
}

interface Drawing {
  readonly place: HTMLElement
  readonly router: DataRouter
  readonly queryClient: QueryClient
  readonly words: Promise<void>
  readonly served: Served | undefined
}

async function draw({ place, router, queryClient, words, served }: Drawing): Promise<void> {
  if (location.pathname === path.dashboard() && wasSignedIn()) askAhead(queryClient)
  const [me, school] = await Promise.all([
    nobodyYet(queryClient) ? null : queryClient.fetchQuery(meQuery),
    queryClient.fetchQuery(schoolQuery),
    words,
    routed(router)
  ])
  if (me) rememberSignedIn(true)
  await breathe()
  const language = await settleLanguage(me?.locale, school.locale)
  forgetReload()
  const device: Device = { languages: navigator.languages, timeZone: undefined }
  const asServed = served?.drawn === true && served.language === language && readsAlike(served, device, me)
  await breathe()
  const app = <App router={router} queryClient={queryClient} device={device} />
  // As a transition the first drawing is done in slices, and a tap in between is not kept waiting.
  startTransition(() => {
    // A minute that has passed since the server drew is no fault: React then draws the screen anew.
    if (asServed) hydrateRoot(place, app, { onRecoverableError: () => undefined })
    else createRoot(place).render(app)
  })
}

/** The dashboard asks for these as soon as it stands; so they travel while it is made. */
function askAhead(queryClient: QueryClient): void {
  void queryClient.prefetchQuery(query('course', 'getDashboard', {}))
  void queryClient.prefetchQuery(query('notification', 'listNotifications', { limit: 10 }))
}

/** Whether dates come out here as the server wrote them. Nobody reads dates at the door. */
function readsAlike({ language, languages, timeZone }: Served, device: Device, me: Me | null): boolean {
  if (regional(language, languages) !== regional(language, device.languages)) return false
  return me === null || me.timeZone !== null || timeZone === deviceZone()
}

/** At the door, with nobody remembered on this device, there is no need to ask who it is. */
function nobodyYet(queryClient: QueryClient): boolean {
  const nobody = location.pathname === path.signIn() && !wasSignedIn()
  if (nobody) queryClient.setQueryData(meQuery.queryKey, null)
  return nobody
}
