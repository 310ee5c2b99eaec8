import { createHash } from 'node:crypto'
import { newId } from '../../id.ts'
import type { Storage } from '../../storage/storage.ts'
import { wordsOf } from '../backup-error.ts'
import {
  asked,
  putSealed,
  putStored,
  type Repository,
  readJson,
  type StoredPiece,
  seal,
  unseal
} from '../repository/repository.ts'
import { inParallel } from '../set/in-parallel.ts'
import type { StoredUpload } from '../set/set.ts'

/** Content of one object of an uploaded file: large ones are stored in pieces, so that one that was broken off goes on. */
const PIECE_BYTES = 8 * 1024 * 1024
const AT_ONCE = 3

/** What a push added to a repository, for whoever restores between two sets. */
export interface Push {
  readonly id: string
  readonly at: Date
  readonly pieces: readonly StoredPiece[]
}

export interface Pushed {
  /** Every file that storage has and the repository too, now. */
  readonly files: readonly StoredUpload[]
  readonly pieces: readonly StoredPiece[]
  readonly addedFiles: number
  readonly addedBytes: number
  /** Files that are damaged or cannot be read where they are kept. */
  readonly faults: readonly string[]
}

/**
 * Stores the uploaded files that a repository does not have yet. They never change, so one that is there whole is done.
 *
 * @param known pieces that sets or pushes have written down
 * @param writeDown leave a note of what is new, where no set follows that would
 */
export async function pushFiles(
  repository: Repository,
  storage: Storage,
  known: ReadonlyMap<string, StoredPiece>,
  writeDown: boolean
): Promise<Pushed> {
  const there = new Map(
    (await asked(repository, () => repository.store.list('files/'))).map(({ name, size }) => [name, size])
  )
  const files: StoredUpload[] = []
  const pieces: StoredPiece[] = []
  const added: { upload: StoredUpload; pieces: StoredPiece[] }[] = []
  const faults: string[] = []
  const listed: StoredUpload[] = []
  for await (const { key, size } of storage.list()) listed.push(describeUpload(repository, key, size))
  await inParallel(listed, AT_ONCE, async (upload) => {
    const found = upload.pieces.flatMap((name) => {
      const piece = known.get(name)
      return piece !== undefined && there.get(name) === piece.size ? [piece] : []
    })
    try {
      const stored = found.length === upload.pieces.length ? found : await storeUpload(repository, storage, upload)
      if (stored === undefined) return
      if (stored !== found) added.push({ upload, pieces: stored })
      files.push(upload)
      pieces.push(...stored)
    } catch (error) {
      if (!isOfStorage(error)) throw error
      faults.push(`${upload.key}: ${wordsOf(error)}`)
    }
  })
  const addedPieces = added.flatMap((one) => one.pieces)
  if (writeDown && added.length > 0)
    await writePush(
      repository,
      added.map((one) => one.upload),
      addedPieces
    )
  return {
    files,
    pieces,
    addedFiles: added.length,
    addedBytes: addedPieces.reduce((sum, { size }) => sum + size, 0),
    faults
  }
}

/** What was pushed between sets, oldest first. */
export async function listPushes(repository: Repository): Promise<Push[]> {
  const names = await asked(repository, () => repository.store.list('pushes/'))
  const pushes: Push[] = []
  for (const { name } of names) {
    const found = await asked(repository, () => readJson(repository.store, name))
    if (isPush(found)) pushes.push({ id: found.id, at: new Date(found.at), pieces: found.pieces })
  }
  return pushes.sort((one, other) => one.at.getTime() - other.at.getTime())
}

/** The files of a push. @throws BackupError without the identity */
export async function readPush(repository: Repository, { id }: Push): Promise<StoredUpload[]> {
  const found = await asked(repository, () => readJson(repository.store, pushFile(id)))
  if (!isPush(found)) return []
  const plain = await unseal(repository.key, Buffer.from(found.sealed, 'base64'), pushFile(id))
  return JSON.parse(plain.toString('utf8')) as StoredUpload[]
}

/** Writes a push down with other digests of its objects. */
export async function replacePushed(repository: Repository, id: string, pieces: readonly StoredPiece[]): Promise<void> {
  const found = await asked(repository, () => readJson(repository.store, pushFile(id)))
  if (isPush(found)) await putStored(repository, pushFile(id), Buffer.from(`${JSON.stringify({ ...found, pieces })}\n`))
}

export const pushFile = (id: string): string => `pushes/${id}.json`

function describeUpload({ key: { digest } }: Repository, key: string, size: number): StoredUpload {
  const name = digest(`file ${key}`)
  const count = Math.max(1, Math.ceil(size / PIECE_BYTES))
  return {
    key,
    size,
    pieces: Array.from({ length: count }, (_, at) => `files/${name.slice(0, 2)}/${name}/${at + 1}-of-${count}`)
  }
}

/** Stores one file, whatever is there already. Undefined where it was deleted meanwhile. @throws of storage where it is damaged: then nothing is stored under its last name */
export async function storeUpload(
  repository: Repository,
  storage: Storage,
  upload: StoredUpload
): Promise<StoredPiece[] | undefined> {
  const hash = createHash('sha256')
  const stored: StoredPiece[] = []
  const last = upload.pieces.length - 1
  for (const [at, name] of upload.pieces.entries()) {
    const start = at * PIECE_BYTES
    const end = Math.min(upload.size, start + PIECE_BYTES) - 1
    const piece = await readPiece(storage, upload.key, start, end)
    if (piece === undefined) return undefined
    hash.update(piece)
    if (at === last && hash.digest('hex') !== upload.key.split('/')[1])
      throw Object.assign(new Error('is damaged where it is kept; an earlier set may have it whole'), {
        code: 'storage.object-damaged'
      })
    stored.push(await putSealed(repository, name, piece))
  }
  return stored
}

async function readPiece(storage: Storage, key: string, start: number, end: number): Promise<Buffer | undefined> {
  if (end < start) return Buffer.alloc(0)
  try {
    const parts: Buffer[] = []
    for await (const part of await storage.read(key, { start, end })) parts.push(Buffer.from(part))
    return Buffer.concat(parts)
  } catch (error) {
    if (codeOf(error) === 'storage.object-missing') return undefined
    throw error
  }
}

async function writePush(
  repository: Repository,
  uploads: readonly StoredUpload[],
  pieces: readonly StoredPiece[]
): Promise<void> {
  const id = newId()
  const sealed = await seal(repository.key, Buffer.from(JSON.stringify(uploads)))
  const push = { id, at: new Date().toISOString(), pieces, sealed: sealed.toString('base64') }
  await putStored(repository, pushFile(id), Buffer.from(`${JSON.stringify(push)}\n`))
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** A file that cannot be read is written down; a repository that cannot be written ends the backup. */
const isOfStorage = (error: unknown): boolean =>
  codeOf(error) === 'storage.object-damaged' || /^E(?:IO|ACCES|ISDIR)$/.test(codeOf(error))

const isPush = (value: unknown): value is { id: string; at: string; pieces: StoredPiece[]; sealed: string } =>
  typeof value === 'object' &&
  value !== null &&
  'at' in value &&
  'pieces' in value &&
  Array.isArray(value.pieces) &&
  'sealed' in value
