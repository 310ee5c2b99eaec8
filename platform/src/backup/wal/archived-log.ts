import { BackupError } from '../backup-error.ts'
import { asked, putStored, type Repository, readStored, seal, sha256, unseal } from '../repository/repository.ts'
import { lastCommitIn } from './last-commit.ts'
import { historyName, readSegmentName, SEGMENT_BYTES } from './log-sequence.ts'

/** A file of the log in a repository. All but its bytes is in its name, so that a listing says what there is. */
export interface ArchivedFile {
  /** Name in the repository. */
  readonly name: string
  /** PostgreSQL's name of it. */
  readonly file: string
  readonly size: number
  /** Of the content, under the key: 32 hex digits. */
  readonly digest: string
  /** Of the bytes as they lie there: 32 hex digits. */
  readonly sha256: string
  /** When the last transaction in it was committed; null where none was. */
  readonly lastCommit: Date | null
}

/** A whole segment. */
export interface ArchivedSegment extends ArchivedFile {
  readonly timeline: number
  readonly number: number
}

const NAME = /^wal\/\d+\/[^/]+\/(.+)-([0-9a-f]{32})-([0-9a-f]{32})-(\d+)$/

/**
 * Stores a file of the log. Again with the same content is done already; other content under the same name is refused, because
 * then two servers write into one archive.
 *
 * @param system identifier of the cluster, as in its `pg_control`
 * @throws BackupError `backup.other-content`, `backup.not-a-segment`, or of the repository
 */
export async function archiveFile(
  repository: Repository,
  system: string,
  file: string,
  bytes: Buffer
): Promise<ArchivedFile> {
  const segment = readSegmentName(file)
  if (segment !== undefined && bytes.length !== SEGMENT_BYTES)
    throw new BackupError('backup.not-a-segment', `${file} has ${bytes.length} bytes instead of ${SEGMENT_BYTES}.`)
  // The disk of a repository that is not mounted is an empty folder.
  if ((await asked(repository, () => repository.store.size('repository.json'))) === undefined)
    throw new BackupError(
      'backup.not-a-repository',
      `${repository.place} holds no backups any more. Is its disk mounted?`
    )
  const digest = repository.key.digest(bytes).slice(0, 32)
  const before = await findArchived(repository, system, file)
  const same = before.find((found) => found.digest === digest)
  if (same !== undefined) return same
  if (before.length > 0)
    throw new BackupError(
      'backup.other-content',
      `${repository.place} holds another ${file} than this server has written. Two servers must not archive into one repository: give one of them another (BACKUP_REPOSITORY).`
    )
  const sealed = isOpen(file) ? bytes : await seal(repository.key, bytes)
  const commit = segment === undefined ? undefined : lastCommitIn(bytes)
  const name = `${folderOf(system, file)}${file}-${digest}-${sha256(sealed).slice(0, 32)}-${commit ?? 0}`
  const stored = await putStored(repository, name, sealed)
  return mustRead(stored)
}

/** What lies under PostgreSQL's name of a file; more than one only where something went wrong. */
export async function findArchived(repository: Repository, system: string, file: string): Promise<ArchivedFile[]> {
  const found = await asked(repository, () => repository.store.list(`${folderOf(system, file)}${file}-`))
  return found.flatMap((object) => readArchived(object) ?? [])
}

/** Everything of one cluster's log that a repository holds, or of all clusters. */
export async function listLog(repository: Repository, system?: string): Promise<ArchivedFile[]> {
  const found = await asked(repository, () => repository.store.list(system === undefined ? 'wal/' : `wal/${system}/`))
  return found.flatMap((object) => readArchived(object) ?? [])
}

export const segmentsIn = (files: readonly ArchivedFile[]): ArchivedSegment[] =>
  files.flatMap((file) => {
    const segment = readSegmentName(file.file)
    return segment === undefined ? [] : [{ ...file, ...segment }]
  })

/** Whether the bytes of a file are the ones that were stored. */
export async function isIntact(repository: Repository, { name, sha256: expected }: ArchivedFile): Promise<boolean> {
  const bytes = await readStored(repository, name)
  return bytes !== undefined && sha256(bytes).startsWith(expected)
}

/** The content of a file, from the first repository in which it is whole. @throws BackupError `backup.damaged` */
export async function readLogFile(repositories: readonly Repository[], file: ArchivedFile): Promise<Buffer> {
  const faults: string[] = []
  for (const repository of repositories) {
    const bytes = await readStored(repository, file.name)
    if (bytes !== undefined && sha256(bytes).startsWith(file.sha256))
      return isOpen(file.file) ? bytes : unseal(repository.key, bytes, file.name)
    faults.push(`${file.file} in ${repository.place} is ${bytes === undefined ? 'missing' : 'not what was stored'}.`)
  }
  throw new BackupError('backup.damaged', `${faults.join(' ')} No repository has it whole.`)
}

/** Where a timeline came from, oldest first, each with the place at which the next one left it. */
export interface TimelineStep {
  readonly timeline: number
  readonly until: string
}

/** The content of a file of a cluster's log by its name; null where no repository has one. @throws BackupError `backup.damaged` */
export async function readArchivedLog(
  repositories: readonly Repository[],
  system: string,
  file: string
): Promise<Buffer | null> {
  for (const repository of repositories) {
    const [found] = await findArchived(repository, system, file)
    if (found) return readLogFile(repositories, found)
  }
  return null
}

/** The history of a timeline; empty for the first. @throws BackupError where it is not in the archive */
export async function readHistory(
  readLog: (file: string) => Promise<Buffer | null>,
  timeline: number
): Promise<TimelineStep[]> {
  if (timeline === 1) return []
  const content = await readLog(historyName(timeline))
  if (content === null)
    throw new BackupError(
      'backup.history-missing',
      `The history of timeline ${timeline} (${historyName(timeline)}) is in no repository. Restore an earlier timeline: --timeline ${timeline - 1}.`,
      'refused'
    )
  return content
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, parent, until] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line) ?? []
      return parent === undefined || until === undefined ? [] : [{ timeline: Number(parent), until }]
    })
}

function readArchived({ name, size }: { readonly name: string; readonly size: number }): ArchivedFile | undefined {
  const [, file, digest, stored, commit] = NAME.exec(name) ?? []
  if (file === undefined || digest === undefined || stored === undefined || commit === undefined) return undefined
  return {
    name,
    file,
    size,
    digest,
    sha256: stored,
    lastCommit: commit === '0' ? null : new Date(Number(BigInt(commit) / 1000n))
  }
}

function mustRead(stored: { readonly name: string; readonly size: number }): ArchivedFile {
  const read = readArchived(stored)
  if (read === undefined) throw new Error(`${stored.name} is not a name of ours`)
  return read
}

/** Which timeline left which one where must be known to expire and to check, which is done without the key. */
const isOpen = (file: string): boolean => file.endsWith('.history')

/** Not thousands of files in one folder. */
const folderOf = (system: string, file: string): string =>
  `wal/${system}/${file.endsWith('.history') ? 'history' : file.slice(0, 16)}/`
