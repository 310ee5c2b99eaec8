import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

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
