import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lyceum-drill-'))
const home = join(folder, 'home')
const repository = join(folder, 'repository')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const launch = (args: readonly string[]) =>
  spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      LYCEUM_HOME: home,
      LYCEUM_ENV: 'staging',
      PORT: '0',
      NO_COLOR: '1',
      BACKUP_ARCHIVE_SECONDS: '10',
      // What a drill must not hand on.
      SMTP_URL: 'smtp://127.0.0.1:9',
      TOKEN_SECRET: 'Vw3k9-one-good-secret-of-enough-words'
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })

async function run(args: readonly string[]) {
  const child = launch(args)
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, out, err }
}

async function json(args: readonly string[]) {
  const { exit, out, err } = await run([...args, '-o', 'json'])
  return { exit, err, answer: out === '' ? undefined : JSON.parse(out) }
}

/** Everything in the folder of the installation but what changes when a command looks at it. */
const listOf = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()

/** Processes that have something in this folder, by command line or environment. */
const processesOf = (path: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      const said = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'))
      return /^\d+$/.test(pid) && said.some((one) => one.includes(path))
    } catch {
      return false
    }
  })

const PASSED = { verdict: 'passed', why: null, differences: [], withinAims: true }
type Step = { readonly state: string; readonly commands: readonly string[] }
const typed = ({ steps }: { steps: readonly Step[] }): string[] => steps.flatMap(({ commands }) => commands)

describe('a drill', { timeout: 600_000 }, () => {
  it('says how backups are set up where there are none, and what is wrong with an order', async () => {
    const without = await json(['drill', 'database-lost'])
    expect(without).toMatchObject({ exit: 3, answer: { error: { code: 'backup.off' } } })
    expect(without.answer.error.message).toContain('lyceum backup setup --to')
    expect((await run(['drill', 'database-lost', '--set', '4f1c', '--sample'])).exit).toBe(64)
    expect((await run(['backup', 'setup', '--to', repository])).exit).toBe(0)
    const empty = await json(['drill', 'everything-lost'])
    expect(empty).toMatchObject({ exit: 3, answer: { error: { code: 'backup.no-set' } } })
  })

  it('begins with a school that has a backup', async () => {
    const made = await run([
      ...['school', 'create', '--name', 'Hill', '--slug', 'hill', '--host', 'hill.localhost'],
      ...['--admin-name', 'Ada', '--admin-email', 'ada@hill.example']
    ])
    expect(made).toMatchObject({ exit: 0 })
    expect((await run(['backup', 'create', '--type', 'full'])).exit).toBe(0)
  })

  it('loses the database of a copy, and has it back; nothing of what serves is touched', async () => {
    const before = listOf(join(repository, 'sets'))

    const { exit, answer, err } = await json(['drill', 'database-lost', '--by', 'ben'])
    expect([exit, answer], err).toMatchObject([0, { ...PASSED, kind: 'database-lost', kept: true }])
    expect(answer.tablesCompared).toBeGreaterThan(15)
    // What was not archived when PostgreSQL was killed is lost, and the drill does not hide it.
    expect(answer.rpoSeconds).toBeGreaterThan(0)
    expect(answer.rtoSeconds).toBeGreaterThan(0)
    expect(typed(answer)).toContain('lyceum restore --latest --yes')
    expect(answer.steps.every(({ state }: Step) => state === 'done')).toBe(true)

    expect(listOf(join(repository, 'sets'))).toEqual(before)
    expect(existsSync(join(home, 'postgres', 'PG_VERSION'))).toBe(true)
    expect(readdirSync(join(home, 'drill'))).toEqual([])
    expect(processesOf(join(home, 'drill'))).toEqual([])
    const { schools } = JSON.parse((await run(['school', 'list', '--json'])).out)
    expect(schools.map(({ slug }: { slug: string }) => slug)).toEqual(['hill'])
    const { drills } = (await json(['drill', 'ls'])).answer
    expect(drills).toMatchObject([{ kind: 'database-lost', verdict: 'passed', by: 'ben', set: answer.set }])
  })

  it('goes back to the instant before rows were changed, and finds again what came after it', async () => {
    const { exit, answer, err } = await json(['drill', 'data-corrupted', '--scratch', join(folder, 'else where')])
    expect([exit, answer], err).toMatchObject([0, { ...PASSED, kind: 'data-corrupted' }])
    expect(answer.rowsHit).toBeGreaterThan(1)
    expect(answer.rpoSeconds).toBeLessThan(10)
    expect(typed(answer).join('\n')).toMatch(/lyceum restore --to-time \d{4}-.*Z --yes/)
    expect(readdirSync(join(folder, 'else where'))).toEqual([])
    expect((await json(['drill', 'ls'])).answer.drills).toMatchObject([
      { kind: 'database-lost' },
      { kind: 'data-corrupted' }
    ])
  })

  it('loses everything, of a school made for it, after one that was broken off and one that was killed', async () => {
    const scratch = join(folder, 'sample')
    const order = ['drill', 'everything-lost', '--sample', '--scratch', scratch]
    const running = join(scratch, 'drilled-machine', 'home', 'postgres', 'postmaster.pid')
    const endedBy = async (signal: NodeJS.Signals, meanwhile: () => Promise<void>): Promise<number | null> => {
      const child = launch(order)
      child.stdout.resume()
      child.stderr.resume()
      while (!existsSync(running)) {
        expect(child.exitCode).toBe(null)
        await sleep(50)
      }
      await meanwhile()
      const gone = once(child, 'exit')
      child.kill(signal)
      const [exit] = await gone
      return exit
    }
    expect(await endedBy('SIGTERM', async () => undefined)).toBe(130)
    expect(readdirSync(scratch)).toEqual([])
    expect(processesOf(scratch)).toEqual([])

    await endedBy('SIGKILL', async () => {
      expect(await json(order)).toMatchObject({ exit: 75, answer: { error: { code: 'drill.busy' } } })
    })
    expect(processesOf(scratch)).not.toEqual([])

    const { exit, answer, err } = await json(order)
    expect([exit, answer], err).toMatchObject([0, { ...PASSED, set: null, kept: false }])
    expect(answer.steps.filter(({ state }: Step) => state === 'left')).toHaveLength(2)
    expect(typed(answer)[0]).toMatch(/^lyceum backup setup --to .* --identity-file /)
    expect(readdirSync(scratch)).toEqual([])
    expect(processesOf(scratch)).toEqual([])
    expect((await json(['drill', 'ls'])).answer.drills).toMatchObject([
      { kind: 'database-lost' },
      { kind: 'data-corrupted' }
    ])
  })
})
