import type { Instance } from './host-settings.ts'
import { type Counted, readMetrics } from './process-metrics.ts'

const PATIENCE_MS = 2_000

export const addressOf = ({ host, port }: Pick<Instance, 'host' | 'port'>): string => `http://${host}:${port}`

/** Which release an instance says it is; null when nobody answers. */
export async function releaseOf(instance: Instance): Promise<string | null> {
  const answer = await ask(instance, '/health')
  return answer?.headers.get('x-lyceum-release') ?? null
}

/** Every process of it. */
export async function isReady({ units }: Instance): Promise<boolean> {
  const answers = await Promise.all(units.map((unit) => ask(unit, '/api/v1/ready')))
  return answers.every((answer) => answer?.ok === true)
}

export async function metricsOf(instance: Instance): Promise<Counted | undefined> {
  const answer = await ask(instance, '/metrics')
  return answer?.ok ? readMetrics(await answer.text()) : undefined
}

/** Past the front door, on a connection of its own: one that is kept open would hold up a process that leaves. */
async function ask(instance: Pick<Instance, 'host' | 'port'>, path: string): Promise<Response | undefined> {
  try {
    return await fetch(`${addressOf(instance)}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(PATIENCE_MS)
    })
  } catch {
    return undefined
  }
}
