import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import { BackupError } from '../backup-error.ts'
import { readFromAny, type StoredPiece, unseal } from '../repository/repository.ts'
import { inParallel } from '../set/in-parallel.ts'
import { chunkFile, type DatabaseFile } from '../set/set.ts'
import type { UnpackOrder } from './database-engine.ts'

const AT_ONCE = 4

/** Writes the files of a set, each chunk proven by its digest. PostgreSQL syncs them all before it replays its log. */
export async function unpackDataDirectory({ repositories, set, manifest, contents, into }: UnpackOrder): Promise<void> {
  const { directories, files, backupLabel } = manifest.database
  const stored = new Map(contents.map((piece) => [piece.name, piece]))
  await mkdir(into, { recursive: true, mode: 0o700 })
  for (const directory of directories) await mkdir(inside(into, directory), { recursive: true, mode: 0o700 })
  await inParallel(files, AT_ONCE, async (file) => {
    const target = inside(into, file.path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const handle = await open(target, 'wx', 0o600)
    try {
      await writeChunks(handle, file, (digest) => readChunk(digest))
    } finally {
      await handle.close()
    }
  })
  await writeFile(join(into, 'backup_label'), backupLabel, { mode: 0o600, flush: true })

  async function readChunk(digest: string): Promise<Buffer> {
    const name = chunkFile(set.generation, digest)
    const piece: StoredPiece | undefined = stored.get(name)
    if (piece === undefined)
      throw new BackupError('backup.damaged', `${name} is missing in what set ${set.id} says it needs.`)
    const [first] = repositories
    if (first === undefined) throw new Error('No repository was named')
    const plain = await unseal(first.key, await readFromAny(repositories, piece), name)
    if (first.key.digest(plain) !== digest)
      throw new BackupError('backup.damaged', `${name} is not what its name says.`)
    return plain
  }
}

async function writeChunks(
  handle: FileHandle,
  { path, size, chunks }: DatabaseFile,
  read: (digest: string) => Promise<Buffer>
): Promise<void> {
  let at = 0
  for (const digest of chunks) {
    const bytes = await read(digest)
    await handle.write(bytes, 0, bytes.length, at)
    at += bytes.length
  }
  if (at !== size) throw new BackupError('backup.damaged', `${path} has ${at} bytes instead of ${size}.`)
}

/** A set comes from elsewhere: nothing of it may be written anywhere else. */
function inside(folder: string, path: string): string {
  const target = normalize(join(folder, path))
  if (target.startsWith(folder + sep)) return target
  throw new BackupError('backup.damaged', `${path} in the set lies outside the database.`)
}
