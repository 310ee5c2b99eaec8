import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { oneKey } from '@lyceum/platform/keys'
import { installationSecret } from '@lyceum/server/secrets'
import { accessTokens } from '@lyceum/user/access-token'
import autocannon from 'autocannon'
import { embeddedUrl } from '../embedded-url.ts'
import { removeHome, startProductProcess, temporaryHome } from '../product-process.ts'
import { seedSchool } from './seed-school.ts'

const CONCURRENCY = 64
const SECONDS = 3
const ROUNDS = 9
const PORT = 3950

/**
 * Learner dashboard and course home over HTTP, signed in, at concurrency 64, against a bare route doing one indexed
 * SELECT through the same driver. A shared machine is twice as fast in one minute as in the next: the three are measured in short
 * turns, each round is compared within itself, and the median of the rounds is told.
 */
export async function run(tell: (line: string) => void): Promise<object> {
  const home = temporaryHome('bench')
  const product = await startProductProcess({ home, port: PORT })
  try {
    const ownerUrl = embeddedUrl(home)
    tell('Filling the school: 2,000 learners, 200 courses…')
    const { tenantId, learners, courseOf } = await seedSchool(ownerUrl)
    const tokens = accessTokens(oneKey(installationSecret(home, 'TOKEN_SECRET')))
    const now = new Date()
    const bearers = await Promise.all(
      learners.slice(0, CONCURRENCY).map(async ({ id, name }) => ({
        id,
        authorization: `Bearer ${await tokens.issue({ tenantId, userId: id, signInId: id, name, role: 'learner', operator: false }, now)}`
      }))
    )
    const bare = await startBare(ownerUrl, `${tenantId}/${courseOf(bearers[0]?.id ?? '')}`)
    const figures = { bare: [] as number[], dashboard: [] as number[], courseHome: [] as number[] }
    const measure = {
      bare: () => load(`http://127.0.0.1:${PORT + 1}`, [{ path: '/', headers: {} }]),
      dashboard: () =>
        load(
          `http://127.0.0.1:${PORT}`,
          bearers.map(({ authorization }) => ({
            path: '/api/v1/dashboard',
            headers: { authorization, host: 'bench.localhost' }
          }))
        ),
      courseHome: () =>
        load(
          `http://127.0.0.1:${PORT}`,
          bearers.map(({ id, authorization }) => ({
            path: `/api/v1/courses/${courseOf(id)}/home`,
            headers: { authorization, host: 'bench.localhost' }
          }))
        )
    }
    for (let turn = 0; turn < 2; turn++)
      for (const name of ['bare', 'dashboard', 'courseHome'] as const) await measure[name]()
    for (let round = 1; round <= ROUNDS; round++) {
      for (const name of ['bare', 'dashboard', 'courseHome'] as const) {
        const perSecond = await measure[name]()
        figures[name].push(perSecond)
        tell(`round ${round} ${name.padEnd(10)} ${Math.round(perSecond)} requests/s`)
      }
    }
    bare.kill()
    const against = (name: 'dashboard' | 'courseHome') =>
      median(figures[name].map((perSecond, round) => perSecond / (figures.bare[round] ?? 0)))
    const [dashboardRatio, courseHomeRatio] = [against('dashboard'), against('courseHome')]
    const rounded = (value: number) => Math.round(value * 1000) / 1000
    return {
      ratio: rounded(Math.min(dashboardRatio, courseHomeRatio)),
      dashboardRatio: rounded(dashboardRatio),
      courseHomeRatio: rounded(courseHomeRatio),
      bareRequestsPerSecond: Math.round(median(figures.bare)),
      dashboardRequestsPerSecond: Math.round(median(figures.dashboard)),
      courseHomeRequestsPerSecond: Math.round(median(figures.courseHome)),
      concurrency: CONCURRENCY
    }
  } finally {
    await product.stop()
    removeHome(home)
  }
}

/** Requests per second that were answered with 200; anything else is a fault of the benchmark. */
async function load(url: string, requests: { path: string; headers: Record<string, string> }[]): Promise<number> {
  const result = await autocannon({ url, connections: CONCURRENCY, duration: SECONDS, requests })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
  return result.requests.average
}

function startBare(ownerUrl: string, id: string) {
  const child = fork(fileURLToPath(new URL('./bare-server.ts', import.meta.url)), [ownerUrl, String(PORT + 1), id])
  return new Promise<typeof child>((resolve) => child.once('message', () => resolve(child)))
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
