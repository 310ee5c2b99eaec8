import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { BackupError } from '../backup-error.ts'
import type { ArchivedFile } from '../wal/archived-log.ts'
import { isArchivable } from '../wal/log-sequence.ts'
import { mustSucceed, type PgBackRestSettings, type Ran } from './run-pgbackrest.ts'

const InDatabase = Type.Object({ id: Type.Integer(), 'repo-key': Type.Integer() })

const Backup = Type.Object({
  label: Type.String(),
  error: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  annotation: Type.Optional(Type.Record(Type.String(), Type.String())),
  archive: Type.Object({ start: Type.String() }),
  lsn: Type.Object({ start: Type.String(), stop: Type.String() }),
  database: InDatabase,
  info: Type.Object({ size: Type.Number(), repository: Type.Object({ delta: Type.Number() }) })
})

const Stanza = Type.Object({
  archive: Type.Array(Type.Object({ id: Type.String(), database: InDatabase })),
  backup: Type.Array(Backup),
  db: Type.Array(Type.Object({ id: Type.Integer(), 'repo-key': Type.Integer(), 'system-id': Type.String() })),
  repo: Type.Array(
    Type.Object({
      key: Type.Integer(),
      cipher: Type.String(),
      status: Type.Object({ code: Type.Integer(), message: Type.String() })
    })
  ),
  status: Type.Object({ code: Type.Integer(), message: Type.String() })
})

export type StoredBackup = Static<typeof Backup>
export type StanzaInfo = Static<typeof Stanza>
/** Runs pgBackRest, here or beside the database. */
export type RunPgBackRest = (settings: PgBackRestSettings, args: readonly string[]) => Promise<Ran>

/** pgBackRest, src/command/info/info.c: neither missing nor without backups, but not to be read. */
const OTHER_ERROR = 99

const stanzas = Compile(Type.Array(Stanza))
const listing = Compile(
  Type.Record(Type.String(), Type.Object({ type: Type.String(), size: Type.Optional(Type.Number()) }))
)

/** What pgBackRest has of the database, in all its repositories. @throws BackupError */
export async function readInfo(settings: PgBackRestSettings, run: RunPgBackRest): Promise<StanzaInfo> {
  const output = mustSucceed(await run(settings, ['--output=json', 'info']), 'say what it has')
  // Identifiers of clusters are larger than what JSON numbers hold here, and 2.45 puts what it could not read into its messages as it is.
  const text = output.replace(/"system-id":\s*(\d+)/g, '"system-id":"$1"').replaceAll(/\p{Cc}+/gu, ' ')
  const found: unknown = JSON.parse(text)
  if (!stanzas.Check(found))
    throw new BackupError(
      'backup.pgbackrest-unknown',
      'pgBackRest describes its backups in a way that this release does not know. Lyceum knows versions from 2.45.'
    )
  const [stanza] = found
  if (stanza === undefined || stanza.repo.length === 0)
    throw new BackupError(
      'backup.no-stanza',
      `pgBackRest knows no stanza ${settings.BACKUP_PGBACKREST_STANZA}. Write its configuration (lyceum config render pgbackrest), then: lyceum backup setup`,
      'refused'
    )
  if (stanza.repo.every(({ status }) => status.code === OTHER_ERROR))
    throw new BackupError(
      'backup.repository-unreachable',
      `pgBackRest can read none of its repositories: ${stanza.repo.map(({ key, status }) => `${key}: ${status.message.trim()}`).join('; ')}`
    )
  return stanza
}

const STORED = /^(.+?)(?:-([0-9a-f]{40}))?(?:\.(?:gz|lz4|zst|bz2))?$/

/** The log of a cluster in one of pgBackRest's repositories. @throws BackupError where that cannot be reached */
export async function listArchive(
  settings: PgBackRestSettings,
  run: RunPgBackRest,
  { archive, db }: StanzaInfo,
  repository: number,
  system: string
): Promise<ArchivedFile[]> {
  const files: ArchivedFile[] = []
  const ids = db.flatMap((one) => (one['repo-key'] === repository && one['system-id'] === system ? [one.id] : []))
  for (const { id, database } of archive) {
    if (database['repo-key'] !== repository || !ids.includes(database.id)) continue
    const folder = `archive/${settings.BACKUP_PGBACKREST_STANZA}/${id}`
    const output = mustSucceed(
      await run(settings, [`--repo=${repository}`, '--recurse', '--output=json', 'repo-ls', folder]),
      `list its repository ${repository}`
    )
    const found: unknown = JSON.parse(output)
    if (!listing.Check(found)) throw new Error(`pgBackRest lists ${folder} in an unknown way`)
    for (const [path, { type, size = 0 }] of Object.entries(found)) {
      const [, file = '', digest = ''] = STORED.exec(path.split('/').at(-1) ?? '') ?? []
      if (type === 'file' && isArchivable(file))
        files.push({ name: `${folder}/${path}`, file, size, digest, sha256: '', lastCommit: null })
    }
  }
  return files
}
