import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultsIn } from '../../release/facts/log-faults.ts'
import { defaultDeployment } from '../../render/deployment.ts'
import { at } from '../../render/manifest.ts'
import { render } from '../../render/render.ts'
import type { HostTarget } from '../host/host-target.ts'
import { readContainers } from './compose.ts'
import { readComposeSettings } from './compose-settings.ts'
import { composeTarget } from './open-compose-target.ts'

const MODULES = [{ name: 'course', asks: [] }]
const image = (name: string) => `registry.example.org/lyceum@sha256:${name.slice(1).padStart(64, '0')}`
const release = (name: string) => ({
  name,
  commit: 'abcdef0',
  schema: { min: 'platform/0001-ground', max: 'platform/0002-more' }
})

let root: string
let target: HostTarget
const servers: Server[] = []
const pathBefore = process.env.PATH

/** What the fake engine runs now: images by service. */
const running = (): Readonly<Record<string, { image: string; health: string }>> =>
  existsSync(join(root, 'engine.json')) ? JSON.parse(readFileSync(join(root, 'engine.json'), 'utf8')) : {}
const calls = () =>
  readFileSync(join(root, 'calls'), 'utf8')
    .replaceAll(root, '<root>')
    .split('\n')
    // How often it was looked at is not what this is about.
    .filter((line, place, all) => line !== '' && !(line.includes(' ps ') && all[place - 1] === line))

async function listen(handler: RequestListener, host = '127.0.0.1', port = 0): Promise<number> {
  const server = createServer(handler).listen(port, host)
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lyceum-compose-target-'))
  for (const { path, text } of render('compose', defaultDeployment, MODULES)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const bin = join(root, 'bin')
  mkdirSync(bin)
  cpSync(fileURLToPath(new URL('testing/docker.mjs', import.meta.url)), join(bin, 'docker'))
  chmodSync(join(bin, 'docker'), 0o755)
  process.env.PATH = `${bin}:${pathBefore}`
  process.env.FAKE_DOCKER_FOLDER = root
  const gateway =
    (colour: 'blue' | 'green'): RequestListener =>
    ({ url }, response) => {
      const now = running()[`gateway-${colour}`]
      if (!now) return void response.destroy()
      response.setHeader('x-lyceum-release', `r${now.image.at(-1)}`)
      response.end(url === '/metrics' ? METRICS : 'ok')
    }
  const [blue, green] = ['127.0.77.11', '127.0.77.12'] as const
  const port = await listen(gateway('blue'), blue)
  await listen(gateway('green'), green, port)
  // Follows the link that nginx follows.
  const door = await listen(({ headers }, response) => {
    const state = basename(readlinkSync(join(root, 'traffic/now')))
    const of = (key: string) => new RegExp(`${key}=([^,]*)`).exec(state)?.[1] ?? ''
    const bucket = Number(/lyceum_bucket=(\d+)/.exec(headers.cookie ?? '')?.[1])
    const stable = of('stable')
    const colour = bucket < Number(of('limit')) ? (stable === 'blue' ? 'green' : 'blue') : stable
    response.setHeader('x-lyceum-release', `r${running()[`gateway-${colour}`]?.image.at(-1)}`).end()
  })
  writeFileSync(
    join(root, 'target.json'),
    JSON.stringify({
      file: join(root, 'compose/compose.production.yaml'),
      door: { url: `http://127.0.0.1:${door}`, host: 'learn.example.org' },
      addresses: { blue, green },
      timeouts: { bootSeconds: 5, frontSeconds: 5 }
    })
  )
  target = composeTarget({ ...readComposeSettings(root), ports: { blue: port, green: port } })
  for (const name of ['r1', 'r2']) {
    const file = join(root, `${name}.json`)
    writeFileSync(file, JSON.stringify({ ...release(name), image: image(name) }))
    await target.shelf?.add(file)
  }
})
afterEach(() => {
  process.env.PATH = pathBefore
  delete process.env.FAKE_DOCKER_LOG
  for (const server of servers.splice(0)) server.close().closeAllConnections()
  rmSync(root, { recursive: true, force: true })
})

const METRICS = `process_start_time_seconds 1
lyceum_http_request_duration_seconds_count{route="/",status="200"} 7
lyceum_release_pins{pinned="r0"} 0`

describe('a release by Compose, command by command', () => {
  it('starts one colour beside the other, moves everybody, and stops what served', async () => {
    await target.boot('blue', release('r1'))
    await target.boot('green', release('r2'))
    expect(await target.shelf?.ask('r2', ['migrate', 'up', '--json'])).toMatchObject({ out: '{"applied":[]}\n' })
    process.env.FAKE_DOCKER_LOG = `${JSON.stringify({ level: 'error', time: 'T', msg: 'no mail' })}\n`
    expect(await faultsIn(target.log?.('green') ?? expect.fail('no log'), [])).toMatchObject({ first: ['T no mail'] })
    await target.shift(25)
    await target.shift(100)
    await target.promote()
    expect(await target.measure('green')).toMatchObject({ requests: 7, errors: 0, restarts: 0, missing: false })
    await target.retire('blue')
    expect(await target.observe()).toMatchObject({
      stable: 'green',
      percent: 0,
      colours: { blue: { release: null }, green: { release: 'r2', instances: [{ id: 'green-1', ready: true }] } }
    })
    const recording = fileURLToPath(new URL('recordings/blue-green.txt', import.meta.url))
    const said = `${calls().join('\n')}\n`
    if (process.env.UPDATE_RECORDINGS === '1') writeFileSync(recording, said)
    expect(said).toBe(readFileSync(recording, 'utf8'))
  })

  it('leaves what runs as it is when it is asked twice, and after it was killed', async () => {
    await target.boot('blue', release('r1'))
    const before = calls().length
    await target.boot('blue', release('r1'))
    expect(calls().length).toBe(before)
  })

  it('writes down which image a colour has, for whoever runs Compose by hand', async () => {
    writeFileSync(join(root, 'compose/.env'), 'LYCEUM_ROOT=/srv/school\nLYCEUM_IMAGE_BLUE=old\n')
    await target.boot('blue', release('r1'))
    await target.boot('green', release('r2'))
    expect(readFileSync(join(root, 'compose/.env'), 'utf8').split('\n')).toEqual([
      'LYCEUM_ROOT=/srv/school',
      `LYCEUM_IMAGE=${image('r1')}`,
      `LYCEUM_IMAGE_BLUE=${image('r1')}`,
      `LYCEUM_IMAGE_GREEN=${image('r2')}`,
      ''
    ])
  })

  it('writes the front once, with the addresses of the file, and has nginx in its container look at it', async () => {
    await target.boot('blue', release('r1'))
    const config = readFileSync(join(root, 'compose/nginx/lyceum-traffic.conf'), 'utf8')
    expect(config).toMatch(/server 127\.0\.77\.11:\d+ max_fails/)
    expect(config).toContain(`root ${root}/traffic/now;`)
    expect(
      calls()
        .filter((call) => call.includes('nginx -c'))
        .map((call) => call.split(' ').slice(-2))
    ).toEqual([
      ['/etc/nginx/lyceum/nginx.conf', '-t'],
      ['-s', 'reload']
    ])
  })
})

describe('what goes wrong', () => {
  it('a container that is not well: named, and nobody is sent there', async () => {
    await target.boot('blue', release('r1'))
    process.env.FAKE_DOCKER_UNWELL = 'course-green'
    try {
      const impatient = composeTarget({
        ...readComposeSettings(root),
        timeouts: { bootSeconds: 1, frontSeconds: 1, drainSeconds: 1 }
      })
      await expect(impatient.boot('green', release('r2'))).rejects.toThrow(/course-green not well.*logs course-green/)
      expect((await target.observe()).percent).toBe(0)
    } finally {
      delete process.env.FAKE_DOCKER_UNWELL
    }
  })

  it('an engine that is not there, a command it refuses, and an answer that a failing command gave', async () => {
    await expect(target.shelf?.ask('r2', ['config', 'check', '--json'])).resolves.toMatchObject({
      out: '{"error":{"message":"no SMTP_URL"}}\n'
    })
    await expect(target.shelf?.ask('r2', ['explode'])).rejects.toThrow(/docker compose.*failed: no such command/)
    process.env.PATH = '/nowhere'
    await expect(target.boot('blue', release('r1'))).rejects.toThrow(/docker/)
  })

  it('rolling: Compose has one gateway of a colour', async () => {
    await target.boot('blue', release('r1'))
    await expect(target.roll(release('r2'), async () => undefined)).rejects.toThrow(/blue-green/)
  })

  it('a target.json with faults, all of them at once', () => {
    writeFileSync(join(root, 'target.json'), '{"file": "compose.yaml", "door": {"url": "ftp://x", "host": "h"}}')
    expect(() => readComposeSettings(root)).toThrow(/\/door\/url.*\n.*\/file|\/file.*\n.*\/door\/url/s)
  })
})

it('reads what Compose tells of its containers, old and new', () => {
  const one = { ID: 'a', Service: 'gateway-blue', State: 'running', Health: 'healthy' }
  const two = { ID: 'b', Service: 'worker-blue', State: 'exited', Health: '' }
  const read = [
    { id: 'a', service: 'gateway-blue', isRunning: true, isWell: true },
    { id: 'b', service: 'worker-blue', isRunning: false, isWell: false }
  ]
  expect(readContainers(`${JSON.stringify(one)}\n${JSON.stringify(two)}\n`)).toEqual(read)
  expect(readContainers(JSON.stringify([one, two]))).toEqual(read)
  expect(readContainers('')).toEqual([])
  expect(at(readContainers(JSON.stringify({ ...one, Health: 'starting' }))[0], 'isWell')).toBe(false)
})
