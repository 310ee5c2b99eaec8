import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@lyceum/platform/clock'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openLock } from '../../release/journal/lease.ts'
import { inFile, newWorld, release } from '../../release/testing/simulated-target.ts'

const BIN = fileURLToPath(new URL('../../../bin/lyceum.mjs', import.meta.url))
const TARGET = fileURLToPath(new URL('../../release/testing/open-simulated-target.ts', import.meta.url))
const PASSWORDS = { app: 'app-of-the-tests', jobs: 'jobs-of-the-tests' }
const REASON = 'sign-in is broken for everybody'
const ALLOWED = ['--override-freeze', '--waive-backup', '--reason', REASON, '--ticket', 'OPS-7', '--approved-by', 'Ben']
const FAST = [
  '--steps',
  '50,100',
  '--step-hold',
  '1ms',
  '--bake',
  '1ms',
  '--min-samples',
  '100',
  '--look-every',
  '20ms'
]
/** What a release answers about itself. */
const STUB = `const [command, what] = process.argv.slice(2)
const applied = [{ name: 'platform/0001-ground' }]
const answers = { 'migrate status': { applied, pending: [], foreign: [] }, 'migrate lint': { findings: [] }, 'migrate up': { applied: [] }, 'config check': { ok: true } }
console.log(JSON.stringify(answers[command + ' ' + what]))
`

let server: TestServer
let root = ''
let address = ''
/** One product that answers for both releases: what it says of its own release is left out. */
const nameless: Server = createServer((from, to) => {
  const through = request(
    new URL(from.url ?? '/', server.app.listeningOrigin),
    { method: from.method, headers: from.headers },
    (answer) => {
      const { 'x-lyceum-release': _, ...headers } = answer.headers
      to.writeHead(answer.statusCode ?? 502, headers)
      answer.pipe(to)
    }
  )
  from.pipe(through)
})
const folder = mkdtempSync(join(tmpdir(), 'lyceum-cli-release-'))
const world = () => inFile(join(root, 'world.json'))

beforeAll(async () => {
  server = await startTestServer()
  // A school that has said nothing about its exams holds every release.
  await server.newSchool()
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  nameless.listen(0, '127.0.0.1')
  await once(nameless, 'listening')
  const at = nameless.address()
  address = typeof at === 'object' && at !== null ? `http://127.0.0.1:${at.port}` : ''
})
afterAll(async () => {
  nameless.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  root = mkdtempSync(join(folder, 'root-'))
  for (const name of ['r1', 'r2']) {
    const place = join(root, 'releases', name)
    mkdirSync(join(place, 'apps/cli/bin'), { recursive: true })
    writeFileSync(join(place, 'apps/cli/bin/lyceum.mjs'), STUB)
    const tests = { passed: true, commit: `c-${name}`, at: '2026-03-01T01:00:00Z' }
    writeFileSync(join(place, 'release.json'), JSON.stringify({ ...release(name), tests }))
  }
  world().write(newWorld({ address }))
})

function launch(...args: string[]) {
  return launchWith({}, ...args)
}

function launchWith(more: Readonly<Record<string, string>>, ...args: string[]) {
  return spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      LYCEUM_HOME: server.home,
      DATABASE_URL: server.owner.options.connectionString,
      DATABASE_APP_PASSWORD: PASSWORDS.app,
      DATABASE_JOBS_PASSWORD: PASSWORDS.jobs,
      NO_COLOR: '1',
      ...more
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
}

async function lyceum(...args: string[]) {
  const child = launch(...args)
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const lines = out
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  return { exit, out, err, lines, last: lines.at(-1) }
}
const placed = (...args: string[]) => lyceum(...args, '--root', root, '--target', TARGET, '-o', 'json')

describe('releasing from the command line', { timeout: 240_000 }, () => {
  it('shows what would happen and which gates are closed, and changes nothing', async () => {
    const { exit, last } = await placed('plan', 'r2')
    expect(exit).toBe(3)
    const closed = last.gates.filter(({ state }: { state: string }) => state === 'closed')
    expect(closed.map(({ gate }: { gate: string }) => gate)).toEqual(['freeze', 'backup'])
    expect(last.steps).toContain('watch 50')
    expect((await placed('deploy', 'r2')).exit).toBe(3)
    expect((await placed('deploy', 'r2', ...ALLOWED.slice(0, -2))).last).toMatchObject({
      error: { code: 'release.override-refused' }
    })
    expect(world().read().history).toEqual([])
  })

  it('releases, keeps a record that verifies, and goes back', async () => {
    const deployed = await placed('deploy', 'r2', ...ALLOWED, ...FAST)
    expect(deployed.err).toBe('')
    expect(deployed).toMatchObject({ exit: 0, last: { type: 'ended', outcome: 'released' } })
    expect(deployed.lines.find(({ type }) => type === 'measured')).toMatchObject({
      ts: expect.stringMatching(/Z$/),
      step: 'watch 50',
      verdict: 'pass',
      metric: 'all',
      threshold: 0.001,
      samples: expect.any(Number)
    })
    const status = await placed('status')
    expect(status.last).toMatchObject({ serving: 'r2', stable: 'green', percent: 0, release: null })
    const [override] = status.last.overridesToReview
    expect(override.text).toContain(REASON)
    expect((await lyceum('audit', 'review', String(override.seq))).exit).toBe(3)
    expect((await lyceum('audit', 'review', String(override.seq), '--by', 'Eve')).exit).toBe(0)
    expect((await placed('status')).last.overridesToReview).toEqual([])

    const verified = await lyceum('audit', 'verify', '-o', 'json')
    expect(verified).toMatchObject({ exit: 0, last: { ok: true } })
    const actions = (await lyceum('audit', 'export')).lines.map(({ action }) => action)
    expect(actions.indexOf('release.override')).toBeLessThan(actions.lastIndexOf('release.planned'))
    await server.owner.query(
      `alter table platform.audit disable trigger user;
       delete from platform.audit where seq = (select max(seq) from platform.audit);
       alter table platform.audit enable always trigger audit_is_only_added_to`
    )
    expect((await lyceum('audit', 'verify')).out).toContain('missing at the end')
    expect((await lyceum('audit', 'verify', '--head', verified.last.head)).exit).toBe(1)

    const back = await placed('rollback', '--bake', '1ms', '--look-every', '20ms')
    expect(back).toMatchObject({ exit: 0, last: { outcome: 'released' } })
    expect(world().read()).toMatchObject({ stable: 'blue', colours: { blue: { release: 'r1' } } })
  })

  it('takes a bad release back, says 4, and tells the chat', async () => {
    world().write({ ...world().read(), faults: { r2: { errorRate: 0.05 } } })
    const posted: string[] = []
    const chat = createServer((request, response) => {
      text(request).then((body) => {
        posted.push(body)
        response.end()
      })
    }).listen(0, '127.0.0.1')
    await once(chat, 'listening')
    const at = chat.address()
    const RELEASE_NOTIFY_WEBHOOK = typeof at === 'object' && at !== null ? `http://127.0.0.1:${at.port}/hook` : ''
    const child = launchWith(
      { RELEASE_NOTIFY_WEBHOOK },
      'deploy',
      'r2',
      ...ALLOWED,
      ...FAST,
      '--root',
      root,
      '--target',
      TARGET
    )
    const [said, [exit]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    chat.close()
    expect(exit).toBe(4)
    expect(said).toContain('watch 50: errors')
    expect(posted.map((body) => JSON.parse(body))).toEqual([
      expect.objectContaining({
        text: expect.stringContaining('Lyceum: Release r2 was taken back, and r1 serves: watch 50: errors'),
        outcome: 'aborted',
        release: 'r2'
      })
    ])
    expect(world().read()).toMatchObject({ stable: 'blue', percent: 0, colours: { green: { release: null } } })
  })

  it('goes on after kill -9, and obeys another terminal while it runs', async () => {
    const slow = ['--steps', '50,100', '--step-hold', '1h', '--max-hold', '2h', '--look-every', '50ms']
    const child = launch('deploy', 'r2', ...ALLOWED, ...slow, '--root', root, '--target', TARGET)
    while (world().read().percent !== 50 && child.exitCode === null) await sleep(100)
    expect(world().read().percent).toBe(50)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await placed('status')).last.release).toMatchObject({
      step: expect.stringMatching(/^(shift|watch) 50$/),
      isDriven: false
    })
    const resumed = launch('resume', '--root', root, '--target', TARGET, '--look-every', '50ms')
    const said = text(resumed.stderr)
    const left = once(resumed, 'exit')
    while (openLock(join(root, 'journal'), systemClock).status() === null && resumed.exitCode === null) await sleep(100)
    expect((await placed('deploy', 'r2', ...ALLOWED, ...FAST)).exit).toBe(75)
    // Where the one who was told is done before the one who told it looks, that one says how it ended.
    const told = { exit: 0, last: { told: 'abort' } }
    const ended = { exit: 4, last: { outcome: 'aborted', why: 'seen enough' } }
    const asked = await placed('abort', '--why', 'seen enough')
    expect(asked).toMatchObject(asked.exit === 0 ? told : ended)
    const [exit] = await left
    expect([exit, await said]).toEqual([4, expect.stringContaining('seen enough')])
    expect(world().read()).toMatchObject({ stable: 'blue', percent: 0 })
  })

  it('lets nobody release while a person has the lock', async () => {
    expect((await lyceum('lock', 'acquire', '-m', 'exam week', '--root', root)).exit).toBe(0)
    const refused = await placed('deploy', 'r2', ...ALLOWED, ...FAST)
    expect(refused).toMatchObject({ exit: 75, last: { error: { message: expect.stringContaining('exam week') } } })
    expect((await lyceum('lock', 'status', '--root', root)).exit).toBe(75)
    expect((await lyceum('lock', 'release', '--root', root)).exit).toBe(0)
    expect((await lyceum('lock', 'status', '--root', root)).exit).toBe(0)
  })
})

it('says which release may follow which', async () => {
  const migrations = (name: string, ...files: string[]) => {
    const place = join(root, 'releases', name, 'platform/migrations')
    mkdirSync(place, { recursive: true })
    for (const file of files) writeFileSync(join(place, `${file}.sql`), '')
  }
  migrations('r1', '0001-ground')
  migrations('r2', '0001-ground', '0002-more')
  expect((await placed('upgrade-check', 'r1', 'r2')).exit).toBe(0)
  const { exit, last } = await placed('upgrade-check', 'r2', 'r1')
  expect([exit, last.fault]).toEqual([2, expect.stringContaining('platform/0002-more')])
  expect((await placed('releases', 'ls')).last.releases).toHaveLength(2)
  expect(readFileSync(join(root, 'releases/r1/release.json'), 'utf8')).toContain('r1')
}, 60_000)
