import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { newId } from '../../id.ts'
import { BackupError } from '../backup-error.ts'
import { listPushes, replacePushed } from '../files/push-files.ts'
import {
  asked,
  putSealed,
  putStored,
  type Repository,
  readFromAny,
  readIntact,
  readJson,
  type StoredPiece,
  unseal
} from '../repository/repository.ts'
import { type BackupSet, contentsFile, type Manifest, manifestFile, setFile } from './set.ts'

const FORMAT = 1
const LINE = /^(\S+) (\d+) ([0-9a-f]{64})$/

/** Every set of a repository, oldest first. @throws BackupError */
export async function listSets(repository: Repository): Promise<BackupSet[]> {
  const names = await asked(repository, () => repository.store.list('sets/'))
  const sets: BackupSet[] = []
  for (const { name } of names) {
    if (!name.endsWith('/set.json')) continue
    const found = await asked(repository, () => readJson(repository.store, name))
    if (found !== undefined) sets.push(readSet(found, `${name} in ${repository.place}`))
  }
  return sets.sort((one, other) => (one.id < other.id ? -1 : 1))
}

/** Sets of several repositories, each once, with the repositories that have it. */
export async function listSetsOf(
  repositories: readonly Repository[]
): Promise<{ readonly set: BackupSet; readonly repositories: readonly Repository[] }[]> {
  const found = new Map<string, { set: BackupSet; repositories: Repository[] }>()
  for (const repository of repositories)
    for (const set of await listSets(repository)) {
      const known = found.get(set.id)
      if (known) known.repositories.push(repository)
      else found.set(set.id, { set, repositories: [repository] })
    }
  return [...found.values()].sort((one, other) => (one.set.id < other.set.id ? -1 : 1))
}

/** @throws BackupError `backup.damaged` where no repository has it whole, `backup.no-identity` */
export async function readManifest(repositories: readonly Repository[], set: BackupSet): Promise<Manifest> {
  const [repository] = repositories
  if (repository === undefined) throw new Error('No repository was named')
  const plain = await unseal(repository.key, await readFromAny(repositories, set.manifest), set.manifest.name)
  // The seal proves that it is what we wrote.
  return JSON.parse(plain.toString('utf8')) as Manifest
}

/** Every object a set needs. @throws BackupError */
export async function readContents(repository: Repository, set: BackupSet): Promise<StoredPiece[]> {
  return parseContents(await readIntact(repository, set.contents), set.contents.name)
}

export async function readContentsFromAny(repositories: readonly Repository[], set: BackupSet): Promise<StoredPiece[]> {
  return parseContents(await readFromAny(repositories, set.contents), set.contents.name)
}

/**
 * Writes a set down, its description last: until then there is no set.
 * @param ready asked at the last moment whether it may still be written
 */
export async function writeSet(
  repository: Repository,
  set: Omit<BackupSet, 'contents' | 'manifest'>,
  manifest: Manifest,
  pieces: readonly StoredPiece[],
  ready: () => Promise<void>
): Promise<BackupSet> {
  const whole: BackupSet = {
    ...set,
    contents: await putStored(repository, contentsFile(set.id), pack(pieces)),
    manifest: await putSealed(repository, manifestFile(set.id), Buffer.from(JSON.stringify(manifest)))
  }
  await ready()
  await putStored(repository, setFile(set.id), describe(whole))
  return whole
}

/**
 * Writes down that objects of a repository were stored again, in every set and every push that needs them: what is sealed anew has
 * another digest. Called while the repository is locked. Killed in between, each list is the old one or the new one.
 */
export async function replacePieces(repository: Repository, fresh: readonly StoredPiece[]): Promise<void> {
  const anew = new Map(fresh.map((piece) => [piece.name, piece]))
  const isOld = ({ name, sha256 }: StoredPiece) => (anew.get(name)?.sha256 ?? sha256) !== sha256
  const renewed = (pieces: readonly StoredPiece[]) => pieces.map((piece) => anew.get(piece.name) ?? piece)
  for (const set of await listSets(repository)) {
    // A set whose list cannot be read is another fault.
    const contents = await readContents(repository, set).catch(() => [])
    if (!contents.some(isOld)) continue
    const name = `${contentsFile(set.id)}-${newId()}`
    const stored = await putStored(repository, name, pack(renewed(contents)))
    await putStored(repository, setFile(set.id), describe({ ...set, contents: stored }))
    await asked(repository, () => repository.store.delete(set.contents.name))
  }
  for (const push of await listPushes(repository))
    if (push.pieces.some(isOld)) await replacePushed(repository, push.id, renewed(push.pieces))
}

export const describe = (set: BackupSet): Buffer =>
  Buffer.from(`${JSON.stringify({ format: FORMAT, ...set }, null, 2)}\n`)

const pack = (pieces: readonly StoredPiece[]): Buffer =>
  zstdCompressSync(Buffer.from(pieces.map(({ name, size, sha256 }) => `${name} ${size} ${sha256}\n`).join('')))

function readSet(found: unknown, what: string): BackupSet {
  if (typeof found !== 'object' || found === null || !('format' in found) || !('id' in found) || !('database' in found))
    throw new BackupError(
      'backup.damaged',
      `${what} is no description of a set. Remove its folder, or restore from another repository.`
    )
  if (found.format !== FORMAT)
    throw new BackupError(
      'backup.newer-format',
      `${what} was written by a newer release (format ${String(found.format)}). Use that release.`,
      'refused'
    )
  // The parsing edge: the format says that it is ours.
  return found as unknown as BackupSet
}

function parseContents(bytes: Buffer, what: string): StoredPiece[] {
  return zstdDecompressSync(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name, size, sha256] = LINE.exec(line) ?? []
      if (name === undefined || sha256 === undefined) throw new BackupError('backup.damaged', `${what} is damaged.`)
      return { name, size: Number(size), sha256 }
    })
}
