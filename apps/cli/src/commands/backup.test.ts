import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
const SERVE = ['serve', '--target', 'user,course,file,notification,system,worker']
const folder = mkdtempSync(join(tmpdir(), 'lyceum-cli-backup-'))
const home = join(folder, 'home')
const PASSWORD = 'a long enough pass phrase'
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

async function run(args: readonly string[], env: Record<string, string> = {}) {
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

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

const ask = (
  url: string,
  path: string,
  { method, body, token }: { method?: string; body?: object; token?: string } = {}
) =>
  fetch(`${url}/api/v1${path}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: {
      'x-lyceum-tenant': 'hill',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {})
    },
    ...(body ? { body: JSON.stringify(body) } : {})
  })

async function signIn(url: string): Promise<string> {
  const answer = await ask(url, '/auth/sign-in', { body: { email: 'ada@hill.example', password: PASSWORD } })
  const found: unknown = await answer.json()
  if (typeof found !== 'object' || found === null || !('accessToken' in found)) throw new Error(JSON.stringify(found))
  return String(found.accessToken)
}

describe('a school that is lost', { timeout: 600_000 }, () => {
  it('is set up for backups by one command, which keeps the key apart', async () => {
    expect(await run(['backup', 'create'])).toMatchObject({
      exit: 3,
      err: expect.stringContaining('lyceum backup setup')
    })
    const beside = await run([
      'backup',
      'setup',
      '--to',
      'repository',
      '--identity-file',
      'repository/key.txt',
      '-o',
      'json'
    ])
    expect([beside.exit, JSON.parse(beside.out)]).toMatchObject([3, { error: { code: 'backup.key-in-repository' } }])
    const inside = await run(['backup', 'setup', '--to', join(home, 'backups'), '-o', 'json'])
    expect([inside.exit, JSON.parse(inside.out)]).toMatchObject([3, { error: { code: 'backup.repository-in-home' } }])
    expect(existsSync(join(folder, '.env'))).toBe(false)

    // Node takes --env-file for itself, wherever it stands.
    const settings = join(folder, '.env')
    const setup = await run(['backup', 'setup', '--to', 'repository', '--settings', settings])
    expect(setup).toMatchObject({ exit: 0, err: '' })
    const identity = join(folder, 'lyceum-backup-identity.txt')
    const [key = ''] = /AGE-SECRET-KEY-\S+/.exec(readFileSync(identity, 'utf8')) ?? []
    expect(setup.out).toContain(key)
    expect(setup.out).toContain('Keep a copy elsewhere')
    expect(statSync(identity).mode & 0o777).toBe(0o600)
    const again = await run(['backup', 'setup', '--offsite', 'elsewhere', '-o', 'json'])
    expect(JSON.parse(again.out)).toMatchObject({ made: null, offsite: join(folder, 'elsewhere') })
    expect(
      readFileSync(settings, 'utf8')
        .match(/^BACKUP_\w+/gm)
        ?.sort()
    ).toEqual(['BACKUP_IDENTITY_FILE', 'BACKUP_OFFSITE', 'BACKUP_RECIPIENT', 'BACKUP_REPOSITORY'])
    // A key that was moved there later is found at the next start.
    writeFileSync(join(folder, 'repository', 'moved.txt'), key)
    const moved = await run(['config', 'check'], { BACKUP_IDENTITY_FILE: join(folder, 'repository', 'moved.txt') })
    expect(moved).toMatchObject({ exit: 1, err: expect.stringContaining('lies in the repository') })
    rmSync(join(folder, 'repository', 'moved.txt'))
  })

  it('is there again by one command, and goes on into the same repository', async () => {
    const { child, url } = await serve()
    const made = await run([
      ...['school', 'create', '--name', 'Hill', '--slug', 'hill', '--host', 'hill.localhost'],
      ...['--admin-name', 'Ada', '--admin-email', 'ada@hill.example', '--json']
    ])
    const [, secret = ''] = /invitation\/([^/?#"]+)/.exec(JSON.parse(made.out).invitation) ?? []
    const accepted = await ask(url, `/invitations/${secret}/acceptance`, {
      method: 'PUT',
      body: { name: 'Ada', password: PASSWORD }
    })
    expect(accepted.status).toBeLessThan(300)
    const token = await signIn(url)
    expect((await ask(url, '/me', { token })).status).toBe(200)
    mkdirSync(join(folder, 'bees'))
    writeFileSync(join(folder, 'bees', '01-hive.md'), '# The hive\n\n![bee](bee.svg)')
    writeFileSync(join(folder, 'bees', 'bee.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    const course = await run(['course', 'import', 'bees', '--teacher', 'ada@hill.example', '--publish', '--json'])
    const { courseId } = JSON.parse(course.out)

    const full = await run(['backup', 'create', '--type', 'full', '-o', 'json'])
    expect(full.exit).toBe(0)
    expect(JSON.parse(full.out)).toMatchObject({ exact: true, faults: [], offsite: { copied: true } })
    const point = await run(['backup', 'create', '--point', 'before-the-flood', '-o', 'json'])
    expect(JSON.parse(point.out).set).toMatchObject({ type: 'incr', point: 'before-the-flood' })
    expect((await run(['backup', 'create', '--point', 'before-the-flood'])).exit).toBe(3)
    const check = await run(['backup', 'check', '-o', 'json'])
    const faults = JSON.parse(check.out).looks.filter(({ state }: { state: string }) => state === 'fault')
    // How full the disk of this machine is, is not the product's doing.
    expect(faults.filter(({ what }: { what: string }) => what !== 'room for the log')).toEqual([])
    const { sets } = JSON.parse((await run(['backup', 'list', '-o', 'json'])).out)
    expect(sets.map(({ repositories }: { repositories: string[] }) => repositories)).toEqual([
      ['first', 'offsite'],
      ['first', 'offsite']
    ])
    const info = await run(['backup', 'info', sets[0].id])
    expect(info.out).toContain('token-secret')
    expect(info.out).not.toContain(readFileSync(join(home, 'secrets', 'token-secret'), 'utf8').trim())

    const proven = await run(['backup', 'verify', '--all-files', '-o', 'json'])
    const proof = JSON.parse(proven.out)
    expect([proven.exit, proof]).toMatchObject([0, { setId: sets[1].id, verdict: 'proven', why: null, faults: [] }])
    expect(proof.filesCompared).toBeGreaterThan(0)
    expect(existsSync(join(home, 'verify', 'latest'))).toBe(false)
    const { checks } = JSON.parse((await run(['doctor', '--json'])).out)
    expect(checks.find(({ what }: { what: string }) => what === 'backups')).toMatchObject({ state: 'ok' })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    for (const name of ['set_age', 'proof_age', 'rpo', 'rto', 'archive_lag'])
      expect(Number(new RegExp(`^lyceum_backup_${name}_seconds\\{.*\\} (\\S+)$`, 'm').exec(metrics)?.[1])).toBeLessThan(
        600
      )
    // What learners and teachers have is as it was: nobody who does not exist came in.
    expect((await ask(url, '/me', { token })).status).toBe(200)

    await end(child, 'SIGTERM')
    expect((await run(['restore', '--latest', '--yes'])).exit).toBe(3)
    rmSync(home, { recursive: true })

    expect((await run(['restore'])).exit).toBe(64)
    const dry = await run(['restore', '--latest', '--dry-run', '-o', 'json'])
    expect([dry.exit, JSON.parse(dry.out).plan.set]).toEqual([0, sets[1].id])
    expect((await run(['restore', '--latest'])).exit).toBe(64)
    expect(existsSync(home)).toBe(false)
    const restored = await run(['restore', '--latest', '--yes', '-o', 'json'])
    expect(restored.exit).toBe(0)
    const report = JSON.parse(restored.out)
    expect(report).toMatchObject({ signInsEnded: 2, files: { faults: [] }, differences: null })
    expect(report.files.files).toBeGreaterThan(0)

    const back = await serve()
    expect((await ask(back.url, '/me', { token })).status).toBe(401)
    const fresh = await signIn(back.url)
    const found = await ask(back.url, `/courses/${courseId}`, { token: fresh })
    expect(found.status).toBe(200)
    const next = await run(['backup', 'create', '-o', 'json'])
    expect(next).toMatchObject({ exit: 0 })
    await end(back.child, 'SIGTERM')

    const copy = ['restore', '--point', 'before-the-flood', '--copy', '--yes', '-o', 'json']
    expect((await run(copy)).exit).toBe(64)
    expect((await run([...copy, '--into', 'beside'], { STORAGE: 's3', S3_BUCKET: 'of-the-original' })).exit).toBe(3)
    const exact = await run([...copy, '--into', 'beside'])
    expect(exact.exit).toBe(0)
    const compared = JSON.parse(exact.out)
    expect(compared.differences).toEqual([])
    expect(compared.tablesCompared).toBeGreaterThan(20)

    // What is done to a copy does not come among the backups of the original.
    const archived = () => readdirSync(join(folder, 'repository', 'wal'), { recursive: true }).length
    const before = archived()
    const staging = { LYCEUM_ENV: 'staging' }
    const anonymised = await run(['anonymise', '--home', 'beside', '--json'], staging)
    expect(anonymised).toMatchObject({ exit: 0 })
    expect(anonymised.out).not.toContain('hill.example')
    expect(archived()).toBe(before)
    expect(await run(['anonymise', '--home', home, '--json'], staging)).toMatchObject({ exit: 3 })
  })
})
