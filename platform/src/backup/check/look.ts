import { wordsOf } from '../backup-error.ts'
import type { Repository } from '../repository/repository.ts'
import { listSets } from '../set/read-sets.ts'
import type { BackupSet } from '../set/set.ts'
import { missingLog } from '../wal/copy-log.ts'

export interface BackupFinding {
  readonly what: string
  /** `note` is worth knowing and no fault. */
  readonly state: 'ok' | 'note' | 'fault'
  readonly message: string
  /** What to do; empty where nothing is. */
  readonly remedy: string
}

/** What there is of sets, whichever engine made them. */
export interface CheckSets {
  readonly first: Repository
  /** Undefined where there is none; a text where it cannot be used, and why. */
  readonly offsite: Repository | string | undefined
  readonly now: () => Date
}

type Found = Omit<BackupFinding, 'what'>

const OLDEST_SET_MS = 26 * 60 * 60_000

export const ok = (message: string): Found => ({ state: 'ok', message, remedy: '' })
export const fault = (message: string, remedy: string): Found => ({ state: 'fault', message, remedy })

/** Looks one after the other; what fails to look is a fault too. */
export async function look<Looked>(
  looked: Looked,
  looks: readonly (readonly [string, (looked: Looked) => Promise<Found>])[]
): Promise<BackupFinding[]> {
  const found: BackupFinding[] = []
  for (const [what, at] of looks)
    found.push({ what, ...(await at(looked).catch((error: unknown) => fault(wordsOf(error), 'See above.'))) })
  return found
}

export const lookAtSets = async ({ first, now }: CheckSets): Promise<Found> => {
  const last = (await listSets(first)).at(-1)
  if (last === undefined) return fault('There is no set.', 'lyceum backup create --type full')
  const age = now().getTime() - Date.parse(last.finishedAt)
  const said = `the last one is of ${last.finishedAt}`
  return age > OLDEST_SET_MS
    ? fault(`${said}, more than a day ago.`, 'lyceum backup create; see why the schedule did not.')
    : ok(said)
}

export const lookAtOffsite = async ({ first, offsite }: CheckSets): Promise<Found> => {
  if (offsite === undefined)
    return {
      state: 'note',
      message: 'There is none: what happens to this place happens to the backups.',
      remedy: 'Name one: lyceum backup setup --offsite …'
    }
  if (typeof offsite === 'string') return fault(offsite, 'Sets and log are copied when it can be reached again.')
  const there = new Set((await listSets(offsite)).map(({ id }) => id))
  const sets: BackupSet[] = (await listSets(first)).filter(({ id }) => !there.has(id))
  const log = await missingLog(first, offsite)
  return sets.length > 0 || log.length > 2
    ? fault(
        `${sets.length} sets and ${log.length} files of the log are not there yet.`,
        'lyceum backup copy brings them there now.'
      )
    : ok(`has every set, and the log but for ${log.length} files`)
}
