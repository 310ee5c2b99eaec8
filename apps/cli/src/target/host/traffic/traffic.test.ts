import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUCKETS } from '@lyceum/platform/bucket'
import { freePorts } from '@lyceum/platform/testing/free-port'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Colour } from '../../../release/target.ts'
import { type HostSettings, instancesOf } from '../host-settings.ts'
import { trafficOf } from '../open-host-target.ts'
import { findProxy, proxySettings, selfSigned, startProxy, writeProxyConfig } from '../testing/start-proxy.ts'
import { nginxConfig } from './nginx-config.ts'
import { colourOf, limitOf, type Traffic, type TrafficDriver } from './traffic.ts'

const limits = fc.integer({ min: 0, max: BUCKETS })
const colours = fc.constantFrom<Colour>('blue', 'green')
const releases = { blue: 'v1.2-a_b', green: 'v1.2-a_bc' } as const

describe('the rule', () => {
  it('sends exactly the share that was asked for, and never takes a bucket back while the share rises', () => {
    fc.assert(
      fc.property(limits, limits, colours, (one, two, stable) => {
        const [lower, upper] = [Math.min(one, two), Math.max(one, two)]
        const at = (limit: number) => ({ stable, limit, releases, out: [] })
        let moved = 0
        for (let bucket = 0; bucket < BUCKETS; bucket++) {
          const before = colourOf(at(lower), bucket) !== stable
          const after = colourOf(at(upper), bucket) !== stable
          if (before && !after) return false
          if (after) moved++
        }
        return moved === upper
      }),
      { numRuns: 20 }
    )
  })

  it('puts a pin before the bucket', () => {
    const traffic: Traffic = { stable: 'green', limit: limitOf(100), releases, out: [] }
    expect(colourOf(traffic, 17)).toBe('blue')
    expect(colourOf(traffic, 17, releases.green)).toBe('green')
    expect(colourOf(traffic, 17, 'v0')).toBe('blue')
  })
})

describe('what is written for nginx', () => {
  const maps = readMaps(nginxConfig(settingsOf('nginx', '/srv/lyceum', 8443, { blue: 4100, green: 4200 })))

  it('follows the rule for every one of 10,000 buckets, however they are written', () => {
    fc.assert(
      fc.property(limits, colours, (limit, stable) => {
        const folder = `/srv/lyceum/traffic/states/stable=${stable},limit=${String(limit).padStart(5, '0')},blue=${releases.blue},green=${releases.green},out=`
        for (let bucket = 0; bucket < BUCKETS; bucket++) {
          const given = bucket % 3 === 0 ? String(bucket).padStart(4, '0') : String(bucket)
          const chosen = evaluate(maps, 'lyceum_upstream', {
            cookie_lyceum_bucket: given,
            cookie_lyceum_pin: '',
            realpath_root: folder
          })
          if (chosen !== `lyceum_${colourOf({ stable, limit, releases, out: [] }, bucket)}`) return false
        }
        return true
      }),
      {
        numRuns: 6,
        examples: [
          [0, 'blue'],
          [10_000, 'green'],
          [9_999, 'blue'],
          [1_000, 'green']
        ]
      }
    )
  }, 120_000)

  it('gives a browser without a bucket every one of them alike', () => {
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 20_000; i++) {
      const id = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
      const bucket = Number(evaluate(maps, 'lyceum_bucket', { request_id: id, cookie_lyceum_bucket: '' }))
      counts[Math.floor(bucket / 1000)] = (counts[Math.floor(bucket / 1000)] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count / 20_000 - 0.1)).toBeLessThan(0.015)
  })

  it('takes one process out and leaves the others of its colour', () => {
    const of = (out: string) =>
      evaluate(maps, 'lyceum_upstream', {
        cookie_lyceum_bucket: '1',
        cookie_lyceum_pin: '',
        realpath_root: `/srv/lyceum/traffic/states/stable=blue,limit=00000,blue=a,green=,out=${out}`
      })
    expect([of(''), of('blue-2'), of('green-1')]).toEqual(['lyceum_blue', 'lyceum_blue_but_2', 'lyceum_blue'])
  })
})

for (const proxy of ['nginx', 'haproxy'] as const) {
  describe.skipIf(!findProxy(proxy))(`real ${proxy}`, () => {
    let folder: string
    let driver: TrafficDriver
    let settings: HostSettings
    let stop: () => Promise<void>
    const backends: Server[] = []
    const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false })

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), `lyceum-${proxy}-`))
      const [door, blue, green] = [await freePorts(1), await freePorts(2), await freePorts(2)]
      settings = settingsOf(proxy, folder, door, { blue, green })
      mkdirSync(join(folder, 'traffic'))
      writeProxyConfig(settings, folder, selfSigned(folder))
      driver = trafficOf(settings)
      await driver.prepare()
      for (const instance of [...instancesOf(settings, 'blue'), ...instancesOf(settings, 'green')]) {
        const server = createServer((_, response) => response.setHeader('x-instance', instance.id).end('ok'))
        backends.push(server.listen(instance.port, '127.0.0.1'))
      }
      stop = (await startProxy(settings, folder)).stop
    }, 60_000)
    afterAll(async () => {
      agent.destroy()
      await stop?.()
      for (const server of backends) server.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const ask = (cookie: string) => instanceFor(settings, agent, cookie)
    const colourFor = async (cookie: string) => (await ask(cookie)).instance.split('-')[0]

    it('follows the rule at every border, keeps to what was written, and says what it does', async () => {
      for (const percent of [0, 10, 25, 50, 75, 99.99, 100, 0]) {
        const traffic: Traffic = { stable: 'blue', limit: limitOf(percent), releases, out: [] }
        await driver.write(traffic)
        expect(await driver.read()).toEqual(traffic)
        const buckets = [
          0,
          7,
          42,
          999,
          1000,
          2499,
          2500,
          4999,
          5000,
          7499,
          7500,
          9998,
          9999,
          traffic.limit - 1,
          traffic.limit
        ]
        for (const bucket of buckets.filter((one) => one >= 0 && one < BUCKETS))
          expect([bucket, percent, await colourFor(`lyceum_bucket=${bucket}`)]).toEqual([
            bucket,
            percent,
            colourOf(traffic, bucket)
          ])
      }
    })

    it('keeps whoever is pinned where their release runs, and gives the rest a bucket for a year', async () => {
      await driver.write({ stable: 'green', limit: 0, releases, out: [] })
      const pin = (release: string) => `lyceum_bucket=1; lyceum_pin=${release}.1999999999.${'a'.repeat(43)}`
      expect(await colourFor(pin(releases.blue))).toBe('blue')
      expect(await colourFor(pin(releases.green))).toBe('green')
      expect(await colourFor(pin('v1.2-a'))).toBe('green')
      expect(await colourFor('lyceum_pin=nonsense; lyceum_bucket=3')).toBe('green')
      const { cookie } = await ask('')
      expect(cookie).toMatch(/^lyceum_bucket=\d{1,4}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/)
      expect((await ask('lyceum_bucket=12')).cookie).toBe('')
      expect((await ask('lyceum_bucket=1234567')).cookie).not.toBe('')
    })

    it('sends nobody to a process that is taken out', async () => {
      await driver.write({ stable: 'blue', limit: 0, releases, out: ['blue-1'] })
      expect((await driver.read()).out).toEqual(['blue-1'])
      const seen = new Set<string>()
      for (let i = 0; i < 20; i++) seen.add((await ask('lyceum_bucket=5')).instance)
      expect([...seen]).toEqual(['blue-2'])
      await driver.write({ stable: 'blue', limit: 0, releases, out: [] })
      for (let i = 0; i < 20; i++) seen.add((await ask('lyceum_bucket=5')).instance)
      expect([...seen].sort()).toEqual(['blue-1', 'blue-2'])
    })

    it('lets the other colour answer when a whole colour is gone', async () => {
      await driver.write({ stable: 'green', limit: 0, releases, out: [] })
      await Promise.all(
        backends.slice(2).map((server) =>
          once(server.close(), 'close').then(
            () => undefined,
            () => undefined
          )
        )
      )
      // HAProxy looks twice a second; until then it still tries.
      await expect.poll(() => colourFor('lyceum_bucket=5'), { timeout: 10_000 }).toBe('blue')
    })
  })
}

function settingsOf(
  proxy: 'nginx' | 'haproxy',
  root: string,
  door: number,
  ports: { blue: number; green: number }
): HostSettings {
  return {
    root,
    proxy,
    instances: 2,
    ports,
    door: { url: `https://127.0.0.1:${door}`, host: 'localhost' },
    supervisor: 'own',
    environment: join(root, 'lyceum.env'),
    shape: 'one',
    timeouts: { bootSeconds: 30, frontSeconds: 10, drainSeconds: 30 },
    ...proxySettings(proxy, root)
  }
}

async function instanceFor(
  { door }: HostSettings,
  agent: Agent,
  cookie: string
): Promise<{ instance: string; cookie: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ instance: string; cookie: string }>()
  request(new URL('/', door.url), { agent, headers: { host: door.host, cookie } }, (response) => {
    response.resume()
    response.on('end', () =>
      resolve({
        instance: String(response.headers['x-instance'] ?? response.statusCode),
        cookie: response.headers['set-cookie']?.[0] ?? ''
      })
    )
  })
    .on('error', reject)
    .end()
  return promise
}

interface NginxMap {
  readonly source: string
  readonly entries: readonly (readonly [pattern: string, value: string])[]
}

/** The maps of a configuration, as nginx reads them: `map <source> $<name> { <pattern> <value>; }`. */
function readMaps(text: string): ReadonlyMap<string, NginxMap> {
  const unquote = (word = '') => word.replace(/^"(.*)"$/, '$1')
  return new Map(
    [...text.matchAll(/^map (".*?"|\S+) \$(\w+) \{\n([\s\S]*?)^\}/gm)].map(([, source, name = '', body = '']) => [
      name,
      {
        source: unquote(source),
        entries: [...body.matchAll(/^\s+("(?:[^"])*"|\S+) (".*?"|\S+);$/gm)].map(
          ([, pattern, value]) => [unquote(pattern), unquote(value)] as const
        )
      }
    ])
  )
}

/** What a variable is for a request: exact words first, then patterns in their order, then `default`. */
function evaluate(
  maps: ReadonlyMap<string, NginxMap>,
  name: string,
  given: Readonly<Record<string, string>>,
  captured: Record<string, string> = {}
): string {
  const map = maps.get(name)
  if (!map) return captured[name] ?? given[name] ?? ''
  const expand = (text: string) =>
    text.replace(/\$(\w+)/g, (_, variable: string) => evaluate(maps, variable, given, captured))
  const value = expand(map.source)
  const exact = map.entries.find(([pattern]) => pattern === value && pattern !== 'default')
  if (exact) return expand(exact[1])
  for (const [pattern, answer] of map.entries) {
    if (!pattern.startsWith('~')) continue
    const found = compiled(pattern.slice(1)).exec(value)
    if (!found) continue
    Object.assign(captured, found.groups)
    return expand(answer)
  }
  return expand(map.entries.find(([pattern]) => pattern === 'default')?.[1] ?? '')
}

const patterns = new Map<string, RegExp>()
function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern)
  patterns.set(pattern, known)
  return known
}
