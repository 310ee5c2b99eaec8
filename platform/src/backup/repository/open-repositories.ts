import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import { createDiskStore } from '../../storage/disk-store.ts'
import type { ObjectStore } from '../../storage/object-store.ts'
import { BackupError } from '../backup-error.ts'
import type { BackupKey } from '../backup-key.ts'
import { ADDRESS } from './address.ts'
import { openRepository, type Repository, type RepositoryRole } from './repository.ts'

/** Where repositories are and how they are reached. */
export type RepositorySettings = Pick<
  Config,
  | 'BACKUP_REPOSITORY'
  | 'BACKUP_OFFSITE'
  | 'BACKUP_S3_ENDPOINT'
  | 'BACKUP_S3_REGION'
  | 'BACKUP_S3_ACCESS_KEY_ID'
  | 'BACKUP_S3_SECRET_ACCESS_KEY'
  | 'BACKUP_AZURE_CONNECTION_STRING'
  | 'S3_ENDPOINT'
  | 'S3_REGION'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
  | 'AZURE_STORAGE_CONNECTION_STRING'
>

/** The repositories that the settings name, the first one first; none where backups are off. @throws BackupError */
export async function openRepositories(settings: RepositorySettings, key: BackupKey): Promise<Repository[]> {
  const { BACKUP_REPOSITORY: first, BACKUP_OFFSITE: offsite } = settings
  const repositories: Repository[] = []
  if (first !== null) repositories.push(await openRepository(await openStore(first, settings), 'first', key))
  if (offsite !== null) repositories.push(await openRepository(await openStore(offsite, settings), 'offsite', key))
  return repositories
}

/**
 * Those that can be used now: a restore begins with whatever is left.
 * @throws BackupError of the first one where none can
 */
export async function openReachable(
  addresses: readonly string[],
  settings: RepositorySettings,
  key: BackupKey
): Promise<{ readonly repositories: readonly Repository[]; readonly faults: readonly string[] }> {
  const repositories: Repository[] = []
  const faults: unknown[] = []
  for (const [at, address] of addresses.entries()) {
    const role: RepositoryRole = at === 0 ? 'first' : 'offsite'
    try {
      repositories.push(await openRepository(await openStore(address, settings), role, key))
    } catch (error) {
      faults.push(error)
    }
  }
  if (repositories.length === 0) throw faults[0]
  return { repositories, faults: faults.map((fault) => (fault instanceof Error ? fault.message : String(fault))) }
}

/**
 * @param address a folder, `s3://bucket/prefix` or `azure://container/prefix`
 * @param options.make makes the folder where there is none
 * @throws BackupError where credentials are missing
 */
export async function openStore(
  address: string,
  settings: RepositorySettings,
  { make = false }: { readonly make?: boolean } = {}
): Promise<ObjectStore> {
  const [, kind, container = '', prefix = ''] = ADDRESS.exec(address) ?? []
  if (kind === undefined) {
    const folder = resolve(address)
    if (make) makeFolder(folder)
    return createDiskStore({ folder })
  }
  const store = kind === 's3' ? await openS3(container, settings) : await openAzure(container, settings)
  return below(store, prefix.replace(/\/+$/, ''))
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new BackupError(
      'backup.repository-unreachable',
      `${folder} cannot be made (${error instanceof Error ? error.message : String(error)}). Choose a folder that this user may write.`
    )
  }
}

async function openS3(bucket: string, settings: RepositorySettings): Promise<ObjectStore> {
  const { createS3Store } = await import('../../storage/s3-store.ts')
  const accessKeyId = settings.BACKUP_S3_ACCESS_KEY_ID ?? settings.S3_ACCESS_KEY_ID
  const secretAccessKey = settings.BACKUP_S3_SECRET_ACCESS_KEY ?? settings.S3_SECRET_ACCESS_KEY
  return createS3Store({
    endpoint: settings.BACKUP_S3_ENDPOINT ?? settings.S3_ENDPOINT,
    region: settings.BACKUP_S3_REGION ?? settings.S3_REGION,
    bucket,
    credentials: accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey }
  })
}

async function openAzure(container: string, settings: RepositorySettings): Promise<ObjectStore> {
  const connectionString = settings.BACKUP_AZURE_CONNECTION_STRING ?? settings.AZURE_STORAGE_CONNECTION_STRING
  if (connectionString === null)
    throw new BackupError(
      'backup.no-credentials',
      `azure://${container} needs BACKUP_AZURE_CONNECTION_STRING (or AZURE_STORAGE_CONNECTION_STRING).`,
      'refused'
    )
  const { createAzureStore } = await import('../../storage/azure-store.ts')
  return createAzureStore({ connectionString, container })
}

/** The part of a store whose names begin with a prefix. */
function below(store: ObjectStore, prefix: string): ObjectStore {
  if (prefix === '') return store
  const named = (name: string) => `${prefix}/${name}`
  return {
    place: `${store.place}, below ${prefix}/,`,
    putFile: (name, path, size) => store.putFile(named(name), path, size),
    putBytes: (name, bytes) => store.putBytes(named(name), bytes),
    size: (name) => store.size(named(name)),
    read: (name, range) => store.read(named(name), range),
    delete: (name) => store.delete(named(name)),
    list: async (start) =>
      (await store.list(named(start))).map(({ name, size }) => ({ name: name.slice(prefix.length + 1), size })),
    address: (name, shown) => store.address(named(name), shown)
  }
}
