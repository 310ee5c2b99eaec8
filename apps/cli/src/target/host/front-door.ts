import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { BUCKETS } from '@lyceum/platform/bucket'
import { TargetRefused } from '../target-refused.ts'
import { colourOf, type Traffic } from './traffic/traffic.ts'

const PATIENCE_MS = 2_000
const PAUSE_MS = 50
/** Every process of the proxy may answer; one that is behind is noticed by asking more than once. */
const ROUNDS = 3

/** Where people come in, and for how long the tool waits for it. */
export interface FrontSettings {
  readonly door: { readonly url: string; readonly host: string; readonly ca?: string }
  readonly timeouts: { readonly frontSeconds: number }
  /** What to look at when requests do not follow. */
  readonly hint?: string
}

/**
 * Waits until requests at the front door go where they should: for the buckets on both sides of every border, a new
 * connection each, as a browser of that bucket would ask.
 * @throws TargetRefused when they do not within the time of the settings
 */
export async function followed(settings: FrontSettings, traffic: Traffic): Promise<void> {
  const { limit } = traffic
  const buckets = [...new Set([0, limit - 1, limit, BUCKETS - 1])].filter((bucket) => bucket >= 0 && bucket < BUCKETS)
  const deadline = performance.now() + settings.timeouts.frontSeconds * 1000
  let wrong = ''
  for (let right = 0; right < ROUNDS; ) {
    const asked = await Promise.all(
      buckets.map(async (bucket) => {
        const expected = traffic.releases[colourOf(traffic, bucket)]
        if (expected === null) return ''
        const found = await releaseAt(settings, bucket)
        return found === expected ? '' : `bucket ${bucket} is answered by ${found} instead of ${expected}`
      })
    )
    wrong = asked.find((fault) => fault !== '') ?? ''
    right = wrong === '' ? right + 1 : 0
    if (wrong !== '' && performance.now() > deadline)
      throw new TargetRefused(
        'target.front-door',
        `Requests at ${settings.door.url} do not follow: ${wrong}. ${settings.hint ?? 'Is the proxy up, and does it read what target.json names?'}`
      )
    if (wrong !== '') await sleep(PAUSE_MS)
  }
}

function releaseAt({ door }: FrontSettings, bucket: number): Promise<string> {
  const url = new URL('/health', door.url)
  const secure = url.protocol === 'https:'
  const { promise, resolve } = Promise.withResolvers<string>()
  const request = (secure ? httpsRequest : httpRequest)(
    url,
    {
      agent: false,
      headers: { host: door.host, cookie: `lyceum_bucket=${bucket}` },
      timeout: PATIENCE_MS,
      ...(secure ? { servername: door.host.split(':')[0] ?? '' } : {}),
      ...(secure && door.ca ? { ca: readFileSync(door.ca) } : {})
    },
    (response) => {
      response.resume()
      const release = response.headers['x-lyceum-release']
      resolve(typeof release === 'string' ? release : `nobody (status ${response.statusCode})`)
    }
  )
  request.on('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)))
  request.on('error', (error) => resolve(`nobody (${error.message})`))
  request.end()
  return promise
}
