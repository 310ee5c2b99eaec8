import { newId } from '../../id.ts'
import type { Storage } from '../../storage/storage.ts'
import { BackupError, wordsOf } from '../backup-error.ts'
import type { DatabaseEngine } from '../engine/database-engine.ts'
import { listPushes, type Pushed, pushFiles } from '../files/push-files.ts'
import { lockRepository, removeDeadClaims } from '../repository/lock.ts'
import type { Repository, StoredPiece } from '../repository/repository.ts'
import { copyLog } from '../wal/copy-log.ts'
import { copySets } from './copy-sets.ts'
import { type Expired, expireSets, sweepUnfinished } from './expire-sets.ts'
import { listSets, readContents, writeSet } from './read-sets.ts'
import type { BackupSet, LedgerEntry, Manifest, SetType } from './set.ts'

/** What is to be backed up, and where. */
export interface CreateSet {
  readonly type: SetType
  readonly point: string | null
  readonly engine: DatabaseEngine
  readonly storage: Storage
  readonly first: Repository
  readonly offsite: Repository | undefined
  readonly release: string
  readonly ledger: () => Promise<readonly LedgerEntry[]>
  readonly configuration: Manifest['configuration']
  readonly secrets: Manifest['secrets']
  /** Days that sets are kept in the first and in the second repository. */
  readonly keepDays: number
  readonly offsiteKeepDays: number
  readonly now: () => Date
  readonly tell: (line: string) => void
}

export interface Created {
  readonly set: BackupSet
  /** Whether the set can be compared after a restore. */
  readonly exact: boolean
  readonly addedFiles: number
  /** Uploaded files that are not in the set, and why. */
  readonly faults: readonly string[]
  /** Null where there is no second repository; otherwise why the set is not there yet, or that it is. */
  readonly offsite: { readonly copied: boolean; readonly fault: string | null } | null
  readonly expired: readonly Expired[]
}

const POINT = /^[\w][\w.:-]{0,62}$/

/**
 * Takes one backup of everything. Killed at any moment it leaves nothing that counts as a set, and the next run cleans up.
 * @throws BackupError `backup.locked` while another one runs, `backup.point-invalid`, and others that say what to do
 */
export async function createSet(order: CreateSet): Promise<Created> {
  const { first, offsite, point, tell, now } = order
  if (point !== null && !POINT.test(point))
    throw new BackupError(
      'backup.point-invalid',
      'A point has up to 63 letters, digits, dots, colons and hyphens.',
      'refused'
    )
  const lock = await lockRepository(first, `a backup (${order.type})`)
  try {
    const sets = await listSets(first)
    if (point !== null && sets.some((set) => set.point === point))
      throw new BackupError(
        'backup.point-taken',
        `There is a set of the point ${point} already. Choose another name.`,
        'refused'
      )
    await removeDeadClaims(first)
    await sweepUnfinished(first, sets)
    const { set, exact, pushed, faults } = await writeOne(order, sets, () => lock.mustHold())
    const away = offsite === undefined ? null : await copyAway(first, offsite, tell)
    const stillThere = await order.engine.stillThere?.()
    const expired = [await expireSets(first, { keepDays: order.keepDays, now: now(), stillThere })]
    if (offsite && away?.copied)
      expired.push(await expireSets(offsite, { keepDays: order.offsiteKeepDays, now: now(), stillThere }))
    return { set, exact, addedFiles: pushed.addedFiles, faults: [...faults, ...pushed.faults], offsite: away, expired }
  } finally {
    await lock.release()
  }
}

async function writeOne(
  { type: wanted, point, engine, storage, first, release, ledger, configuration, secrets, now, tell }: CreateSet,
  sets: readonly BackupSet[],
  ready: () => Promise<void>
): Promise<{ set: BackupSet; exact: boolean; pushed: Pushed; faults: readonly string[] }> {
  const id = newId()
  const startedAt = now().toISOString()
  const before = sets.filter((set) => set.engine === engine.name).at(-1)
  const type: SetType = wanted === 'incr' && before !== undefined ? 'incr' : 'full'
  if (type !== wanted) tell('There is no full set yet: this one becomes it.')
  const generation = type === 'incr' && before !== undefined ? before.generation : id
  const known = await knownPieces(first, sets)

  // Before the database, which takes longest, and again after it: what the database names at its restore point is there.
  tell('Storing uploaded files…')
  const early = await pushFiles(first, storage, known, true)
  for (const piece of early.pieces) known.set(piece.name, piece)
  const database = await engine.backUp({ repository: first, setId: id, type, generation, known, tell })
  const late = await pushFiles(first, storage, known, false)
  const pushed = joined(early, late)

  const files = [...pushed.files]
  const pieces = [...new Map([...database.pieces, ...pushed.pieces].map((piece) => [piece.name, piece])).values()]
  const set = await writeSet(
    first,
    {
      id,
      engine: engine.name,
      type,
      generation,
      point,
      startedAt,
      finishedAt: now().toISOString(),
      release,
      schema: await ledger(),
      database: database.part,
      sizes: {
        databaseBytes: database.bytes,
        files: files.length,
        fileBytes: files.reduce((sum, { size }) => sum + size, 0),
        addedBytes: database.addedBytes + pushed.addedBytes
      }
    },
    { database: database.files, files, configuration, secrets, record: database.record },
    pieces,
    ready
  )
  return { set, exact: database.record !== null, pushed, faults: database.faults ?? [] }
}

/** Files that were deleted while the database was copied are in what was listed before. */
function joined(early: Pushed, late: Pushed): Pushed {
  const files = new Map([...early.files, ...late.files].map((file) => [file.key, file]))
  return {
    files: [...files.values()],
    pieces: [...early.pieces, ...late.pieces],
    addedFiles: early.addedFiles + late.addedFiles,
    addedBytes: early.addedBytes + late.addedBytes,
    faults: [...new Set([...early.faults, ...late.faults])].filter((fault) => !files.has(fault.split(':')[0] ?? ''))
  }
}

/** Pieces that sets and pushes have written down; what was left by a run that was killed is not among them. */
export async function knownPieces(first: Repository, sets: readonly BackupSet[]): Promise<Map<string, StoredPiece>> {
  const known = new Map<string, StoredPiece>()
  // A set whose list is damaged only costs storing again.
  for (const set of sets)
    for (const piece of await readContents(first, set).catch(() => [])) known.set(piece.name, piece)
  for (const { pieces } of await listPushes(first)) for (const piece of pieces) known.set(piece.name, piece)
  return known
}

/** The set is safe in the first repository; what is missing in the second is copied with the next one. */
async function copyAway(
  first: Repository,
  offsite: Repository,
  tell: (line: string) => void
): Promise<{ copied: boolean; fault: string | null }> {
  try {
    tell('Copying to the second repository…')
    await copySets(first, offsite)
    await copyLog(first, offsite)
    return { copied: true, fault: null }
  } catch (error) {
    return { copied: false, fault: wordsOf(error) }
  }
}
