import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readExactRecord } from '@lyceum/platform/backup/exact-record'
import type { RestorePlan } from '@lyceum/platform/backup/plan-restore'
import { restoreSet } from '@lyceum/platform/backup/restore-set'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { afterRestore } from '../backup/after-restore.ts'
import { corruptData, instantBetween, loseDatabase, loseEverything, untilArchived } from './disasters.ts'
import type { Blanks } from './drill.ts'
import type { Drilling } from './drilling.ts'
import { type KnownThings, plant, startWriting, untilWritten, type Writer, writeAfterwards } from './known-things.ts'
import { mustRun, type Product } from './machine.ts'
import { sameThroughout } from './same-throughout.ts'
import { type Stopwatch, startStopwatch } from './stopwatch.ts'

/** Beside what the settings say, the log may take so long into the repository. */
const ARCHIVED_WITHIN_MS = 90_000
/** A disaster just after the log was archived would flatter: it comes when nearly as much as can be lost is. */
const WORST_MOMENT = 0.9

/** What happened, and what has to be there again. */
export interface Fault {
  readonly known: KnownThings
  /** What did not change around the fault. */
  readonly record: Awaited<ReturnType<typeof readExactRecord>>
  readonly writer: Writer
  /** By the clock of this machine. */
  readonly at: number
  readonly clock: Stopwatch
  readonly blanks: Blanks
  readonly rowsHit: number
  /** What people wrote after it; null where nobody could. */
  readonly later: string | null
}

/** Gets the school going with backups of its own, lets somebody work, and makes the disaster. */
export async function makeDisaster(drilling: Drilling): Promise<Fault> {
  const { kind, machine, folder, blanks, plan, now, tell } = drilling
  if (plan !== null) {
    tell(`Making a copy of the school from set ${plan.set.id}…`)
    await makeCopy(plan, machine.home, now())
  }
  tell('Starting it, with backups of its own…')
  await mustRun(machine, `lyceum backup setup --to ${blanks.repository} --identity-file ${blanks.key}`)
  const product = await machine.start()
  const known = await plant(machine, product, folder)
  await mustRun(machine, 'lyceum backup create --type full')
  const working: Working = { product, known, writer: await startWriting(product, known) }
  try {
    return await (kind === 'data-corrupted' ? corrupt(drilling, working) : lose(drilling, working))
  } catch (error) {
    await working.writer.stop()
    throw error
  }
}

interface Working {
  readonly product: Product
  readonly known: KnownThings
  readonly writer: Writer
}

async function lose(
  { kind, machine, blanks, settings, tell }: Drilling,
  { product, known, writer }: Working
): Promise<Fault> {
  const before = await readExactRecord(product.ownerUrl)
  const archivedEveryMs = settings.BACKUP_ARCHIVE_SECONDS * 1000
  tell(`Working until what was written is archived, and almost until the next time (up to ${archivedEveryMs / 500} s)…`)
  await untilArchived(product, archivedEveryMs + ARCHIVED_WITHIN_MS)
  await sleep(archivedEveryMs * WORST_MOMENT)
  // What comes back is somewhere between the two.
  const record = sameThroughout(before, await readExactRecord(product.ownerUrl))
  tell(`The disaster: ${kind}.`)
  const at = Date.now()
  const clock = startStopwatch()
  if (kind === 'database-lost') await loseDatabase(product)
  else await loseEverything(machine, product)
  await writer.stop()
  return { known, record, writer, at, clock, blanks, rowsHit: 0, later: null }
}

async function corrupt({ blanks, tell }: Drilling, { product, known, writer }: Working): Promise<Fault> {
  await untilWritten(writer)
  await writer.stop()
  const before = await readExactRecord(product.ownerUrl)
  const instant = await instantBetween(product)
  const record = sameThroughout(before, await readExactRecord(product.ownerUrl))
  tell('The disaster: data-corrupted.')
  const at = Date.now()
  const rowsHit = await corruptData(product)
  // Nobody notices at first, and people go on.
  const later = await writeAfterwards(product, known)
  const clock = startStopwatch()
  return { known, record, writer, at, clock, blanks: { ...blanks, instant: instant.toISOString() }, rowsHit, later }
}

/**
 * The school as of the end of the set, with its mark of a copy in the database, so that nobody in it hears from it. Its files get none: a
 * home that has one is never archived, and here archives are what is tried out, into a repository that goes with the rest.
 */
async function makeCopy(plan: RestorePlan, home: string, now: Date): Promise<void> {
  await restoreSet({
    plan,
    home,
    openStorage: async () => createDiskStorage({ folder: join(home, 'files') }),
    tell: () => undefined,
    afterwards: async (record) => {
      await afterRestore(home, { record, copyOf: `set ${plan.set.id}`, broker: false, now })
    }
  })
}
