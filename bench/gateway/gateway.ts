import { Agent, request } from 'node:http'
import { freePort } from '@lyceum/platform/testing/free-port'
import { installationSecret } from '@lyceum/server/secrets'
import { accessTokens } from '@lyceum/user/access-token'
import { embeddedUrl } from '../embedded-url.ts'
import { seedSchool } from '../http-read/seed-school.ts'
import { type ProductProcess, removeHome, startProductProcess, temporaryHome } from '../product-process.ts'

const WARMING = 3
const ROUNDS = 15
const PER_ROUND = 200
const SERVICES = ['user', 'course', 'notification', 'file'] as const

/**
 * What the way through the gateway costs: the same signed-in request (a course's home), one after another over one
 * connection, to one process and to a gateway with services, on the same database, in turns.
 */
export async function run(tell: (line: string) => void): Promise<object> {
  const home = temporaryHome('bench')
  const others = temporaryHome('bench')
  const running: ProductProcess[] = []
  try {
    const whole = await startProductProcess({ home, port: await freePort() })
    running.push(whole)
    const ownerUrl = embeddedUrl(home)
    tell('Filling the school…')
    const { tenantId, learners, courseOf } = await seedSchool(ownerUrl)
    const secret = (name: string) => installationSecret(home, name)
    const ports = new Map<string, number>()
    for (const name of ['gateway', ...SERVICES]) ports.set(name, await freePort())
    const env = {
      DATABASE_URL: ownerUrl,
      DATABASE_APP_PASSWORD: secret('database-app-password'),
      DATABASE_JOBS_PASSWORD: secret('database-jobs-password'),
      TOKEN_SECRET: secret('token-secret'),
      FILE_SECRET: secret('file-secret'),
      SERVICE_SECRET_KEY: 'service secret of the benchmark, long enough',
      SERVICE_URLS: SERVICES.map((name) => `${name}=http://127.0.0.1:${ports.get(name)}`).join(','),
      RATE_LIMIT_PERSON: '0'
    }
    for (const name of [...SERVICES, 'gateway']) {
      tell(`Starting ${name}…`)
      running.push(await startProductProcess({ home: others, port: ports.get(name) ?? 0, args: ['serve', name], env }))
    }
    const [learner] = learners
    if (!learner) throw new Error('The school is empty')
    const { id, name } = learner
    const token = await accessTokens(secret('token-secret')).issue(
      { tenantId, userId: id, signInId: id, name, role: 'learner', operator: false },
      new Date()
    )
    const path = `/api/v1/courses/${courseOf(id)}/home`
    const headers = { authorization: `Bearer ${token}`, host: 'bench.localhost' }
    const ask = (port: number) => measure(port, path, headers)
    const [direct, through]: [number[][], number[][]] = [[], []]
    for (let round = 0; round < WARMING + ROUNDS; round++) {
      const [one, other] = [await ask(whole.port), await ask(ports.get('gateway') ?? 0)]
      if (round < WARMING) continue
      direct.push(one)
      through.push(other)
    }
    // Of a typical round: a machine's speed changes from one minute to the next, and its slowest minute says nothing of us.
    const typical = (rounds: readonly (readonly number[])[], share: number) =>
      Math.round(
        quantile(
          rounds.map((round) => quantile(round, share)),
          0.5
        ) * 100
      ) / 100
    const [gatewayMedianMs, oneProcessMedianMs] = [typical(through, 0.5), typical(direct, 0.5)]
    return {
      overheadMs: Math.round((gatewayMedianMs - oneProcessMedianMs) * 100) / 100,
      p95Ms: typical(through, 0.95),
      gatewayMedianMs,
      oneProcessMedianMs,
      oneProcessP95Ms: typical(direct, 0.95),
      requests: through.flat().length
    }
  } finally {
    for (const process of running.reverse()) await process.stop()
    removeHome(home)
    removeHome(others)
  }
}

/** Milliseconds of each request, head to last byte. */
async function measure(port: number, path: string, headers: Record<string, string>): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const took: number[] = []
  for (let count = 0; count < PER_ROUND; count++) {
    const begun = performance.now()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, headers, agent }, (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode))
      })
      sent.once('error', reject)
      sent.end()
    })
    if (status !== 200) throw new Error(`Port ${port} answers ${status}`)
    took.push(performance.now() - begun)
  }
  agent.destroy()
  return took
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0
