import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { findProgramsIn, type PostgresBinaries } from '../../embedded-postgres/binaries.ts'
import { BackupError } from '../backup-error.ts'
import type { Recovery } from '../engine/recovery.ts'
import type { BackupSet, PgBackRestPart } from '../set/set.ts'
import type { ArchivedFile } from '../wal/archived-log.ts'
import { lastCommitIn } from '../wal/last-commit.ts'
import { readSegmentName } from '../wal/log-sequence.ts'
import { openToUs } from './data-settings.ts'
import { listArchive, readInfo } from './read-info.ts'
import { mustSucceed, type PgBackRestSettings, runHere } from './run-pgbackrest.ts'

/** archive-get says so where no repository has the file. */
const NOT_FOUND = 1
/** `PG_CONTROL_FILE_SIZE`, src/include/catalog/pg_control.h. */
const CONTROL_BYTES = 8192
/** So many of the last segments are looked through for a commit: an idle school writes a heartbeat every minute. */
const LOOK_THROUGH = 8

/** @throws BackupError `backup.no-programs` where nothing here can run what comes back */
export async function openPgBackRestRecovery(config: Config, { id, database }: BackupSet): Promise<Recovery> {
  const { system, version, pgbackrest } = database
  if (pgbackrest === undefined) throw new BackupError('backup.damaged', `Set ${id} does not say where its database is.`)
  const settings = { ...config, BACKUP_PGBACKREST_STANZA: pgbackrest.stanza }
  const read = (file: string) => readLog(settings, pgbackrest, file)
  return {
    programs: await findPrograms(config, id, Number.parseInt(version, 10)),
    database: pgbackrest.database,
    listLog: async () => {
      const info = await readInfo(settings, runHere)
      const files: ArchivedFile[] = []
      for (const { key } of info.repo) files.push(...(await listArchive(settings, runHere, info, key, system)))
      return withLastCommits(read, files)
    },
    readLog: read,
    unpack: async ({ into }) => {
      await unpack(settings, pgbackrest, into)
      await openToUs(into)
    },
    verifyStore: (tell) => verifyStore(settings, tell)
  }
}

async function findPrograms(
  { BACKUP_POSTGRES_BIN }: Pick<Config, 'BACKUP_POSTGRES_BIN'>,
  id: string,
  major: number
): Promise<PostgresBinaries> {
  const folder = BACKUP_POSTGRES_BIN ?? `/usr/lib/postgresql/${major}/bin`
  const found = await findProgramsIn(folder)
  if (found?.major === major) return found
  throw new BackupError(
    'backup.no-programs',
    `Set ${id} is of PostgreSQL ${major}, and ${folder} holds ${found === undefined ? 'no PostgreSQL' : `PostgreSQL ${found.major}`}. Install it here (apt-get install postgresql-${major}), or name the folder with BACKUP_POSTGRES_BIN.`,
    'refused'
  )
}

/** pgBackRest asks a data directory which cluster's log is wanted: it gets one that holds the answer and nothing else. */
async function readLog(
  settings: PgBackRestSettings,
  { control }: PgBackRestPart,
  file: string
): Promise<Buffer | null> {
  const folder = await mkdtemp(join(tmpdir(), 'lyceum-log-'))
  try {
    const [target, data] = [join(folder, 'segment'), join(folder, 'data')]
    await mkdir(join(data, 'global'), { recursive: true })
    const page = Buffer.alloc(CONTROL_BYTES)
    page.write(control, 'base64')
    await writeFile(join(data, 'global/pg_control'), page)
    const where = ['--log-level-file=off', `--lock-path=${folder}`, `--pg1-path=${data}`, '--reset-pg1-host']
    const ran = await runHere(settings, [...where, 'archive-get', file, target])
    if (ran.code === NOT_FOUND) return null
    mustSucceed(ran, `read ${file}`)
    return await readFile(target)
  } catch (error) {
    if (!(error instanceof BackupError) || error.code !== 'backup.pgbackrest-failed') throw error
    throw new BackupError('backup.damaged', error.message)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How far one can go by time is in the log alone: the last segments are read until one holds a commit. */
async function withLastCommits(read: Recovery['readLog'], files: readonly ArchivedFile[]): Promise<ArchivedFile[]> {
  const latest = [...new Set(files.map(({ file }) => file).filter((file) => readSegmentName(file)))].sort().reverse()
  for (const file of latest.slice(0, LOOK_THROUGH)) {
    const segment = await read(file).catch(() => null)
    const commit = segment === null ? undefined : lastCommitIn(segment)
    if (commit === undefined) continue
    const lastCommit = new Date(Number(commit / 1000n))
    return files.map((one) => (one.file === file ? { ...one, lastCommit } : one))
  }
  return [...files]
}

/** From the first repository that can. */
async function unpack(settings: PgBackRestSettings, { backups }: PgBackRestPart, into: string): Promise<void> {
  const faults: string[] = []
  for (const { repository, label } of backups) {
    await rm(into, { recursive: true, force: true })
    await mkdir(into, { recursive: true, mode: 0o700 })
    const locks = await mkdtemp(join(tmpdir(), 'lyceum-restore-'))
    // A PostgreSQL on another machine is not asked, and nothing is said of where its log goes.
    const ran = await runHere(settings, [
      '--log-level-file=off',
      `--lock-path=${locks}`,
      `--repo=${repository}`,
      `--set=${label}`,
      `--pg1-path=${into}`,
      '--reset-pg1-host',
      '--type=none',
      '--archive-mode=off',
      'restore'
    ]).finally(() => rm(locks, { recursive: true, force: true }))
    if (ran.code === 0) return
    faults.push(`repository ${repository}: ${ran.said}`)
  }
  throw new BackupError('backup.damaged', `pgBackRest could not bring the database back. ${faults.join(' ')}`)
}

/** Whether every file in every repository is what was stored. */
async function verifyStore(settings: PgBackRestSettings, tell: (line: string) => void): Promise<string[]> {
  const faults: string[] = []
  const { repo } = await readInfo(settings, runHere)
  for (const { key } of repo) {
    tell(`pgBackRest looks through its repository ${key}…`)
    const args = ['--log-level-file=off', `--repo=${key}`, '--output=text', '--verbose', 'verify']
    const { code, output, said } = await runHere(settings, args)
    const bad = output
      .split('\n')
      .filter((line) => /status: (?!ok|valid)|invalid: [1-9]|(?:missing|other): [1-9]/.test(line))
    if (code !== 0 || bad.length > 0)
      faults.push(`repository ${key} of pgBackRest is damaged: ${[said, ...bad].map((line) => line.trim()).join(' ')}`)
  }
  return faults
}
