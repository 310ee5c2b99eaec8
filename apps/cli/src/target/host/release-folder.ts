import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync
} from 'node:fs'
import { join, resolve } from 'node:path'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { releaseFolder } from '../../release/facts/folders.ts'
import type { Release } from '../../release/target.ts'
import { TargetRefused } from '../target-refused.ts'

const Migration = Type.String({ minLength: 1 })
const validator = Compile(
  Type.Object({
    // The charset that fronts can compare; see `RELEASE_NAME` of the platform.
    name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
    commit: Type.String({ pattern: '^[0-9a-f]{7,64}$' }),
    schema: Type.Object({ min: Migration, max: Migration })
  })
)

const releasesFolder = (root: string): string => join(root, 'releases')

/** Every release that lies on this server, newest first. */
export function listReleases(root: string): Release[] {
  if (!existsSync(releasesFolder(root))) return []
  return readdirSync(releasesFolder(root))
    .filter((name) => !name.startsWith('.') && existsSync(join(releasesFolder(root), name, 'release.json')))
    .map((name) => ({ name, at: statSync(join(releasesFolder(root), name, 'release.json')).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .map(({ name }) => readRelease(releaseFolder(root, name)))
}

/** @throws TargetRefused when the folder is no release that could run */
export function readRelease(folder: string): Release {
  const refuse = (why: string): never => {
    throw new TargetRefused(
      'target.release-unusable',
      `${folder} is no release: ${why}. “npm run release:pack” makes one.`
    )
  }
  let given: unknown
  try {
    given = JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8'))
  } catch (error) {
    return refuse(`release.json cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
  if (!validator.Check(given))
    return refuse(
      validator
        .Errors(given)
        .map(({ instancePath, message }) => `${instancePath || 'release.json'} ${message}`)
        .join(', ')
    )
  for (const needed of ['apps/cli/bin/lyceum.mjs', 'node_modules', 'apps/web/dist/index.html'])
    if (!existsSync(join(folder, needed))) return refuse(`${needed} is missing`)
  return given
}

/**
 * Puts a release where the target starts it from: a folder or a tar of one. It appears whole or not at all, and one that
 * is there already is never changed.
 */
export function addRelease(root: string, source: string): Release {
  const from = resolve(source)
  if (!existsSync(from)) throw new TargetRefused('target.release-unusable', `There is no ${from}.`)
  mkdirSync(releasesFolder(root), { recursive: true })
  const growing = mkdtempSync(join(releasesFolder(root), '.adding-'))
  try {
    if (statSync(from).isDirectory()) cpSync(from, growing, { recursive: true, verbatimSymlinks: true })
    else unpack(from, growing)
    const release = readRelease(growing)
    const place = releaseFolder(root, release.name)
    if (existsSync(place))
      throw new TargetRefused(
        'target.release-exists',
        `There is a release ${release.name} already. A release never changes: pack it under another name.`
      )
    renameSync(growing, place)
    return release
  } finally {
    rmSync(growing, { recursive: true, force: true })
  }
}

function unpack(tar: string, into: string): void {
  const { status, stderr, error } = spawnSync('tar', ['-xf', tar, '-C', into, '--no-same-owner'], { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new TargetRefused('target.release-unusable', `${tar} cannot be unpacked: ${stderr.trim()}`)
}
