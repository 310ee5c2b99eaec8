import { type Client, createClient, ProblemError, type Transport } from '@lyceum/client'
import type { Me, School } from '@lyceum/user/contract'
import i18next from 'i18next'
import { renderToString } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { createMemoryRouter } from 'react-router'
import { firstSupported, type Language, supported } from './locale/files.ts'
import { directionOf, regional } from './locale/i18n.ts'
import { isolate } from './locale/isolate.ts'
import { path } from './path.ts'
import { routed } from './routed.ts'
import { routes } from './routes.tsx'
import { type Answer, fillQueries, type Served } from './served.ts'
import { App } from './shell/app.tsx'
import { createQueryClient } from './shell/query-client.ts'

/** A request for a page, as far as its drawing depends on it. */
export interface Visit {
  /** Path and query. */
  readonly url: string
  /** As far as cookies show. `perhaps`: there is a sign-in to renew, which only the app can do. */
  readonly signedIn: Served['signedIn']
  /** Reads from the API in the visitor's name. */
  readonly ask: Transport
  /** Cookies of `tellServer`, by name. */
  readonly told: Readonly<Record<string, string | undefined>>
  /** `Accept-Language`, the dearest first. */
  readonly languages: readonly string[]
}

/** What the server puts into `index.html`. */
export interface Drawn {
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  readonly title: string
  /** The inside of `#root`; undefined leaves what stands there. */
  readonly root: string | undefined
  /** The chunk of this screen, beside the one that all screens need. */
  readonly chunk: 'home' | 'door' | undefined
  /** Holds what is one person's own. */
  readonly personal: boolean
  readonly served: Served
}

const words = import.meta.glob<Record<string, unknown>>('./locale/*/{shell,ui,problem,auth,learn}.json', {
  eager: true,
  import: 'default'
})
const resources: Record<string, Record<string, Record<string, unknown>>> = {}
for (const [file, content] of Object.entries(words)) {
  const [, , language = '', name = ''] = file.split('/')
  resources[language] = { ...resources[language], [name.replace('.json', '')]: content }
}
await i18next.use(initReactI18next).init({
  resources,
  lng: 'en',
  fallbackLng: false,
  defaultNS: 'shell',
  interpolation: { escapeValue: true, escape: (text) => isolate(text, directionOf(i18next.language)) },
  returnNull: false
})

/**
 * Draws the screens that people arrive at as the app would: the sign-in page, the dashboard of somebody signed in, and
 * the frame around it where the sign-in must be renewed first. Every page gets the answers that are known anyway.
 * @throws ProblemError when the school cannot be asked
 */
export async function draw(visit: Visit): Promise<Drawn> {
  const api = createClient(visit.ask)
  const [pathname = ''] = visit.url.split('?')
  const [school, me, news] = await Promise.all([
    api.user.getSchool({}),
    visit.signedIn === 'yes' ? api.user.getMe({}).catch(nothing) : null,
    visit.signedIn === 'yes' && pathname === path.dashboard() ? readDashboard(api).catch(nothing) : null
  ])
  const language = languageFor(visit, me, school)
  const screen = screenFor(visit, pathname, me, news)
  const answers: Answer[] = [[['getSchool', {}], school], ...(me ? [answerOf('getMe', me)] : []), ...screen.answers]
  const timeZone = zoneOr(school.timeZone, visit.told['lyceum.zone'])
  const words = i18next.getFixedT(language, ['auth', 'learn'])
  return {
    language,
    direction: directionOf(language),
    title: screen.title ? `${words(screen.title)} · ${school.name}` : school.name,
    chunk: screen.chunk,
    root: screen.chunk
      ? await drawRoot({ ...visit, language, timeZone }, [...answers, ...screen.placeholders])
      : undefined,
    personal: me !== null,
    served: { drawn: screen.whole, signedIn: visit.signedIn, language, languages: visit.languages, timeZone, answers }
  }
}

interface Screen extends Pick<Drawn, 'chunk'> {
  readonly title?: 'signIn.title' | 'learn:dashboard.title'
  readonly whole: boolean
  readonly answers: readonly Answer[]
  /** For the drawing alone; the app asks for the truth. */
  readonly placeholders: readonly Answer[]
}

const NO_SCREEN: Screen = { chunk: undefined, whole: false, answers: [], placeholders: [] }

function screenFor({ signedIn }: Visit, pathname: string, me: Me | null, news: readonly Answer[] | null): Screen {
  if (pathname === path.signIn() && signedIn === 'no')
    return { ...NO_SCREEN, chunk: 'door', title: 'signIn.title', whole: true, answers: [answerOf('getMe', null)] }
  if (pathname !== path.dashboard() || signedIn === 'no') return NO_SCREEN
  const home = { ...NO_SCREEN, chunk: 'home', title: 'learn:dashboard.title' } as const
  return me && news ? { ...home, whole: true, answers: news } : { ...home, placeholders: me ? [] : [SOMEBODY] }
}

const answerOf = (operation: string, answer: unknown): Answer => [[operation, {}], answer]

const SOMEBODY = answerOf('getMe', {
  id: '',
  name: '',
  email: '',
  role: 'learner',
  status: 'active',
  emailVerified: true,
  locale: null,
  timeZone: null,
  lastActiveAt: null,
  createdAt: '',
  version: 0,
  permissions: [],
  operator: false
} satisfies Me)

async function readDashboard(api: Client): Promise<readonly Answer[]> {
  const latest = { limit: 10 }
  const [dashboard, notifications] = await Promise.all([
    api.course.getDashboard({}),
    api.notification.listNotifications(latest)
  ])
  return [answerOf('getDashboard', dashboard), [['listNotifications', latest], notifications]]
}

/** What could not be read is left to the app, which knows how to renew, to try again and to say what is wrong. */
function nothing(error: unknown): null {
  if (error instanceof ProblemError) return null
  throw error
}

/** The same order as in the app: account, choice on the device, school, browser. */
function languageFor({ told, languages, signedIn }: Visit, me: Me | null, school: School): Language {
  const last = signedIn === 'no' ? undefined : told['lyceum.language.last']
  const wishes = [me?.locale, told['lyceum.language'], me ? undefined : last, school.locale]
  return wishes.map(supported).find((wish) => wish !== undefined) ?? firstSupported(languages)
}

/** A cookie may say anything. */
function zoneOr(usual: string, told: string | undefined): string {
  try {
    return told ? new Intl.DateTimeFormat('en', { timeZone: told }).resolvedOptions().timeZone : usual
  } catch {
    return usual
  }
}

type Drawing = Pick<Visit, 'url' | 'languages' | 'signedIn'> & {
  readonly language: Language
  readonly timeZone: string
}

/** Pictures without anything of a person in them, by all that they depend on. */
const pictures = new Map<string, string>()
const MOST_PICTURES = 200

async function drawRoot(drawing: Drawing, answers: readonly Answer[]): Promise<string> {
  const { url, languages, language } = drawing
  const anybodys = drawing.signedIn !== 'yes' && !url.includes('?')
  const key = JSON.stringify([url, language, regional(language, languages), answers])
  const before = anybodys ? pictures.get(key) : undefined
  if (before !== undefined) return before
  const picture = await drawAnew(drawing, answers)
  if (pictures.size >= MOST_PICTURES) pictures.clear()
  if (anybodys) pictures.set(key, picture)
  return picture
}

async function drawAnew({ url, languages, language, timeZone }: Drawing, answers: readonly Answer[]): Promise<string> {
  const router = createMemoryRouter(routes, { initialEntries: [url] })
  const queryClient = createQueryClient()
  fillQueries(queryClient, answers)
  await routed(router)
  try {
    // With all words at hand the change is done when the call returns, and drawing waits for nothing.
    void i18next.changeLanguage(language)
    return renderToString(<App router={router} queryClient={queryClient} device={{ languages, timeZone }} />)
  } finally {
    router.dispose()
    queryClient.clear()
  }
}
