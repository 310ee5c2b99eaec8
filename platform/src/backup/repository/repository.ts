import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { newId } from '../../id.ts'
import type { ObjectStore } from '../../storage/object-store.ts'
import { BackupError, wordsOf } from '../backup-error.ts'
import type { BackupKey } from '../backup-key.ts'

/**
 * A place for backups. Names in it:
 *
 *     repository.json                       what this is, and for which key
 *     locks/<id>.json                       who is at it
 *     sets/<id>/set.json                    written last: with it, there is a set
 *     sets/<id>/contents                    every object the set needs, with sizes and digests; readable without the key
 *     sets/<id>/manifest.age                what the set is made of; sealed
 *     chunks/<generation>/<2 digits>/<digest>   pieces of database files
 *     files/<2 digits>/<digest>/<piece>     uploaded files
 *     pushes/<id>.json                      uploaded files that came between sets
 *     wal/<system>/<16 digits>/<segment>-…  write-ahead log
 *
 * Everything but what is needed to list, expire and copy sets is compressed with zstd and sealed with age.
 */
export interface Repository {
  readonly store: ObjectStore
  /** For messages. */
  readonly place: string
  readonly role: RepositoryRole
  readonly key: BackupKey
  /** Hears of every object that is missing or not what was stored, also where another repository has it whole. */
  readonly damaged?: (piece: StoredPiece) => void
}

/** `first` is near and asked first; `offsite` survives what happens to the first. */
export type RepositoryRole = 'first' | 'offsite'

/** An object as it lies in a repository. */
export interface StoredPiece {
  readonly name: string
  readonly size: number
  /** Of the bytes as they lie there, so that damage shows without the key. */
  readonly sha256: string
}

const LABEL = 'repository.json'
const FORMAT = 1

/** Makes an empty place a repository; a repository of the same key stays as it is. @throws BackupError */
export async function initialiseRepository(
  store: ObjectStore,
  role: RepositoryRole,
  key: BackupKey
): Promise<Repository> {
  const repository = { store, role, key, place: store.place }
  const found = await asked(repository, () => readJson(store, LABEL))
  if (found === undefined) {
    const strangers = await asked(repository, () => store.list(''))
    if (strangers.length > 0)
      throw new BackupError(
        'backup.not-a-repository',
        `${store.place} is not empty and holds no backups. Choose an empty place, so that nothing of yours is in the way.`,
        'refused'
      )
    const label = { format: FORMAT, id: newId(), keyCheck: keyCheck(key) }
    await asked(repository, () => store.putBytes(LABEL, Buffer.from(`${JSON.stringify(label)}\n`)))
  } else mustFit(found, store.place, key)
  return repository
}

/** @throws BackupError where there is no repository, or it is of another key */
export async function openRepository(store: ObjectStore, role: RepositoryRole, key: BackupKey): Promise<Repository> {
  const repository = { store, role, key, place: store.place }
  const found = await asked(repository, () => readJson(store, LABEL))
  if (found === undefined)
    throw new BackupError(
      'backup.not-a-repository',
      `${store.place} holds no backups. Is it the right place, and is its disk mounted? A new one is made by \`lyceum backup setup\`.`,
      'refused'
    )
  mustFit(found, store.place, key)
  return repository
}

/** Seals content and stores it; the answer says what lies there now. */
export async function putSealed(repository: Repository, name: string, plain: Buffer): Promise<StoredPiece> {
  const sealed = await seal(repository.key, plain)
  return putStored(repository, name, sealed)
}

export async function putStored(repository: Repository, name: string, bytes: Buffer): Promise<StoredPiece> {
  await asked(repository, () => repository.store.putBytes(name, bytes))
  return { name, size: bytes.length, sha256: sha256(bytes) }
}

/** As it goes into a repository: compressed, then sealed. */
export const seal = (key: BackupKey, plain: Buffer): Promise<Buffer> => key.sealer.seal(zstdCompressSync(plain))

/** @throws BackupError `backup.no-identity`, `backup.damaged` */
export async function unseal(key: BackupKey, sealed: Buffer, what: string): Promise<Buffer> {
  if (key.opener === undefined)
    throw new BackupError(
      'backup.no-identity',
      'Backups are sealed, and this machine has no identity to open them. Name its file: --identity FILE, or BACKUP_IDENTITY_FILE.',
      'refused'
    )
  try {
    return zstdDecompressSync(await key.opener.open(sealed))
  } catch (error) {
    throw new BackupError('backup.damaged', `${what} is damaged (${wordsOf(error)}).`, 'failed', { cause: error })
  }
}

/** The bytes as they lie there; undefined where there is no such object. */
export async function readStored(repository: Repository, name: string): Promise<Buffer | undefined> {
  return asked(repository, async () => {
    const found = await repository.store.read(name)
    return found && buffer(found.bytes)
  })
}

/** The bytes as they were stored. @throws BackupError `backup.damaged` where they are missing or others */
export async function readIntact(repository: Repository, { name, sha256: expected }: StoredPiece): Promise<Buffer> {
  const bytes = await readStored(repository, name)
  if (bytes !== undefined && sha256(bytes) === expected) return bytes
  throw new BackupError(
    'backup.damaged',
    `${name} in ${repository.place} is ${bytes === undefined ? 'missing' : 'not what was stored'}.`
  )
}

/** From the first repository in which an object is whole. @throws BackupError naming what is wrong in each */
export async function readFromAny(repositories: readonly Repository[], piece: StoredPiece): Promise<Buffer> {
  const faults: string[] = []
  for (const repository of repositories) {
    try {
      return await readIntact(repository, piece)
    } catch (error) {
      if (isDamage(error)) repository.damaged?.(piece)
      faults.push(wordsOf(error))
    }
  }
  throw new BackupError('backup.damaged', `${faults.join(' ')} No repository has it whole.`)
}

export const isDamage = (error: unknown): boolean => error instanceof BackupError && error.code === 'backup.damaged'

export async function readJson(store: ObjectStore, name: string): Promise<unknown> {
  const found = await store.read(name)
  if (found === undefined) return undefined
  const text = (await buffer(found.bytes)).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    throw new BackupError('backup.damaged', `${name} in ${store.place} is damaged.`)
  }
}

/** Asks the store, and says in an operator's words what it answers. */
export async function asked<Answer>(
  { place, role }: Pick<Repository, 'place' | 'role'>,
  ask: () => Promise<Answer>
): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof BackupError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const setting = role === 'first' ? 'BACKUP_REPOSITORY' : 'BACKUP_OFFSITE'
    if (code === 'storage.full')
      throw new BackupError(
        'backup.repository-full',
        `${place} is full. Nothing that was safe is lost. Give it room (\`lyceum backup expire\` removes what is old) or another place (${setting}).`,
        'failed',
        { cause: error }
      )
    throw new BackupError(
      'backup.repository-unreachable',
      `${place} (${setting}) cannot be used: ${wordsOf(error)}. Nothing that was safe is lost.`,
      'failed',
      { cause: error }
    )
  }
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const keyCheck = (key: BackupKey): string => key.digest('lyceum backup repository')

function mustFit(label: unknown, place: string, key: BackupKey): void {
  if (typeof label !== 'object' || label === null || !('format' in label) || !('keyCheck' in label))
    throw new BackupError(
      'backup.not-a-repository',
      `repository.json in ${place} is not ours. Choose another place.`,
      'refused'
    )
  if (label.format !== FORMAT)
    throw new BackupError(
      'backup.newer-format',
      `${place} was written by a newer release (format ${String(label.format)}). Use that release.`,
      'refused'
    )
  if (label.keyCheck !== keyCheck(key))
    throw new BackupError(
      'backup.wrong-key',
      `${place} was sealed for another key. Give the identity that was made with it (--identity FILE, BACKUP_IDENTITY_FILE) or its recipient (BACKUP_RECIPIENT).`,
      'refused'
    )
}
