import AxeBuilder from '@axe-core/playwright'
import { endMaintenance, orderMaintenance } from '@lyceum/platform/maintenance'
import { freePort } from '@lyceum/platform/testing/free-port'
import { demoSchools } from '@lyceum/server/demo'
import type { SchoolRole } from '@lyceum/user/contract'
import pg from 'pg'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visit } from '../../bench/crash/http-client.ts'
import { embeddedUrl } from '../../bench/embedded-url.ts'
import { type ProductProcess, removeHome, startProductProcess, temporaryHome } from '../../bench/product-process.ts'
import { BROWSER_ARGUMENTS, findChromium } from '../../scripts/chromium.ts'
import { gardeningZip, LONG_PAGE } from './gardening-zip.ts'

const executablePath = findChromium()
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36'
}
const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } }
const PATIENT = { timeout: 20_000 }
const NEWCOMER = { name: 'Noor Ali', email: 'noor@learners.example', password: 'a kettle on the stove' }

const person = (role: SchoolRole) => {
  const found = demoSchools[0]?.people.find((one) => one.role === role)
  if (!found) throw new Error(`The demo school has no ${role}`)
  return found
}

describe.skipIf(executablePath === undefined)('the product in a browser (needs Chromium: CHROMIUM_PATH)', () => {
  const home = temporaryHome('journey')
  let product: ProductProcess
  let browser: Browser
  let teacher: Page
  let courseUrl = ''
  let joinUrl = ''
  /** The first block in sight when the phone was put away. */
  let lastSeen = ''

  beforeAll(async () => {
    product = await startProductProcess({ home, port: await freePort() })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...BROWSER_ARGUMENTS] })
    teacher = await newPage(DESKTOP)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    removeHome(home)
  })

  const newContext = async (options: BrowserContextOptions): Promise<BrowserContext> => {
    const context = await browser.newContext({
      ...options,
      baseURL: product.url,
      locale: 'en',
      reducedMotion: 'reduce'
    })
    context.setDefaultTimeout(20_000)
    return context
  }
  const newPage = async (options: BrowserContextOptions) => (await newContext(options)).newPage()

  it('imports a zip of Markdown for a teacher', { timeout: 180_000 }, async () => {
    await signIn(teacher, person('teacher'))
    await accessible(teacher, 'dashboard of a teacher')
    await teacher.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Courses' }).click()
    await teacher.getByRole('heading', { level: 1, name: 'Courses' }).waitFor()
    await accessible(teacher, 'courses')
    await teacher.getByRole('button', { name: 'Import' }).click()
    await accessible(teacher, 'import')
    const choosing = teacher.waitForEvent('filechooser')
    await teacher.getByRole('button', { name: 'Choose a zip' }).click()
    const chooser = await choosing
    await chooser.setFiles({ name: 'Gardening.zip', mimeType: 'application/zip', buffer: await gardeningZip() })
    await teacher.getByRole('heading', { name: 'The course is there' }).waitFor()
    expect(await teacher.getByText('missing.png').count()).toBeGreaterThan(0)
    await accessible(teacher, 'report of an import')
    await teacher.getByRole('link', { name: 'Open the course' }).click()
    await teacher.getByRole('heading', { level: 1, name: 'Gardening' }).waitFor()
    courseUrl = new URL(teacher.url()).pathname.replace(/\/edit$/, '')
  })

  it('lets the teacher rename, move by keyboard, write a page and publish', { timeout: 180_000 }, async () => {
    await teacher.getByRole('button', { name: 'Rename Soil' }).click()
    await teacher.getByLabel('New title of Soil').fill('Good soil')
    await teacher.keyboard.press('Enter')
    const handle = teacher.getByRole('button', { name: 'Move Good soil' })
    await handle.focus()
    const arranged = teacher.waitForResponse(isAnswerTo('PUT', /\/outline$/))
    for (const key of ['m', 'ArrowDown', 'Enter']) await teacher.keyboard.press(key)
    expect((await arranged).status()).toBe(200)
    const plants = teacher.getByRole('list', { name: 'Plants', exact: true })
    await expect
      .poll(() => plants.getByRole('link').allTextContents(), PATIENT)
      .toEqual(['A year in the garden', 'Tools', 'Good soil'])
    await accessible(teacher, 'course builder')

    await teacher.getByRole('button', { name: /^Add\s+Water$/ }).click()
    await teacher.getByRole('menuitem', { name: 'Page' }).click()
    await teacher.getByLabel('Title of the page').fill('Rain')
    await teacher.getByRole('button', { name: 'Add and write' }).click()
    const sheet = teacher.getByRole('textbox', { name: 'Text of Rain' })
    await sheet.click()
    const saved = teacher.waitForResponse(isAnswerTo('PUT', /\/page$/))
    await teacher.keyboard.type('## Catch it\nA barrel below the gutter is enough.')
    expect((await saved).status()).toBe(200)
    await teacher
      .getByRole('status')
      .filter({ hasText: /^Saved/ })
      .waitFor()
    await accessible(teacher, 'page editor')
    await teacher.reload()
    await sheet.getByRole('heading', { name: 'Catch it' }).waitFor()
    await teacher.getByRole('link', { name: 'Done' }).click()

    await teacher.getByRole('button', { name: 'Publish…' }).click()
    await accessible(teacher, 'publishing')
    await teacher.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click()
    await teacher.getByText('“Gardening” is open to its learners.').waitFor()
  })

  it('lets the teacher make a join link', { timeout: 180_000 }, async () => {
    await teacher.getByRole('navigation', { name: 'Course', exact: true }).getByRole('link', { name: 'People' }).click()
    await teacher.getByRole('button', { name: 'Add people' }).first().click()
    await accessible(teacher, 'adding people')
    await teacher.getByRole('tab', { name: 'By a link' }).click()
    await teacher.getByRole('button', { name: 'Make a link' }).click()
    const link = teacher.getByRole('list', { name: 'Links of this course' }).locator('bdi').first()
    joinUrl = (await link.textContent()) ?? ''
    expect(joinUrl).toMatch(/\/join\/.{10,}/)
    await accessible(teacher, 'join links')
    await teacher.keyboard.press('Escape')
    await accessible(teacher, 'people of a course')
  })

  it('takes a newcomer on a phone from the link into a long page', { timeout: 180_000 }, async () => {
    const context = await newContext(PHONE)
    const phone = await context.newPage()
    await phone.goto(new URL(joinUrl).pathname)
    await phone.getByRole('heading', { level: 1, name: 'Gardening' }).waitFor()
    await accessible(phone, 'join page')
    await phone.getByLabel('Name').fill(NEWCOMER.name)
    await phone.getByLabel('E-mail').fill(NEWCOMER.email)
    await phone.getByLabel('New password', { exact: true }).fill(NEWCOMER.password)
    await phone.getByRole('button', { name: 'Create account and join' }).click()
    await phone.getByRole('heading', { level: 1, name: 'Gardening' }).waitFor()
    await accessible(phone, 'course home')
    await phone.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Dashboard' }).click()
    const nextUp = phone.getByRole('region', { name: 'Next up' })
    await nextUp.getByRole('heading', { name: LONG_PAGE }).waitFor()
    await accessible(phone, 'dashboard of a learner')
    await phone.getByRole('link', { name: `Start “${LONG_PAGE}”` }).click()
    await phone.getByRole('heading', { level: 1, name: LONG_PAGE }).waitFor()
    await accessible(phone, 'a page on a phone')
    await phone.getByText('Week 20:').waitFor()
    const kept = phone.waitForResponse(
      (answer) => isAnswerTo('PUT', /\/progress$/)(answer) && (answer.request().postData() ?? '').includes('block')
    )
    // As a finger does: the page moves and then rests.
    await phone.evaluate(`window.dispatchEvent(new Event('touchstart'))`)
    await phone.getByText('Week 20:').scrollIntoViewIfNeeded()
    await phone.evaluate('window.scrollBy(0, -150)')
    expect((await kept).status()).toBe(200)
    lastSeen = await firstInSight(phone)
    expect(lastSeen).toMatch(/^Week (1|2)\d:/)
    await context.close()
  })

  it('puts the learner back at the same line on another device', { timeout: 180_000 }, async () => {
    const desktop = await newPage(DESKTOP)
    await signIn(desktop, NEWCOMER)
    await desktop.goto(courseUrl)
    await desktop.getByRole('main').getByRole('link', { name: LONG_PAGE }).click()
    await desktop.getByRole('heading', { level: 1, name: LONG_PAGE }).waitFor()
    await expect.poll(() => firstInSight(desktop), PATIENT).toBe(lastSeen)

    for (const next of ['Tools', 'Good soil', 'Watering', 'Rain']) {
      await desktop.getByRole('link', { name: `Next: ${next}` }).click()
      await desktop.getByRole('heading', { level: 1, name: next }).waitFor()
      await desktop.getByText('Completed', { exact: true }).first().waitFor()
    }
    await desktop.getByText('You completed “Gardening”').first().waitFor()
    await accessible(desktop, 'a completed course')
    await desktop.context().close()
  })

  it('shows the teacher that the learner is through', { timeout: 180_000 }, async () => {
    await teacher.goto(`${courseUrl}/progress`)
    const bar = teacher.getByRole('progressbar', { name: `Progress of ${NEWCOMER.name}` })
    await bar.waitFor()
    expect(await bar.getAttribute('aria-valuetext')).toBe('5 of 5')
    await accessible(teacher, 'progress of a course')
    await teacher.getByRole('radio', { name: 'By item' }).click()
    await teacher
      .getByRole('cell', { name: 'Rain' })
      .or(teacher.getByRole('rowheader', { name: 'Rain' }))
      .first()
      .waitFor()
    await accessible(teacher, 'progress by item')
  })

  it('tells the learner by name what happened', { timeout: 180_000 }, async () => {
    const phone = await newPage(PHONE)
    await signIn(phone, NEWCOMER)
    await phone.goto('/notifications')
    await phone.getByText('You completed “Gardening”. Well done!').waitFor()
    await phone.getByText('You are now in the course “Gardening”.').waitFor()
    await accessible(phone, 'notifications')
    await phone.context().close()
  })

  it('keeps what is marked as done without a connection', { timeout: 180_000 }, async () => {
    const api = visit(product.url)
    await api.signIn(person('teacher').email, person('teacher').password)
    const courseId = courseUrl.split('/').at(-1) ?? ''
    const { units } = await api.api.course.getCourseHome({ courseId })
    const unitId = units[0]?.id ?? ''
    const { id: itemId } = await api.api.course.createItem({
      unitId,
      kind: 'page',
      title: 'Dig a bed',
      html: '<p>Spade first.</p>',
      published: true,
      completion: { kind: 'done' }
    })
    const context = await newContext(PHONE)
    const phone = await context.newPage()
    await signIn(phone, NEWCOMER)
    await phone.goto(`${courseUrl}/items/${itemId}`)
    const done = phone.getByRole('button', { name: 'Mark as done' })
    await done.waitFor()
    await phone.getByText('Online · all saved').waitFor()
    await context.setOffline(true)
    await done.click()
    await phone.getByText(/Offline — \d+ changes? kept on this device/).waitFor()
    await accessible(phone, 'a page without a connection')
    const saved = phone.waitForResponse(
      (answer) =>
        isAnswerTo('PUT', /\/progress$/)(answer) && (answer.request().postData() ?? '').includes('"done":true')
    )
    await context.setOffline(false)
    expect((await saved).status()).toBe(200)
    await phone.getByText('Online · all saved').waitFor()
    await phone.reload()
    await phone.getByRole('button', { name: 'Completed' }).waitFor()
    await context.close()
  })

  it('lets two teachers write one page and loses neither text', { timeout: 180_000 }, async () => {
    const api = visit(product.url)
    await api.signIn(person('teacher').email, person('teacher').password)
    const courseId = courseUrl.split('/').at(-1) ?? ''
    const { units } = await api.api.course.getCourseHome({ courseId })
    const itemId = units.flatMap(({ items }) => items).find(({ title }) => title === 'Tools')?.id ?? ''
    await teacher.goto(`${courseUrl}/items/${itemId}/edit`)
    const colleague = await newPage(DESKTOP)
    await signIn(colleague, person('administrator'))
    await colleague.goto(`${courseUrl}/items/${itemId}/edit`)

    const write = async (page: Page, words: string) => {
      const sheet = page.getByRole('textbox', { name: 'Text of Tools' })
      await sheet.getByText('A spade.', { exact: true }).click()
      await page.keyboard.press('End')
      const answered = page.waitForResponse(isAnswerTo('PUT', /\/page$/))
      await page.keyboard.type(words)
      return (await answered).status()
    }
    await colleague.getByRole('textbox', { name: 'Text of Tools' }).waitFor()
    expect(await write(teacher, ' A rake as well.')).toBe(200)
    expect(await write(colleague, ' And gloves.')).toBe(412)
    await colleague.getByRole('heading', { name: /saved this page while you were writing/ }).waitFor()
    await accessible(colleague, 'conflict of two versions')
    await colleague.getByLabel('Keep both, one after the other').check()
    await colleague.getByRole('button', { name: 'Save this page' }).click()
    await colleague.getByRole('textbox', { name: 'Text of Tools' }).waitFor()
    const { html } = await api.api.course.getPage({ itemId })
    expect(html).toContain('A rake as well.')
    expect(html).toContain('And gloves.')
    await colleague.context().close()
  })

  it('shows the school’s name and colour before signing in', { timeout: 180_000 }, async () => {
    const administrator = await newPage(DESKTOP)
    await signIn(administrator, person('administrator'))
    await administrator.goto('/admin/school')
    const name = administrator.getByLabel('Name', { exact: true })
    await name.fill('Riverside School')
    await administrator.getByLabel('Main colour', { exact: true }).fill('#7a1f5c')
    await accessible(administrator, 'school')
    await administrator.getByRole('button', { name: 'Save', exact: true }).click()
    await administrator.getByText('Saved.').first().waitFor()
    for (const [address, heading] of [
      ['/admin', 'Overview'],
      ['/admin/people', 'People'],
      ['/admin/mail', 'Mail'],
      ['/admin/jobs', 'Background jobs'],
      ['/admin/events', 'Events'],
      ['/account', 'Your profile']
    ] as const) {
      await administrator.goto(address)
      await administrator.getByRole('heading', { level: 1, name: heading }).waitFor()
      await administrator.getByText('Loading…').waitFor({ state: 'hidden' })
      await accessible(administrator, heading)
    }
    await administrator.goto('/operator/status')
    await administrator.getByText('Last 24 hours:').first().waitFor()
    await accessible(administrator, 'status')
    await keepCalendar(administrator)

    const visitor = await newPage(PHONE)
    await visitor.goto('/sign-in')
    await visitor.getByText('Riverside School').first().waitFor()
    await visitor.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    expect(await visitor.evaluate(`getComputedStyle(document.querySelector('[type=submit]')).backgroundColor`)).toBe(
      'rgb(122, 31, 92)'
    )
    await accessible(visitor, 'sign-in page')
    await visitor.getByRole('button', { name: 'العربية' }).click()
    await expect.poll(() => visitor.evaluate('document.documentElement.dir'), PATIENT).toBe('rtl')
    await accessible(visitor, 'sign-in page in Arabic')
    await administrator.context().close()
    await visitor.context().close()
  })

  it('shows the first screens before their code has come, and loses nothing that is typed meanwhile', {
    timeout: 180_000
  }, async () => {
    const { email, password } = person('learner')
    const learner = await newPage(PHONE)
    const faults: string[] = []
    learner.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    const code = /\/assets\/(?:app|react|vendor|home)-.*\.js/
    let line = Promise.withResolvers<void>()
    await learner.route(code, async (route) => {
      await line.promise
      await route.continue()
    })
    await learner.goto('/sign-in', { waitUntil: 'commit' })
    await learner.getByText('Riverside School').first().waitFor()
    await learner.getByLabel('E-mail').fill(email)
    await learner.getByLabel('Password', { exact: true }).fill(password)
    await learner.getByRole('button', { name: 'Sign in', exact: true }).click()
    expect(learner.url()).toBe(`${product.url}/sign-in`)
    line.resolve()
    await learner.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()

    await learner.getByRole('heading', { level: 2, name: 'Your courses' }).waitFor()

    line = Promise.withResolvers()
    await learner.goto('/', { waitUntil: 'commit' })
    await learner.getByRole('heading', { level: 2, name: 'Your courses' }).waitFor()
    expect(await learner.evaluate('document.documentElement.dataset.ready')).toBeUndefined()
    line.resolve()
    await expect.poll(() => learner.evaluate('document.documentElement.dataset.ready'), PATIENT).toBe('')
    expect(faults).toEqual([])

    // The sign-in has grown old: the frame stands at once, and the app renews it.
    await learner.context().clearCookies({ name: 'lyceum_access' })
    await learner.goto('/', { waitUntil: 'commit' })
    await learner.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
    await learner.getByRole('heading', { level: 2, name: 'Your courses' }).waitFor()
    await learner.context().close()
  })

  it('tells beforehand of maintenance, on the page that is drawn before anything is asked', {
    timeout: 180_000
  }, async () => {
    const owner = new pg.Client({ connectionString: embeddedUrl(home) })
    await owner.connect()
    try {
      const learner = await newPage(PHONE)
      await signIn(learner, person('learner'))
      const startsAt = new Date(Date.now() + 2 * 86_400_000)
      const until = new Date(startsAt.getTime() + 1_800_000)
      await orderMaintenance(owner, { startsAt, until, message: 'New machines.', retryAfter: 60, orderedBy: 'ada' })
      await expect
        .poll(async () => {
          await learner.goto('/')
          await learner.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
          return learner.getByText('New machines.').isVisible()
        }, PATIENT)
        .toBe(true)
      await accessible(learner, 'dashboard before maintenance')
      await learner.context().close()
    } finally {
      await endMaintenance(owner)
      await owner.end()
    }
  })

  const signIn = async (page: Page, { email, password }: { readonly email: string; readonly password: string }) => {
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
  }
})

const isAnswerTo = (method: string, path: RegExp) => (answer: { request(): { method(): string }; url(): string }) =>
  answer.request().method() === method && path.test(new URL(answer.url()).pathname)

/** Text of the first paragraph that is not above the lower edge of what lies over the page. */
const firstInSight = (page: Page): Promise<string> =>
  page.evaluate(`{
    const bar = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0
    const weeks = [...document.querySelectorAll('main p')].filter(({ textContent }) => /^Week \\d+:/.test(textContent))
    const first = weeks.find((week) => week.getBoundingClientRect().bottom > Math.max(0, bar) + 13)
    first?.textContent.slice(0, 12) ?? ''
  }`)

/** WCAG 2.2 A and AA, as far as a machine can tell; the journey goes on, and every fault of every screen is told. */
/** Enters exams that begin tomorrow, finds releases held, and takes them out again. */
async function keepCalendar(administrator: Page): Promise<void> {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  await administrator.goto('/admin/calendar')
  await administrator.getByRole('heading', { name: 'Releases are open' }).waitFor()
  await accessible(administrator, 'calendar')
  await administrator.getByRole('button', { name: 'Add an entry' }).click()
  const dialog = administrator.getByRole('dialog')
  await dialog.getByLabel('Title').fill('Orals')
  await dialog.getByLabel('First day').fill(day(1))
  await dialog.getByLabel('Last day').fill(day(0))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('It ends before it begins.').waitFor()
  await accessible(administrator, 'an entry of the calendar')
  await dialog.getByLabel('Last day').fill(day(2))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await administrator.getByText(/Releases are held from .* because of the exam period “Orals”/).waitFor()
  await accessible(administrator, 'calendar with exams')
  await administrator.getByRole('button', { name: 'Remove Orals' }).click()
  await administrator.getByRole('heading', { name: 'Releases are open' }).waitFor()
  await administrator.getByRole('button', { name: 'Import' }).click()
  const ics = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:x', 'DTSTART;VALUE=DATE:20260230', 'END:VEVENT', 'END:VCALENDAR']
  const chosen = { name: 'exams.ics', mimeType: 'text/calendar', buffer: Buffer.from(ics.join('\r\n')) }
  await dialog.locator('input[type=file]').setInputFiles(chosen)
  await dialog.getByText('The event cannot be read').waitFor()
  await accessible(administrator, 'import into the calendar')
  await administrator.keyboard.press('Escape')
}

async function accessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
  expect.soft(faults, screen).toEqual([])
}
