import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@lyceum/platform/testing/free-port'
import { demoSchools } from '@lyceum/server/demo'
import type { SchoolRole } from '@lyceum/user/contract'
import { type Browser, chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { visit } from '../bench/crash/http-client.ts'
import { removeHome, startProductProcess, temporaryHome } from '../bench/product-process.ts'
import { BROWSER_ARGUMENTS, provideChromium } from './chromium.ts'

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url))
const LARGEST_BYTES = 150 * 1024

interface Shot {
  readonly name: string
  readonly as?: SchoolRole
  readonly path: string
  readonly width: 390 | 1440
  readonly look?: 'dark'
  readonly language?: 'ar'
}

/** `npm run screenshots`: pictures of the screens for the documentation, from a fresh demo school, into docs/images/. */
async function takeScreenshots(): Promise<void> {
  const found = provideChromium(tell)
  if ('missing' in found) throw new Error(found.missing)
  const home = temporaryHome('screenshots')
  try {
    const product = await startProductProcess({ home, port: await freePort() })
    const browser = await chromium.launch({ executablePath: found.path, args: [...BROWSER_ARGUMENTS] })
    try {
      mkdirSync(FOLDER, { recursive: true })
      for (const shot of await shotsOf(product.url)) await take(browser, product.url, shot)
    } finally {
      await browser.close()
      await product.stop()
    }
  } finally {
    removeHome(home)
  }
}

async function shotsOf(origin: string): Promise<Shot[]> {
  const teacher = visit(origin)
  await teacher.signIn(person('teacher').email, person('teacher').password)
  const { teaching } = await teacher.api.course.getDashboard({})
  const courseId = teaching[0]?.id ?? ''
  const { units } = await teacher.api.course.getCourseHome({ courseId })
  const item = units.flatMap(({ items }) => items).find(({ kind }) => kind === 'page')
  const course = `/courses/${courseId}`
  const page = `${course}/items/${item?.id}`
  const both = (name: string, path: string, as?: SchoolRole): Shot[] =>
    ([390, 1440] as const).map((width) => ({ name, path, width, ...(as ? { as } : {}) }))
  return [
    ...both('sign-in', '/sign-in'),
    ...both('dashboard', '/', 'learner'),
    ...both('course', course, 'learner'),
    ...both('page', page, 'learner'),
    ...both('courses', '/courses', 'teacher'),
    ...both('builder', `${course}/edit`, 'teacher'),
    ...both('editor', `${page}/edit`, 'teacher'),
    ...both('import', '/courses?import=new', 'teacher'),
    ...both('progress', `${course}/progress`, 'teacher'),
    ...both('people', '/admin/people', 'administrator'),
    ...both('overview', '/admin', 'administrator'),
    { name: 'school', path: '/admin/school', width: 1440, as: 'administrator' },
    { name: 'jobs', path: '/admin/jobs', width: 1440, as: 'administrator' },
    { name: 'dashboard-dark', path: '/', width: 1440, as: 'learner', look: 'dark' },
    { name: 'page-dark', path: page, width: 390, as: 'learner', look: 'dark' },
    { name: 'dashboard-arabic', path: '/', width: 390, as: 'learner', language: 'ar' },
    { name: 'course-arabic', path: course, width: 1440, as: 'learner', language: 'ar' }
  ]
}

async function take(browser: Browser, origin: string, shot: Shot): Promise<void> {
  const { name, as, path, width, look, language } = shot
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: width === 390 ? 844 : 900 },
    deviceScaleFactor: width === 390 ? 2 : 1,
    isMobile: width === 390,
    hasTouch: width === 390,
    colorScheme: look ?? 'light',
    locale: language ?? 'en',
    reducedMotion: 'reduce'
  })
  const page = await context.newPage()
  if (as) {
    const { email, password } = person(as)
    const answer = await context.request.post('/api/v1/auth/sign-in', { data: { email, password, remember: true } })
    if (!answer.ok()) throw new Error(`${email} cannot sign in: ${answer.status()}`)
    if (language) await context.addInitScript(`localStorage.setItem('lyceum.language', '${language}')`)
  }
  await page.goto(path)
  await settled(page)
  const picture = await compressed(await page.screenshot())
  const file = `${name}-${width === 390 ? 'phone' : 'desktop'}.webp`
  writeFileSync(join(FOLDER, file), picture)
  tell(`${file} ${Math.round(picture.length / 1024)} kB`)
  await context.close()
}

/** Nothing is loading any more, and every picture in sight is there. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
  await page.evaluate('Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))')
}

async function compressed(png: Buffer): Promise<Buffer> {
  for (let quality = 86; ; quality -= 8) {
    const webp = await sharp(png).webp({ quality, effort: 6, smartSubsample: true }).toBuffer()
    if (webp.length <= LARGEST_BYTES || quality < 40) return webp
  }
}

function person(role: SchoolRole) {
  const found = demoSchools[0]?.people.find((one) => one.role === role)
  if (!found) throw new Error(`The demo school has no ${role}`)
  return found
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

await takeScreenshots()
