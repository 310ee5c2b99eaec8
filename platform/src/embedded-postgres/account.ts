import { execFileSync, type SpawnOptions } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { lchown, lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PostgresBinaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { HomeLayout } from './home-layout.ts'

/** The user of the operating system whom PostgreSQL runs as. */
export interface Account {
  /** Turns a command into the one that runs it as this account. */
  command(program: string, args: readonly string[]): { program: string; args: string[]; options: SpawnOptions }
  /** Gives a file or a whole directory to this account. */
  own(path: string): Promise<void>
}

interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Chooses whom PostgreSQL runs as: the current user, or, because PostgreSQL refuses to run as root, the owner of the
 * data, or else `nobody`.
 *
 * @throws EmbeddedPostgresError `embedded-postgres.no-account` when nobody could run it
 */
export async function chooseAccount(layout: HomeLayout, binaries: PostgresBinaries): Promise<Account> {
  const uid = process.getuid?.()
  if (uid === undefined) return currentUser
  if (uid !== 0) {
    refuseForeignData(layout, uid)
    refuseNamelessUser(uid)
    return currentUser
  }
  const entry = unprivilegedEntry(layout)
  // Commands of PostgreSQL that fetch and keep its log are programs of ours.
  const needed = [layout.home, binaries.postgres, process.execPath, import.meta.dirname]
  const reachable = needed.every((path) => canReach(path, entry))
  return reachable ? accountOf(entry) : accountThatReachesAll(entry, layout)
}

const currentUser: Account = {
  command: (program, args) => ({ program, args: [...args], options: {} }),
  own: async () => {}
}

function accountOf({ uid, gid }: PasswdEntry): Account {
  return {
    command: (program, args) => ({ program, args: [...args], options: { uid, gid } }),
    own: (path) => ownRecursively(path, uid, gid)
  }
}

/**
 * The same account with one right of root: to pass directories such as /root that are closed to everyone else.
 * Unlike a user namespace, this also works in containers whose default profile forbids `unshare`.
 */
function accountThatReachesAll(entry: PasswdEntry, layout: HomeLayout): Account {
  const capability = reachingCapability()
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path))
  // no_setuid_fixup: without it access(2), which PostgreSQL uses to find its own binary, ignores capabilities.
  const prefix = [
    `--reuid=${entry.uid}`,
    `--regid=${entry.gid}`,
    '--clear-groups',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    '--securebits=+no_setuid_fixup',
    '--'
  ]
  if (setpriv === undefined || capability === undefined || !succeeds(setpriv, [...prefix, '/bin/true'])) {
    throw new EmbeddedPostgresError(
      'embedded-postgres.no-account',
      `PostgreSQL does not run as root, and the user ${entry.name} cannot reach ${layout.home}. Run as an ordinary user, move the project to a directory that everyone may pass (such as /opt or /srv), or set DATABASE_URL to a PostgreSQL server that you run yourself.`
    )
  }
  return {
    command: (program, args) => ({ program: setpriv, args: [...prefix, program, ...args], options: {} }),
    own: (path) => ownRecursively(path, entry.uid, entry.gid)
  }
}

function unprivilegedEntry(layout: HomeLayout): PasswdEntry {
  const entries = passwdEntries()
  const owners = [layout.data, layout.home].filter((path) => existsSync(path)).map((path) => statSync(path).uid)
  const entry =
    entries.find(({ uid }) => uid !== 0 && owners.includes(uid)) ??
    ['nobody', 'postgres', '_postgres', 'daemon']
      .map((name) => entries.find((candidate) => candidate.name === name))
      .find((candidate) => candidate !== undefined)
  if (entry === undefined) {
    throw new EmbeddedPostgresError(
      'embedded-postgres.no-account',
      'PostgreSQL does not run as root, and this machine has no user "nobody" to run it as. Run as an ordinary user, or create one ("useradd postgres").'
    )
  }
  return entry
}

function passwdEntries(): PasswdEntry[] {
  if (!existsSync('/etc/passwd')) return []
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => /^([^:#]+):[^:]*:(\d+):(\d+):/.exec(line))
    .flatMap((match) => (match?.[1] ? [{ name: match[1], uid: Number(match[2]), gid: Number(match[3]) }] : []))
}

function canReach(path: string, { uid, gid }: PasswdEntry): boolean {
  for (let directory = dirname(join(path, 'x')); ; directory = dirname(directory)) {
    const { mode, uid: owner, gid: group } = statSync(directory)
    const execute = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    if ((mode & execute) === 0) return false
    if (directory === dirname(directory)) return true
  }
}

// CAP_DAC_READ_SEARCH is the smaller right; containers commonly have only CAP_DAC_OVERRIDE.
function reachingCapability(): 'dac_read_search' | 'dac_override' | undefined {
  if (!existsSync('/proc/self/status')) return undefined
  const permitted = /^CapPrm:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const capabilities = BigInt(`0x${permitted ?? '0'}`)
  if (capabilities & (1n << 2n)) return 'dac_read_search'
  return capabilities & (1n << 1n) ? 'dac_override' : undefined
}

function succeeds(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// Every file, not the top alone: a backup that root restored may have left some that PostgreSQL could not open.
async function ownRecursively(path: string, uid: number, gid: number): Promise<void> {
  const entries = await lstat(path)
  if (entries.uid !== uid) await lchown(path, uid, gid)
  if (!entries.isDirectory()) return
  for (const name of await readdir(path)) await ownRecursively(join(path, name), uid, gid)
}

function refuseForeignData(layout: HomeLayout, uid: number): void {
  const owner = existsSync(layout.data) ? statSync(layout.data).uid : uid
  if (owner === uid) return
  throw new EmbeddedPostgresError(
    'embedded-postgres.no-account',
    `${layout.data} belongs to user ${owner}, but this process runs as user ${uid}. Run as the owner or as root, or hand everything over: "sudo chown -R ${uid} ${layout.home}".`
  )
}

function refuseNamelessUser(uid: number): void {
  if (!existsSync('/etc/passwd') || process.platform !== 'linux') return
  if (passwdEntries().some((entry) => entry.uid === uid) || succeeds('getent', ['passwd', String(uid)])) return
  throw new EmbeddedPostgresError(
    'embedded-postgres.no-account',
    `PostgreSQL needs its user to have a name, and user ${uid} has none in /etc/passwd. Run as a named user, add one ("useradd -u ${uid} lyceum"), or set DATABASE_URL to a PostgreSQL server that you run yourself.`
  )
}
