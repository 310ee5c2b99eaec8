import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { oneKey } from '@lyceum/platform/keys'
import { freePort } from '@lyceum/platform/testing/free-port'
import { installationSecret } from '@lyceum/server/secrets'
import { accessTokens } from '@lyceum/user/access-token'
import { demoSignIns } from '../crash/crash.ts'
import { creatorsOf, setScene, signInAll } from '../crash/writers.ts'
import { removeHome, startProductProcess, temporaryHome } from '../product-process.ts'
import { gather, type Reader } from './crowd.ts'
import { type Engine, openInstallation } from './installations.ts'
import { type FilledSchool, fillSchool, type SchoolSize } from './seed.ts'

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
const READERS = 4
const MEASURE_MS = 20_000
/** After the set, until everything is lost: more than archiving waits (`BACKUP_ARCHIVE_SECONDS`). */
const GO_ON_MS = 80_000
const MEGABYTE = 1024 ** 2

export interface RecoveryOfEngine {
  readonly engine: Engine
  readonly sizeMb: number
  readonly backupSeconds: number
  readonly restoreSeconds: number
  /** From the oldest receipt whose write did not come back until everything was lost; 0 where all came back. */
  readonly rpoSeconds: number
  /** From the first word of the restore until a learner was signed in. */
  readonly rtoSeconds: number
  readonly rowsCompared: number
  readonly filesCompared: number
  readonly differences: number
  readonly acknowledged: number
  readonly lost: number
  readonly p95Ms: { readonly without: number; readonly during: number; readonly ratio: number }
}

export async function run(tell: (line: string) => void): Promise<object> {
  const size = { files: 1_024, bytesOfFile: 5 * MEGABYTE, events: 1_000_000 }
  const engines: RecoveryOfEngine[] = []
  for (const engine of ['physical', 'pgbackrest'] as const) {
    tell(`Engine ${engine}.`)
    engines.push(await recovery(engine, size, tell))
  }
  return { engines }
}

/**
 * A school of 2,000 learners that is written to all the time: a full set is made, some time later the server, its database and its home
 * are gone, and everything comes back by `lyceum restore`. Compared are every row and file at the restore point of the set, and every
 * receipt after it.
 */
export async function recovery(
  engine: Engine,
  size: SchoolSize,
  tell: (line: string) => void
): Promise<RecoveryOfEngine> {
  const folder = temporaryHome('recovery')
  const home = join(folder, 'home')
  const port = await freePort()
  const installation = await openInstallation(engine, home)
  const asked = ['backup', 'setup', '--to', join(folder, 'repository'), '--settings', join(folder, 'settings.env')]
  await lyceum([...asked, '--identity-file', join(folder, 'identity.txt')], installation.env)
  const env = { ...settingsIn(join(folder, 'settings.env')), ...installation.env }
  const start = () => startProductProcess({ home, port, env })
  tell('Starting…')
  let product = await start()
  let leave = async (): Promise<void> => undefined
  try {
    tell(`Filling the school: 2,000 learners, ${size.events} events, ${size.files} files…`)
    const school = await fillSchool(installation.ownerUrl(), join(home, 'files'), size)
    const signIns = demoSignIns()
    const scene = await setScene(product.url, signIns)
    const crowd = gather({ url: product.url, host: 'bench' }, await readersOf(school, home), creatorsOf(scene))
    leave = () => crowd.stop()
    const measured = async (): Promise<number> => {
      crowd.p95()
      await sleep(MEASURE_MS)
      return crowd.p95()
    }
    await sleep(MEASURE_MS / 2)
    const before = await measured()
    tell(`p95 ${before.toFixed(1)} ms; making a full set…`)
    const began = performance.now()
    const { set, exact } = await lyceum(['backup', 'create', '--type', 'full'], env)
    const backupSeconds = secondsSince(began)
    const during = crowd.p95()
    const after = await measured()
    const without = (before + after) / 2
    tell(`p95 ${during.toFixed(1)} ms during ${backupSeconds} s, ${after.toFixed(1)} ms after; going on…`)
    if (!exact) throw new Error('Writing never paused: there is nothing to compare with')
    await sleep(GO_ON_MS)

    tell('Everything is lost.')
    const lostAt = performance.now()
    const gone = crowd.stop().catch(() => undefined)
    await installation.lose(product)
    await gone

    const restoring = performance.now()
    const restored = await lyceum(['restore', '--latest', ...installation.restoreTo, '--yes'], env)
    const restoreSeconds = secondsSince(restoring)
    await installation.start()
    product = await start()
    await signInAll(scene, signIns)
    const rtoSeconds = secondsSince(restoring)
    tell(`Back after ${rtoSeconds} s; reading ${scene.ledger.acknowledged} receipts back…`)
    await scene.ledger.settle()
    const { acknowledged, lost, lostReceipts } = scene.ledger
    const damaged = await damagedFiles(school.files, join(home, 'files'))

    tell('Comparing every row with the set…')
    const exactly = await lyceum(['restore', '--set', set.id, '--into', join(folder, 'exact'), '--yes'], env)
    const { tables } = await lyceum(['backup', 'info', set.id], env)
    const differences: string[] = [...exactly.differences, ...restored.files.faults, ...damaged]
    for (const difference of differences) tell(`DIFFERENCE ${difference}`)
    return {
      engine,
      sizeMb: Math.round((set.sizes.databaseBytes + set.sizes.fileBytes) / MEGABYTE),
      backupSeconds,
      restoreSeconds,
      rpoSeconds: lostReceipts.length === 0 ? 0 : Math.ceil((lostAt - Math.min(...lostReceipts)) / 1000),
      rtoSeconds,
      rowsCompared: tables.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0),
      filesCompared: school.files.length,
      differences: differences.length,
      acknowledged,
      lost,
      p95Ms: { without: rounded(without), during: rounded(during), ratio: rounded(during / without) }
    }
  } finally {
    await leave().catch(() => undefined)
    await product.stop()
    await installation.close()
    removeHome(folder)
  }
}

async function readersOf(school: FilledSchool, home: string): Promise<Reader[]> {
  const tokens = accessTokens(oneKey(installationSecret(home, 'TOKEN_SECRET')))
  const now = new Date()
  return Promise.all(
    school.learners.slice(0, READERS).map(async ({ id, name }) => ({
      authorization: `Bearer ${await tokens.issue({ tenantId: school.tenantId, userId: id, signInId: id, name, role: 'learner', operator: false }, now)}`,
      courseId: school.courseOf(id)
    }))
  )
}

/** Reads every file: storage compares it with its digest. */
async function damagedFiles(keys: readonly string[], folder: string): Promise<string[]> {
  const storage = createDiskStorage({ folder })
  const damaged: string[] = []
  for (const key of keys) {
    try {
      for await (const _ of await storage.read(key));
    } catch (error) {
      damaged.push(`${key}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return damaged
}

/** A command as an operator runs it. @returns what it answers as JSON */
async function lyceum(args: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args, '-o', 'json'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  if (exit !== 0) throw new Error(`lyceum ${args.join(' ')} ended with ${exit}: ${out}${err}`)
  return JSON.parse(out)
}

const settingsIn = (path: string): Record<string, string> =>
  Object.fromEntries(Object.entries(parseEnv(readFileSync(path, 'utf8'))).map(([name, value = '']) => [name, value]))
const secondsSince = (began: number): number => rounded((performance.now() - began) / 1000)
const rounded = (value: number): number => Math.round(value * 10) / 10
