import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { hasRedis, startRedis } from '../../../platform/src/redis/testing/redis-server.ts'

const BIN = fileURLToPath(new URL('../bin/lyceum.mjs', import.meta.url))
/** Everything but the web app, which would be built first. */
const SERVE = ['serve', '--target', 'user,course,file,notification,system,worker']
const folder = mkdtempSync(join(tmpdir(), 'lyceum-cli-'))
const home = join(folder, 'home')
const started: ChildProcess[] = []

afterAll(async () => {
  for (const child of started) await end(child, 'SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

function launch(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, LYCEUM_HOME: home, PORT: '0', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  started.push(child)
  return child
}

interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = launch(args, env)
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, out, err }
}

async function serve(): Promise<{ child: ChildProcess; url: string }> {
  const child = launch(SERVE)
  let err = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  child.stdout?.resume()
  while (!err.includes('ready at')) {
    if (child.exitCode !== null) throw new Error(err)
    await sleep(50)
  }
  return { child, url: JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')).url }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exit = once(child, 'exit')
  child.kill(signal)
  return (await exit)[0]
}

/** The freezes of an installation whose one school has said nothing yet. */
async function holdReleases(): Promise<void> {
  const unknown = await run(['freeze', 'check', '-o', 'json'])
  expect(unknown.exit).toBe(3)
  expect(JSON.parse(unknown.out)).toMatchObject({
    open: false,
    until: null,
    because: [{ because: 'calendar-missing' }]
  })

  const year = new Date().getUTCFullYear()
  const ics = (title: string) =>
    `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:finals\r\nSUMMARY:${title}\r\nDTSTART;VALUE=DATE:${year + 2}0511\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`
  writeFileSync(join(folder, 'exams.ics'), ics('Final exams'))
  const imported = await run(['freeze', 'import', 'exams.ics', '--json'])
  expect(imported).toMatchObject({ exit: 0, err: '' })
  expect(JSON.parse(imported.out)).toMatchObject({ counts: { create: 1 }, rows: [{ kind: 'exam-period' }] })
  expect((await run(['freeze', 'check'])).exit).toBe(0)

  const held = await run(['freeze', 'check', '--at', `${year + 2}-05-10T12:00:00Z`])
  expect(held.exit).toBe(3)
  expect(held.out).toMatch(/held until .*Hill: exam period “Final exams”/s)
  const crossed = await run([
    'freeze',
    'check',
    '--at',
    `${year + 2}-05-09T12:00:00Z`,
    '--until',
    `${year + 2}-05-10T00:00:00Z`
  ])
  expect(crossed.exit).toBe(3)
  expect((await run(['freeze', 'check', '--at', 'tomorrow'])).exit).toBe(64)

  const added = await run([
    'freeze',
    'add',
    'Move',
    '--from',
    `${year + 1}-08-01T22:00`,
    '--to',
    `${year + 1}-08-02T04:00`,
    '--json'
  ])
  expect(JSON.parse(added.out)).toMatchObject({ kind: 'event', freezes: true, startTime: '22:00', marginHours: 0 })
  const listed = await run(['freeze', 'list'])
  expect(listed.exit).toBe(0)
  expect(listed.out).toContain('Releases are open.')
  expect(listed.out).toContain('Quiet hours are measured for 0 of the 7 days')
  const { id } = JSON.parse(added.out)
  expect(listed.out).toContain(id)
  expect((await run(['freeze', 'remove', id])).exit).toBe(0)
  expect((await run(['freeze', 'remove', id])).exit).toBe(1)
}

describe('without an installation', () => {
  it('names every fault of a production configuration', async () => {
    const { exit, out, err } = await run(['start'], { LYCEUM_ENV: 'production', PUBLIC_URL: 'http://a.example' })
    expect(exit).toBe(1)
    expect(out).toBe('')
    for (const name of ['PUBLIC_URL', 'TOKEN_SECRET', 'FILE_SECRET', 'PIN_SECRET', 'SMTP_URL'])
      expect(err).toContain(name)
  })

  it('suggests the command that was meant, and says 64', async () => {
    const { exit, err } = await run(['strat'])
    expect(exit).toBe(64)
    expect(err).toContain('start')
  })

  it('answers a missing path as one JSON object', async () => {
    const { exit, out } = await run(['course', 'import', './nowhere', '--json'])
    expect(exit).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'course-import.path-not-found' } })
  })
})

describe('an installation of its own', { timeout: 240_000 }, () => {
  it('says 2 while migrations are pending and 0 when none are', async () => {
    const before = await run(['migrate', 'check', '--json'])
    expect(before.exit).toBe(2)
    expect(JSON.parse(before.out).pending.length).toBeGreaterThan(3)
    expect((await run(['migrate', 'up', '--json'])).exit).toBe(0)
    const after = await run(['migrate', 'check', '--json'])
    expect(after).toMatchObject({ exit: 0 })
    expect(JSON.parse(after.out).pending).toEqual([])
  })

  it('lists and replays dead events, and clears what Redis keeps', async ({ skip }) => {
    const dead = await run(['events', 'dead', '--json'])
    expect([dead.exit, dead.out]).toEqual([0, '{"dead":[]}\n'])
    expect((await run(['events', 'replay', '--all', '--json'])).out).toBe('{"replayed":0}\n')
    for (const args of [[], ['--all', '7'], ['seven']]) {
      const { exit, out } = await run(['events', 'replay', ...args, '--json'])
      expect([exit, JSON.parse(out)]).toMatchObject([1, { error: { code: 'events.unclear' } }])
    }
    const none = await run(['cache', 'clear', '--json'])
    expect([none.exit, JSON.parse(none.out)]).toMatchObject([1, { error: { code: 'cache.none' } }])
    if (!hasRedis()) skip('redis-server is not installed')
    const redis = await startRedis()
    try {
      const client = new Redis(redis.url)
      await client.set('lyceum:cache:somebody:value:school:1', '{}')
      expect((await run(['cache', 'clear', '--json'], { REDIS_URL: redis.url })).out).toBe('{"cleared":1}\n')
      client.disconnect()
    } finally {
      await redis.close()
    }
  })

  it('starts again after kill -9, and imports a course beside the running server', async () => {
    const first = await serve()
    await end(first.child, 'SIGKILL')
    const { child, url } = await serve()
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200)

    const second = await run(SERVE)
    expect(second.exit).toBe(75)
    expect(second.err).toContain(url)
    const taken = await run(SERVE, { LYCEUM_HOME: join(folder, 'other'), PORT: new URL(url).port })
    expect(taken.exit).toBe(1)
    expect(taken.err).toContain('is in use by another program')

    const admin = ['--admin-name', 'Ada', '--admin-email', 'ada@hill.example']
    const school = [
      'school',
      'create',
      '--name',
      'Hill',
      '--slug',
      'hill',
      '--host',
      'hill.localhost',
      ...admin,
      '--json'
    ]
    const made = await run(school)
    expect(made.err).toBe('')
    const { invitation } = JSON.parse(made.out)
    expect(invitation).toContain(`//hill.localhost:${new URL(url).port}/invitation/`)

    mkdirSync(join(folder, 'bees', '.git'), { recursive: true })
    writeFileSync(join(folder, 'bees', '.git', 'secret.md'), '# Hidden')
    writeFileSync(join(folder, 'bees', '01-hive.md'), '# The hive\n\n![bee](bee.svg)')
    writeFileSync(join(folder, 'bees', 'bee.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(folder, 'bees', '02-honey.md'), '# Honey\n\n[back](01-hive.md)')
    const course = await run(['course', 'import', 'bees', '--teacher', 'ada@hill.example', '--publish', '--json'])
    expect(course).toMatchObject({ exit: 0 })
    expect(JSON.parse(course.out)).toMatchObject({ items: 2, assets: 1, published: true, warnings: [] })

    writeFileSync(join(folder, 'cut.zip'), `PK\u0003\u0004${'x'.repeat(2000)}`)
    truncateSync(join(folder, 'cut.zip'), 1000)
    const cut = await run(['course', 'import', 'cut.zip', '--teacher', 'ada@hill.example', '--json'])
    expect(cut.exit).toBe(1)
    expect(JSON.parse(cut.out)).toMatchObject({ error: { code: 'course-import.zip-truncated' } })

    await holdReleases()

    const well = await run(['doctor', '--json'])
    expect(JSON.parse(well.out).checks.filter(({ state }: { state: string }) => state === 'fault')).toEqual([])
    expect(well.exit).toBe(0)
    chmodSync(join(home, 'secrets', 'token-secret'), 0o644)
    const ill = await run(['doctor', '--json'])
    expect(ill.exit).toBe(1)
    expect(JSON.parse(ill.out).checks).toContainEqual(
      expect.objectContaining({ what: 'secrets', state: 'fault', remedy: expect.stringContaining('chmod 600') })
    )

    expect(await end(child, 'SIGTERM')).toBe(0)
  })
})
