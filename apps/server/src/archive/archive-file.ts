import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

/** What is known of a file beside it, in `<file>.json`. */
export interface ArchiveNote {
  readonly name: string
  readonly table: string
  /** The newest migration when it was written: which columns the rows have. */
  readonly schema: string
  readonly rows: number
  /** Ages of the oldest and of the newest row. */
  readonly from: string
  readonly to: string
  /** Of the compressed bytes. */
  readonly sha256: string
  readonly bytes: number
}

export interface ArchiveFile extends ArchiveNote {
  readonly file: string
}

const ENDING = '.jsonl.gz'

/** A file of an archive is not the one that was written. */
export class ArchiveDamaged extends Error {
  readonly code = 'archive.damaged'
}

/** Rows on their way: whole on the disk, and not yet gone from the database. */
export interface Written {
  readonly path: string
  readonly note: ArchiveNote
}

/** Puts rows into a file of their own, one JSON object a line, and syncs it. */
export async function writeArchive(
  folder: string,
  about: Pick<ArchiveNote, 'name' | 'table' | 'schema' | 'from' | 'to'>,
  lines: readonly string[]
): Promise<Written> {
  const bytes = gzipSync(`${lines.join('\n')}\n`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const place = join(folder, about.name)
  await mkdir(place, { recursive: true, mode: 0o700 })
  const path = join(place, `${about.from.slice(0, 10)}_${about.to.slice(0, 10)}_${sha256.slice(0, 12)}${ENDING}`)
  await writeSynced(path, bytes)
  return { path, note: { ...about, rows: lines.length, sha256, bytes: bytes.length } }
}

/** Says that the rows of a file are nowhere else any more. */
export const confirm = ({ path, note }: Written): Promise<void> =>
  writeSynced(`${path}.json`, Buffer.from(`${JSON.stringify(note)}\n`))

/** Files whose rows left the database for certain, oldest first, and those of a run that was broken off. */
export async function listArchives(folder: string): Promise<{ files: ArchiveFile[]; unconfirmed: string[] }> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const paths = names.filter((name) => name.endsWith(ENDING)).map((name) => join(folder, name))
  const noted = new Set(names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name)))
  const files = await Promise.all(
    paths
      .filter((path) => noted.has(`${path}.json`))
      // Written by `confirm`.
      .map(async (file) => ({ ...(JSON.parse(await readFile(`${file}.json`, 'utf8')) as ArchiveNote), file }))
  )
  return {
    files: files.toSorted((one, other) => (one.from < other.from ? -1 : 1)),
    unconfirmed: paths.filter((path) => !noted.has(`${path}.json`))
  }
}

/** The rows of a file as they were. @throws ArchiveDamaged where a single bit of it is another */
export async function readArchive({ file, sha256 }: Pick<ArchiveFile, 'file' | 'sha256'>): Promise<string[]> {
  const bytes = await readFile(file)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new ArchiveDamaged(`${file} is not the file that was written: its digest is another. Take it from a backup.`)
  return gunzipSync(bytes).toString('utf8').trimEnd().split('\n')
}

/** Rows of a file whose end nobody wrote down; undefined where the file itself was broken off. */
export async function readUnconfirmed(path: string): Promise<string[] | undefined> {
  try {
    return gunzipSync(await readFile(path))
      .toString('utf8')
      .trimEnd()
      .split('\n')
  } catch {
    return undefined
  }
}

export async function removeArchive(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(`${path}.json`, { force: true })
}

/** Whole or not there, also after a loss of power. */
async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const passing = `${path}.passing`
  const file = await open(passing, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(passing, path)
}
