import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../../config/config.ts'
import { markAsCopy } from '../../copy/copy-mark.ts'
import { markFilesAsCopy } from '../../copy/files-mark.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts'
import { migrateUp } from '../../migrations/migrate.ts'
import type { Migration } from '../../migrations/migration.ts'
import { createDiskStorage } from '../../storage/disk-storage.ts'
import type { Storage } from '../../storage/storage.ts'
import { BackupError, wordsOf } from '../backup-error.ts'
import { asText, differences, readExactRecord } from '../engine/exact-record.ts'
import { recoveriesOf } from '../engine/open-recovery.ts'
import type { Repository, StoredPiece } from '../repository/repository.ts'
import { planRestore, type RestorePlan, type Runner } from '../restore/plan-restore.ts'
import { restoreSet } from '../restore/restore-set.ts'
import { listSetsOf, readContentsFromAny, readManifest } from '../set/read-sets.ts'
import type { BackupSet, ExactRecord, StoredUpload } from '../set/set.ts'
import { copyConfig } from './copy-config.ts'
import { type Damages, mendDamages } from './mend.ts'
import { NO_ARCHIVE } from './no-archive.ts'
import type { Verdict, Verification } from './proof.ts'
import { openScratch, type Scratch } from './scratch.ts'
import { chooseSample, type VerifiedFiles, verifyFiles } from './verify-files.ts'

export interface VerifyOrder {
  /** Of the installation that is verified; what is tried out gets settings of its own. */
  readonly config: Config
  readonly repositories: readonly Repository[]
  /** Its id, or the end of it; the newest where none is named. */
  readonly set: string | null
  /** Of this release: they run on what was restored, as they would after a loss. */
  readonly migrations: readonly Migration[]
  /** Folder to try it out in. */
  readonly scratch: string
  /** Every uploaded file instead of some. */
  readonly allFiles: boolean
  /** Where uploaded files are kept; damaged ones in a repository are stored again from there. */
  readonly live: Storage | null
  /** The last sign of life of what was backed up; what came after it cannot be lost. Null where nobody knows. */
  readonly aliveAt: Date | null
  readonly tryOut: TryOut
  readonly now: () => Date
  readonly tell: (line: string) => void
}

/** Starts the product over a copy and lets somebody who does not exist sign in. @throws where nobody could use it */
export type TryOut = (copy: { readonly config: Config }) => Promise<void>

const BEAT_MS = 60_000
/** Others are the same next time: they say nothing about the set. */
const NOT_OF_THE_SET = ['backup.no-identity', 'backup.no-room', 'backup.locked', 'backup.repository-unreachable']

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Proves a set by restoring it: to exactly its restore point, where every row is compared; then to the end of the log, where the
 * product is started over it and somebody signs in. Nothing of what serves is touched, and nothing is left behind.
 *
 * @throws BackupError where nothing could be found out: another verification is under way, there is no set, no key, no room, no
 *   repository. What is wrong with the set is in the answer.
 */
export async function verifySet(order: VerifyOrder): Promise<Verification> {
  const damages: Damages = new Map()
  const repositories = order.repositories.map((repository) => ({
    ...repository,
    damaged: (piece: StoredPiece) => {
      const known = damages.get(piece.name) ?? { piece, places: new Set<string>() }
      known.places.add(repository.place)
      damages.set(piece.name, known)
    }
  }))
  const set = await findSet(repositories, order.set)
  const scratch = await openScratch(order.scratch)
  const startedAt = order.now().toISOString()
  const found = emptyFindings()
  try {
    try {
      await prove({ order, repositories, set, scratch, damages, found })
    } catch (error) {
      if (error instanceof BackupError && NOT_OF_THE_SET.includes(error.code)) throw error
      found.failed = wordsOf(error)
    }
    found.add(await mendDamages(damages, { ...order, repositories, uploads: found.uploads }))
  } finally {
    await scratch.close()
  }
  const why = found.failed ?? (found.differences.length > 0 ? found.differences.join('; ') : null)
  const verdict: Verdict = found.failed !== null ? 'failed' : found.differences.length > 0 ? 'differs' : 'proven'
  const { rpoSeconds, rtoSeconds, rowsCompared, filesCompared, mended, faults } = found
  return {
    setId: set.id,
    setAt: set.database.restorePoint.at,
    startedAt,
    finishedAt: order.now().toISOString(),
    verdict,
    rpoSeconds,
    rtoSeconds,
    rowsCompared,
    filesCompared,
    differences: found.differences,
    why,
    mended,
    faults: [...new Set(faults)]
  }
}

/** What is found out on the way: what came before a failure counts too. */
interface Findings {
  failed: string | null
  rpoSeconds: number | null
  rtoSeconds: number | null
  rowsCompared: number
  filesCompared: number
  readonly differences: string[]
  readonly mended: string[]
  readonly faults: string[]
  uploads: readonly StoredUpload[]
  add(mending: { readonly mended: readonly string[]; readonly faults: readonly string[] }): void
}

function emptyFindings(): Findings {
  const mended: string[] = []
  const faults: string[] = []
  return {
    failed: null,
    rpoSeconds: null,
    rtoSeconds: null,
    rowsCompared: 0,
    filesCompared: 0,
    differences: [],
    mended,
    faults,
    uploads: [],
    add: (mending) => {
      mended.push(...mending.mended)
      faults.push(...mending.faults)
    }
  }
}

interface Proving {
  readonly order: VerifyOrder
  readonly repositories: readonly Repository[]
  readonly set: BackupSet
  readonly scratch: Scratch
  readonly damages: Damages
  readonly found: Findings
}

async function prove(proving: Proving): Promise<void> {
  const { order, repositories, set } = proving
  const runner: Runner = {
    release: order.config.RELEASE,
    migrations: order.migrations,
    recoveries: recoveriesOf(order.config)
  }
  const sample = await proveFiles(proving)
  order.tell('Restoring the set to its restore point…')
  // Planned after files were mended: the lists of sets changed with them.
  await proveRows(proving, await planRestore(repositories, { kind: 'set', id: set.id }, runner))
  order.tell('Restoring it to the end of the log…')
  const plannedAt = order.now()
  const plan = await planRestore(repositories, { kind: 'latest', set: set.id }, runner)
  await proveUse(proving, { plan, plannedAt, sample })
  proving.found.differences.push(...(await plan.recover.verifyStore(order.tell)))
}

/** @returns those that the copy is to have */
async function proveFiles({ order, repositories, set, damages, found }: Proving): Promise<StoredUpload[]> {
  const manifest = await readManifest(repositories, set)
  found.uploads = manifest.files
  const sample = chooseSample(manifest.files)
  const chosen = order.allFiles ? manifest.files : sample
  order.tell(`Opening ${chosen.length} of ${manifest.files.length} uploaded files…`)
  const first = await verifyUploads(repositories, set, chosen)
  found.filesCompared = first.compared
  if (damages.size === 0) {
    for (const [{ key }, why] of first.lost) found.differences.push(`${key}: ${why}`)
    return sample
  }
  found.add(await mendDamages(damages, { ...order, repositories, uploads: manifest.files }))
  damages.clear()
  const again = await verifyUploads(repositories, set, [...first.lost.keys()])
  for (const [{ key }, why] of again.lost) found.differences.push(`${key}: ${why}`)
  // What could not be mended is told of already.
  damages.clear()
  return sample
}

/** By the lists as they are now, in the repositories that have the set now. */
async function verifyUploads(
  all: readonly Repository[],
  { id }: BackupSet,
  uploads: readonly StoredUpload[]
): Promise<VerifiedFiles> {
  const found = (await listSetsOf(all)).find(({ set }) => set.id === id)
  if (found === undefined) throw new BackupError('backup.no-set', `Set ${id} expired meanwhile. Verify a newer one.`)
  const { set, repositories } = found
  const contents = await readContentsFromAny(repositories, set)
  return verifyFiles(repositories, uploads, new Map(contents.map((piece) => [piece.name, piece])))
}

async function proveRows({ order, scratch, found }: Proving, plan: RestorePlan): Promise<void> {
  const home = scratch.home('exact')
  const written: { record: ExactRecord | null } = { record: null }
  await restoreSet({
    plan,
    home,
    archive: NO_ARCHIVE,
    openStorage: async () => createDiskStorage({ folder: join(home, 'files') }),
    wanted: () => false,
    tell: () => undefined,
    afterwards: async (record) => {
      written.record = record
    }
  })
  const { record } = written
  if (record === null)
    throw new BackupError(
      'backup.no-record',
      'Writing never paused while the set was made, so it cannot be compared. Verify the next one, or make one at a quieter hour: lyceum backup create'
    )
  order.tell('Comparing every table…')
  const postgres = await startEmbeddedPostgres({
    home,
    log: quiet,
    settings: NO_ARCHIVE,
    programs: plan.recover.programs
  })
  try {
    found.differences.push(...differences(record, await readExactRecord(inDatabase(postgres, plan))))
    found.rowsCompared = record.tables.reduce((sum, { rows }) => sum + rows, 0)
  } finally {
    await postgres.stop()
  }
  await scratch.remove('exact')
}

async function proveUse(
  { order, set, scratch, found }: Proving,
  {
    plan,
    plannedAt,
    sample
  }: { readonly plan: RestorePlan; readonly plannedAt: Date; readonly sample: readonly StoredUpload[] }
): Promise<void> {
  const home = scratch.home('latest')
  const keys = new Set(sample.map(({ key }) => key))
  const began = performance.now()
  const { files, seconds } = await restoreSet({
    plan,
    home,
    archive: NO_ARCHIVE,
    openStorage: async () => createDiskStorage({ folder: join(home, 'files') }),
    wanted: ({ key }) => keys.has(key),
    tell: () => undefined,
    afterwards: async () => undefined
  })
  const postgres = await startEmbeddedPostgres({
    home,
    log: quiet,
    settings: NO_ARCHIVE,
    programs: plan.recover.programs
  })
  try {
    const ownerUrl = inDatabase(postgres, plan)
    const beat = await readCopy(ownerUrl, set, order.now())
    found.rpoSeconds = lostSeconds(beat ?? plan.reaches, plannedAt, order.aliveAt)
    order.tell('Migrating the copy…')
    await migrateUp({ ownerUrl, migrations: order.migrations, log: () => undefined })
    const config = copyConfig(order.config, { home, ownerUrl })
    await markFilesAsCopy(config, home, set.id)
    order.tell('Starting Lyceum over it and signing in…')
    await order.tryOut({ config })
    const took = (performance.now() - began) / 1000
    found.rtoSeconds = Math.ceil(took - seconds.files + wholeSeconds(seconds.files, files.bytes, set))
  } finally {
    await postgres.stop()
  }
}

/** Marks the copy, and answers the last minute that it knows of. */
async function readCopy(ownerUrl: string, set: BackupSet, now: Date): Promise<Date | null> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum backup verify' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ last: string | null }>(
      `select ${asText('max(at)')} as last from platform.heartbeat`
    )
    await markAsCopy(client, { of: `set ${set.id}`, now })
    const last = rows[0]?.last ?? null
    return last === null ? null : new Date(last)
  } finally {
    await client.end()
  }
}

/** A minute without a sign of life may have been one of work. */
function lostSeconds(restored: Date, plannedAt: Date, aliveAt: Date | null): number {
  const until = Math.min(plannedAt.getTime(), aliveAt === null ? Number.POSITIVE_INFINITY : aliveAt.getTime() + BEAT_MS)
  return Math.max(0, Math.ceil((until - restored.getTime()) / 1000))
}

/** What all files would have taken, by the pace of those that were restored. */
const wholeSeconds = (seconds: number, bytes: number, { sizes }: BackupSet): number =>
  bytes === 0 ? seconds : seconds * Math.max(1, sizes.fileBytes / bytes)

async function findSet(repositories: readonly Repository[], wanted: string | null): Promise<BackupSet> {
  const all = await listSetsOf(repositories)
  const found = wanted === null ? all.slice(-1) : all.filter(({ set }) => set.id.endsWith(wanted))
  const [one] = found
  if (one !== undefined && found.length === 1) return one.set
  const more = found.length > 1 ? 'more than one set' : 'no set'
  throw new BackupError(
    'backup.no-set',
    wanted === null
      ? 'There is no set to verify yet: lyceum backup create --type full'
      : `There is ${more} ${wanted}. What there is: lyceum backup list`,
    'refused'
  )
}

function inDatabase({ url }: EmbeddedPostgres, { recover }: RestorePlan): string {
  const named = new URL(url)
  named.pathname = `/${recover.database}`
  return named.href
}
