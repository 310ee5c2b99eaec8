import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@lyceum/platform/testing/free-port'
import { demoSchools } from '@lyceum/server/demo'
import lighthouse from 'lighthouse'
import { chromium } from 'playwright-core'
import { BROWSER_ARGUMENTS, provideChromium } from '../../scripts/chromium.ts'
import { removeHome, startProductProcess, temporaryHome } from '../product-process.ts'

const ROUNDS = 3

interface Visit {
  readonly jsKb: number
  readonly performance: number
  readonly accessibility: number
  readonly largestPaintMs: number
}

/**
 * First visits with an empty cache on Lighthouse's slow phone: the sign-in page, and the dashboard of a signed-in
 * learner. The median of three rounds counts; an empty page on the same machine is the baseline.
 */
export async function run(tell: (line: string) => void): Promise<object> {
  const found = provideChromium(tell)
  if ('missing' in found) throw new Error(found.missing)
  const home = temporaryHome('web-load')
  const profile = mkdtempSync(join(tmpdir(), 'lyceum-profile-'))
  const debugging = await freePort()
  const empty = await serveEmptyPage()
  const product = await startProductProcess({ home, port: await freePort() })
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: found.path,
    args: [...BROWSER_ARGUMENTS, `--remote-debugging-port=${debugging}`]
  })
  const measure = async (page: string, url: string) => {
    const visits: Visit[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      const visit = await visitOnce(url, debugging)
      tell(`${page} ${round}: ${JSON.stringify(visit)}`)
      visits.push(visit)
    }
    const middle = (pick: (visit: Visit) => number) =>
      visits.map(pick).sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0
    return {
      page,
      jsKb: middle(({ jsKb }) => jsKb),
      performance: middle(({ performance }) => performance),
      accessibility: middle(({ accessibility }) => accessibility),
      largestPaintMs: middle(({ largestPaintMs }) => largestPaintMs)
    }
  }
  try {
    const baseline = await measure('empty', empty.url)
    const signIn = await measure('sign-in', `${product.url}/sign-in`)
    const learner = demoSchools[0]?.people.find(({ role }) => role === 'learner')
    const page = await browser.newPage()
    await page.goto(`${product.url}/sign-in`)
    await page.getByLabel('E-mail').fill(learner?.email ?? '')
    await page.getByLabel('Password', { exact: true }).fill(learner?.password ?? '')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1 }).and(page.getByText('Dashboard')).waitFor()
    await page.close()
    const dashboard = await measure('dashboard', `${product.url}/`)
    return { pages: [signIn, dashboard], baseline }
  } finally {
    await browser.close()
    await product.stop()
    empty.close()
    removeHome(home)
    rmSync(profile, { recursive: true, force: true })
  }
}

async function visitOnce(url: string, port: number): Promise<Visit> {
  const result = await lighthouse(url, {
    port,
    output: 'json',
    logLevel: 'error',
    onlyCategories: ['performance', 'accessibility']
  })
  if (!result) throw new Error(`Lighthouse says nothing about ${url}`)
  const { audits, categories, finalDisplayedUrl } = result.lhr
  if (new URL(finalDisplayedUrl).pathname !== new URL(url).pathname)
    throw new Error(`Asked for ${url}, was sent to ${finalDisplayedUrl}`)
  const percent = (name: string) => Math.round((categories[name]?.score ?? 0) * 100)
  return {
    jsKb: Math.round(scriptBytes(audits['network-requests']?.details) / 102.4) / 10,
    performance: percent('performance'),
    accessibility: percent('accessibility'),
    largestPaintMs: Math.round(audits['largest-contentful-paint']?.numericValue ?? 0)
  }
}

/** What travelled as scripts, compressed and with headers; a preloaded script and its use are one transfer. */
function scriptBytes(details: object | undefined): number {
  const items: unknown = details && 'items' in details ? details.items : []
  const sizes = new Map<unknown, number>()
  for (const item of Array.isArray(items) ? items : [])
    if (item.resourceType === 'Script') sizes.set(item.url, Math.max(sizes.get(item.url) ?? 0, item.transferSize))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

async function serveEmptyPage() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(
      '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Empty</title><main><h1>Empty</h1></main>'
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://localhost:${port}/`, close: () => server.close() }
}
