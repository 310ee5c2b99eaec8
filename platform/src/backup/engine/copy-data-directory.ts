import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asked, putSealed, type Repository, type StoredPiece } from '../repository/repository.ts'
import { inParallel } from '../set/in-parallel.ts'
import { chunkFile, type DatabaseFile, type DatabaseFiles } from '../set/set.ts'

/** Small enough that a changed page does not cost much, large enough that a database is not a million objects. */
export const CHUNK_BYTES = 1024 * 1024
const AT_ONCE = 4

/** Folders that PostgreSQL fills anew, as pg_basebackup leaves them out. */
const EMPTIED = /^(?:pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)$/
/** What belongs to a running server or to a backup before. */
const LEFT_OUT =
  /^(?:postmaster\.(?:pid|opts)|backup_label(?:\.old)?|tablespace_map(?:\.old)?|backup_manifest|recovery\.signal|standby\.signal|current_logfiles|postgresql\.auto\.conf\.tmp)$|(?:^|\/)(?:pgsql_tmp[^/]*|pg_internal\.init[^/]*)(?:\/|$)/
/** Copied last: with it PostgreSQL decides what the rest is. */
const CONTROL = 'global/pg_control'

export interface CopiedData {
  readonly files: Omit<DatabaseFiles, 'backupLabel'>
  readonly pieces: readonly StoredPiece[]
  readonly bytes: number
  readonly addedBytes: number
}

/**
 * Stores the files of a running server, page after page as they are at that moment; its log makes them consistent.
 * @param options.known pieces of this generation; one that is there whole is not stored again
 */
export async function copyDataDirectory({
  repository,
  data,
  generation,
  known
}: {
  readonly repository: Repository
  readonly data: string
  readonly generation: string
  readonly known: ReadonlyMap<string, StoredPiece>
}): Promise<CopiedData> {
  const there = new Map(
    (await asked(repository, () => repository.store.list(`chunks/${generation}/`))).map(({ name, size }) => [
      name,
      size
    ])
  )
  const pieces = new Map<string, Promise<StoredPiece>>()
  let [bytes, addedBytes] = [0, 0]

  const keepChunk = (plain: Buffer): string => {
    const digest = repository.key.digest(plain)
    const name = chunkFile(generation, digest)
    if (pieces.has(name)) return digest
    const before = known.get(name)
    const stored =
      before !== undefined && there.get(name) === before.size
        ? Promise.resolve(before)
        : putSealed(repository, name, plain).then((piece) => {
            addedBytes += piece.size
            return piece
          })
    // Awaited below; until then its failure belongs to nobody.
    stored.catch(() => undefined)
    pieces.set(name, stored)
    return digest
  }

  const copyFile = async (path: string): Promise<DatabaseFile | undefined> => {
    const file = await open(join(data, path), 'r').catch(gone)
    if (file === undefined) return undefined
    try {
      const chunks: string[] = []
      let size = 0
      for (;;) {
        const chunk = await readChunk(file, size)
        if (chunk.length === 0) break
        size += chunk.length
        const digest = keepChunk(chunk)
        await pieces.get(chunkFile(generation, digest))
        chunks.push(digest)
      }
      bytes += size
      return { path, size, chunks }
    } finally {
      await file.close()
    }
  }

  const { directories, files: paths } = await listData(data)
  const files: DatabaseFile[] = []
  await inParallel(
    paths.filter((path) => path !== CONTROL),
    AT_ONCE,
    async (path) => {
      const file = await copyFile(path)
      if (file) files.push(file)
    }
  )
  const control = await copyFile(CONTROL)
  if (control) files.push(control)
  return { files: { directories, files }, pieces: await Promise.all(pieces.values()), bytes, addedBytes }
}

async function listData(data: string): Promise<{ directories: string[]; files: string[] }> {
  const directories: string[] = []
  const files: string[] = []
  const walk = async (within: string): Promise<void> => {
    for (const entry of (await readdir(join(data, within), { withFileTypes: true }).catch(gone)) ?? []) {
      const path = within === '' ? entry.name : `${within}/${entry.name}`
      if (LEFT_OUT.test(path)) continue
      if (entry.isDirectory()) {
        directories.push(path)
        if (EMPTIED.test(path)) continue
        await walk(path)
      } else if (entry.isFile()) files.push(path)
    }
  }
  await walk('')
  // Where PostgreSQL expects a folder and does not make it.
  if (!directories.includes('pg_wal')) directories.push('pg_wal')
  return { directories: [...directories, 'pg_wal/archive_status', 'pg_wal/summaries'], files }
}

/** A whole chunk, or what is left of the file; it may grow or shrink meanwhile. */
async function readChunk(file: FileHandle, from: number): Promise<Buffer> {
  // Most files of a database have a page or two: a megabyte for each would keep the garbage collector busier than the disk.
  const left = Math.max(0, (await file.stat()).size - from)
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, left))
  let length = 0
  while (length < chunk.length) {
    const { bytesRead } = await file.read(chunk, length, chunk.length - length, from + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return chunk.subarray(0, length)
}

/** Tables are dropped and temporary files end while they are copied. */
const gone = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
