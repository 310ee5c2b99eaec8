import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Account } from './account.ts'
import type { PostgresBinaries } from './binaries.ts'
import { EmbeddedPostgresError, messageOf } from './embedded-postgres-error.ts'
import type { EmbeddedPostgresLog } from './embedded-postgres-log.ts'
import type { HomeLayout } from './home-layout.ts'
import { createPassword, readPassword, storePassword } from './password.ts'
import { killProcessesIn } from './running-processes.ts'
import { minimalEnvironment } from './server-process.ts'

interface Preparation {
  layout: HomeLayout
  binaries: PostgresBinaries
  account: Account
  log: EmbeddedPostgresLog
}

const STAGING_PREFIX = 'postgres-initialising-'

/**
 * Makes sure that a data directory of the right version exists and belongs to the account; answers the superuser's
 * password. The directory appears complete or not at all, whenever the process is killed.
 *
 * @throws EmbeddedPostgresError `embedded-postgres.other-version`, `.not-a-database` or `.initialise-failed`
 */
export async function prepareDataDirectory(preparation: Preparation): Promise<string> {
  const { layout, binaries, account, log } = preparation
  await removeUnfinished(layout)
  if (!(await hasEntries(layout.data))) {
    log.info({ directory: layout.data }, 'Creating the database; this happens once')
    return createDataDirectory(preparation)
  }
  await requireVersion(layout, binaries)
  await account.own(layout.data)
  // PostgreSQL refuses a directory open to others, which is what many copies and restored archives are.
  await chmod(layout.data, 0o700)
  return (await readPassword(layout)) ?? replaceLostPassword(preparation)
}

async function createDataDirectory({ layout, binaries, account }: Preparation): Promise<string> {
  const password = (await readPassword(layout)) ?? createPassword()
  await storePassword(layout, password)
  const staging = await mkdtemp(join(layout.home, STAGING_PREFIX))
  try {
    const data = join(staging, 'data')
    const passwordCopy = join(staging, 'password')
    await mkdir(data, { mode: 0o700 })
    await writeFile(passwordCopy, password, { mode: 0o600 })
    await account.own(staging)
    await run(account, staging, binaries.initdb, [...INITDB, `--pgdata=${data}`, `--pwfile=${passwordCopy}`])
    await rm(layout.data, { recursive: true, force: true })
    await rename(data, layout.data)
    await makeRenameDurable(layout.home)
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 5 })
  }
  return password
}

// The builtin locale sorts the same on every machine and in every release, so that indexes survive a move.
const INITDB = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
  '--no-instructions'
]

// Whoever may read the data files may set the password: single-user mode needs none.
async function replaceLostPassword({ layout, binaries, account, log }: Preparation): Promise<string> {
  log.warn({ file: layout.passwordFile }, 'The password of PostgreSQL is lost; setting a new one')
  const password = createPassword()
  await askAlone({ layout, binaries, account }, `alter role postgres password '${password}'`)
  await storePassword(layout, password)
  return password
}

/** Runs one statement without a server. @returns what PostgreSQL printed */
export async function askAlone(
  { layout, binaries, account }: Pick<Preparation, 'layout' | 'binaries' | 'account'>,
  statement: string
): Promise<string> {
  // With archiving off PostgreSQL would throw away log that still has to be archived.
  const held = ['-c', 'archive_mode=on', '-c', 'archive_command=']
  const args = ['--single', '-D', layout.data, ...held, 'postgres']
  return run(account, layout.data, binaries.postgres, args, `${statement}\n`)
}

async function run(account: Account, cwd: string, program: string, args: string[], input = ''): Promise<string> {
  const command = account.command(program, args)
  const child = spawn(command.program, command.args, {
    ...command.options,
    cwd,
    env: minimalEnvironment(),
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const exit = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(messageOf(error)))
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`))
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [failure, printed, output] = await Promise.all([exit, text(child.stdout), text(child.stderr)])
  if (failure === undefined) return printed
  throw new EmbeddedPostgresError(
    'embedded-postgres.initialise-failed',
    `${basename(program)} failed (${failure}). Free disk space or repair the permissions named below, then start again; nothing half-done is left behind.\n${output.trim()}`
  )
}

async function removeUnfinished(layout: HomeLayout): Promise<void> {
  const names = (await readdir(layout.home)).filter((name) => name.startsWith(STAGING_PREFIX))
  for (const name of names) {
    const staging = join(layout.home, name)
    await killProcessesIn(staging)
    await rm(staging, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function hasEntries(directory: string): Promise<boolean> {
  return existsSync(directory) && (await readdir(directory)).length > 0
}

async function requireVersion(layout: HomeLayout, binaries: PostgresBinaries): Promise<void> {
  const file = join(layout.data, 'PG_VERSION')
  if (!existsSync(file)) {
    throw new EmbeddedPostgresError(
      'embedded-postgres.not-a-database',
      `${layout.data} is not empty and holds no PostgreSQL database. Move it away, or restore a backup into it.`
    )
  }
  const version = (await readFile(file, 'utf8')).trim()
  if (version === String(binaries.major)) return
  throw new EmbeddedPostgresError(
    'embedded-postgres.other-version',
    `${layout.data} was written by PostgreSQL ${version}, but this release brings PostgreSQL ${binaries.major}. Go back to the release that wrote it, take a backup there, then restore it with this release.`
  )
}

async function makeRenameDurable(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  await handle.sync().finally(() => handle.close())
}
