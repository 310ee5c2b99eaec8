import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lyceum/platform/testing/free-port'
import { demoSchools } from '@lyceum/server/demo'
import { type ProductProcess, removeHome, startProductProcess, temporaryHome } from '../product-process.ts'
import type { Ledger } from './ledger.ts'
import { type DemoSignIns, setScene, signInAll, type Writer, writersOf } from './writers.ts'

const KILLS = 50
const SIGN_IN_AGAIN_EVERY = 10
/** Receipts between a start and the next kill, at most. */
const MOST_RECEIPTS = 40
const PATIENCE_MS = 10_000

export interface CrashResult {
  readonly kills: number
  readonly acknowledged: number
  readonly lost: number
  readonly faults: readonly string[]
}

export const run = (tell: (line: string) => void): Promise<object> => crash({ kills: KILLS, tell })

/**
 * Kills the product with SIGKILL at random moments of a day's work over HTTP, every other time together with its
 * database, starts it again on the same home and reads back everything that had been acknowledged. Requests without a
 * receipt are sent again with their idempotency key and must then be there once.
 */
export async function crash({
  kills,
  tell
}: {
  readonly kills: number
  readonly tell: (line: string) => void
}): Promise<CrashResult> {
  const home = temporaryHome('crash')
  const port = await freePort()
  const start = () => startProductProcess({ home, port })
  const signIns = demoSignIns()
  tell('First start…')
  let product = await start()
  try {
    const scene = await setScene(product.url, signIns)
    const writers = await writersOf(scene)
    const { ledger } = scene
    for (let kill = 1; kill <= kills; kill++) {
      const before = ledger.writes.length
      const withDatabase = kill % 2 === 0
      const working = work(writers)
      await somewhereIn(ledger)
      await killProduct(product, home, withDatabase)
      await working
      product = await start()
      if (kill % SIGN_IN_AGAIN_EVERY === 0) await signInAll(scene, signIns)
      for (const writer of writers) await writer.compare()
      await ledger.settle(before)
      tell(
        `kill ${kill}${withDatabase ? ' with the database' : ''}: up after ${product.startedMs} ms, ${ledger.acknowledged} acknowledged, ${ledger.lost} lost`
      )
    }
    await signInAll(scene, signIns)
    tell('Reading everything back once more…')
    await ledger.settle()
    for (const fault of ledger.faults) tell(`FAULT ${fault}`)
    return { kills, acknowledged: ledger.acknowledged, lost: ledger.lost, faults: ledger.faults }
  } finally {
    await product.stop()
    removeHome(home)
  }
}

/** A random number of receipts further on, and a moment later: in the middle of whatever is going on. */
async function somewhereIn(ledger: Ledger): Promise<void> {
  const receipts = ledger.acknowledged + Math.floor(Math.random() * MOST_RECEIPTS)
  const begun = performance.now()
  while (ledger.acknowledged < receipts && performance.now() - begun < PATIENCE_MS) await sleep(5)
  await sleep(Math.random() * 100)
}

export function demoSignIns(): DemoSignIns {
  const people = demoSchools[0]?.people ?? []
  const as = (role: string) => {
    const person = people.find((candidate) => candidate.role === role)
    if (!person) throw new Error(`The demo school has no ${role}`)
    return person
  }
  return { administrator: as('administrator'), teacher: as('teacher'), learner: as('learner') }
}

/** Everybody works until the server is gone; what else goes wrong is a fault of the product. */
async function work(writers: readonly Writer[]): Promise<void> {
  await Promise.all(
    writers.map(async ({ step }) => {
      try {
        for (;;) await step()
      } catch (error) {
        if (!isGone(error)) throw error
      }
    })
  )
}

/** The connection was cut or refused, or the server noticed before its own end that the database was gone. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const status = 'status' in error ? error.status : undefined
  return (
    error instanceof TypeError ||
    error.name === 'TimeoutError' ||
    status === 503 ||
    /tus answered 50[03]/.test(error.message)
  )
}

/** The product, and the database if it is to die with it. */
export async function killProduct({ child, stop }: ProductProcess, home: string, withDatabase: boolean): Promise<void> {
  const database = withDatabase ? databaseTree(home) : []
  child.kill('SIGKILL')
  for (const pid of database) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // A backend that ended with its client.
    }
  }
  await stop('SIGKILL')
}

function databaseTree(home: string): number[] {
  const postmaster = Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  const rows = execFileSync('ps', ['-eo', 'pid,ppid'], { encoding: 'utf8' }).trim().split('\n').slice(1)
  const children = rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, parent]) => (parent === postmaster ? [pid] : []))
  return [postmaster, ...children]
}
