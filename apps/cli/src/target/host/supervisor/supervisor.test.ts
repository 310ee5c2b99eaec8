import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readKeeperState, writeKeeperState } from './keeper-state.ts'
import { ownSupervisor } from './own-supervisor.ts'
import { identityOf, isAlive, signal } from './process-identity.ts'
import type { Supervisor } from './supervisor.ts'
import { systemd } from './systemd.ts'
import { unitFolder } from './unit-folder.ts'

let root: string
let supervisor: Supervisor
let unit: Parameters<Supervisor['start']>[0]

/** Says that it runs and with which settings, and takes a moment to leave. */
const PROGRAM = `import { appendFileSync } from 'node:fs'
appendFileSync('ran', process.env.SHARED + process.env.PORT + ' ' + process.argv.slice(2).join(' ') + '\\n')
process.on('SIGTERM', () => setTimeout(() => { appendFileSync('ran', 'left\\n'); process.exit(0) }, 100))
setInterval(() => undefined, 1000)
if (process.env.SAYS) console.log(process.env.SAYS)
if (process.env.DIES) process.exit(1)
`

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lyceum-units-'))
  const folder = join(root, 'release')
  mkdirSync(folder)
  writeFileSync(join(folder, 'program.mjs'), PROGRAM)
  writeFileSync(join(root, 'all.env'), 'SHARED=all-\n')
  unit = { name: 'blue-1', folder, serve: ['serve', 'gateway'], environment: { PORT: '4100' } }
  supervisor = ownSupervisor(root, { environment: join(root, 'all.env'), args: ['program.mjs'], stopPatienceMs: 5_000 })
})
afterEach(async () => {
  await supervisor.stop('blue-1')
  rmSync(root, { recursive: true, force: true })
})

const ran = () => {
  try {
    return readFileSync(join(root, 'release/ran'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

describe('our own supervisor', () => {
  it('starts a unit once, and stops it when it has left', async () => {
    await supervisor.start(unit)
    await supervisor.start(unit)
    await expect.poll(ran).toEqual(['all-4100 serve gateway'])
    expect(await supervisor.status('blue-1')).toMatchObject({ running: true, restarts: 0 })
    await supervisor.stop('blue-1')
    expect(ran()).toEqual(['all-4100 serve gateway', 'left'])
    expect(await supervisor.status('blue-1')).toMatchObject({ running: false, pid: null })
    await supervisor.stop('blue-1')
  })

  it('starts again what ends by itself, and counts', async () => {
    await supervisor.start(unit)
    const { pid } = await supervisor.status('blue-1')
    process.kill(pid ?? 0, 'SIGKILL')
    await expect.poll(async () => (await supervisor.status('blue-1')).restarts, { timeout: 5_000 }).toBe(1)
    await expect.poll(async () => (await supervisor.status('blue-1')).running).toBe(true)
  })

  it('tells what a unit has written since it was started, through its restarts, and nothing from before', async () => {
    const written = async () => {
      const lines: string[] = []
      for await (const line of supervisor.log('blue-1')) lines.push(line)
      return lines
    }
    expect(await written()).toEqual([])
    mkdirSync(unitFolder(root, 'blue-1'), { recursive: true })
    writeFileSync(join(unitFolder(root, 'blue-1'), 'log'), 'of the release before\n')
    await supervisor.start({ ...unit, environment: { PORT: '4100', SAYS: 'hello', DIES: '1' } })
    await expect.poll(async () => (await written()).length, { timeout: 5_000 }).toBeGreaterThan(1)
    expect(new Set(await written())).toEqual(new Set(['hello']))
  })

  it('takes over what a killed keeper left running', async () => {
    await supervisor.start(unit)
    await expect.poll(ran).toEqual(['all-4100 serve gateway'])
    const before = readKeeperState(unitFolder(root, 'blue-1'))
    if (!before) throw new Error('no keeper')
    signal(before.keeper, 'SIGKILL')
    await expect.poll(() => isAlive(before.keeper)).toBe(false)
    expect((await supervisor.status('blue-1')).pid).toBe(before.child?.pid)
    await supervisor.start(unit)
    expect((await supervisor.status('blue-1')).pid).toBe(before.child?.pid)
    expect(ran()).toEqual(['all-4100 serve gateway'])
    await supervisor.stop('blue-1')
    expect(ran()).toEqual(['all-4100 serve gateway', 'left'])
  })

  it('leaves alone whoever has the id of a process that is gone', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
    const ended = once(stranger, 'exit')
    const reused = { pid: stranger.pid ?? 0, startedAt: '1' }
    mkdirSync(unitFolder(root, 'blue-1'), { recursive: true })
    writeKeeperState(unitFolder(root, 'blue-1'), { keeper: reused, child: reused, restarts: 0 })
    expect(await supervisor.status('blue-1')).toMatchObject({ running: false })
    await supervisor.stop('blue-1')
    expect(identityOf(stranger.pid ?? 0)).toBeDefined()
    stranger.kill()
    await ended
  })
})

describe('systemd', () => {
  it('drives units of the template, with what they run in their folders', async () => {
    const asked = join(root, 'asked')
    const systemctl = join(root, 'systemctl')
    writeFileSync(
      systemctl,
      `#!/bin/sh\necho "$@" >> ${asked}\ncase $1 in show) echo ActiveState=active; echo MainPID=42; echo NRestarts=3;; stop) echo "no bus" >&2; exit 1;; esac\n`
    )
    chmodSync(systemctl, 0o755)
    const journalctl = join(root, 'journalctl')
    writeFileSync(journalctl, `#!/bin/sh\necho "$@"\n`)
    chmodSync(journalctl, 0o755)
    const units = systemd(root, { systemctl, journalctl })
    await units.start(unit)
    expect(readFileSync(join(unitFolder(root, 'blue-1'), 'instance.env'), 'utf8')).toBe(
      'PORT=4100\nLYCEUM_SERVE=serve gateway\n'
    )
    expect(readFileSync(join(unitFolder(root, 'blue-1'), 'release/program.mjs'), 'utf8')).toBe(PROGRAM)
    expect(await units.status('blue-1')).toEqual({ running: true, pid: 42, restarts: 3 })
    const lines: string[] = []
    for await (const line of units.log('blue-1')) lines.push(line)
    expect(lines.join()).toMatch(/^--unit=lyceum@blue-1\.service --since=@\d{10} --output=cat --no-pager --quiet$/)
    await expect(async () => {
      for await (const _ of systemd(root, { journalctl: '/bin/false' }).log('blue-1')) throw new Error('said something')
    }).rejects.toThrow('/bin/false --unit=lyceum@blue-1.service')
    await expect(units.stop('blue-1')).rejects.toThrow('systemctl stop lyceum@blue-1.service: no bus')
    expect(readFileSync(asked, 'utf8').split('\n').slice(0, 3)).toEqual([
      'reset-failed lyceum@blue-1.service',
      'enable lyceum@blue-1.service',
      'start lyceum@blue-1.service'
    ])
  })
})
